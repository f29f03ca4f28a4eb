#include "core/codec/job_reader.h"

#include <algorithm>

#include "core/codec/job_fields.h"
#include "core/codec/json_reader.h"
#include "core/codec/xml_reader.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

tl::unexpected<Error> invalid(std::string detail, std::string_view field = {}) {
  return fail(ErrorKind::kInvalid, std::move(detail), std::string(field));
}

class JobJsonHandler final : public JsonHandler {
 public:
  Result<void> key(std::string name, std::size_t depth) override {
    if (depth > 1) return {};  // within `next`
    const Result<JobField> field = builder_.begin(name);
    if (!field) return tl::unexpected(field.error());
    field_ = *field;
    return {};
  }

  Result<void> value(JsonType type, std::string text, std::size_t depth) override {
    if (depth == 0) {
      if (type == JsonType::kObject) return {};
      return invalid("a job document is a JSON object with the fields of the job, not " +
                     std::string(describe(type)));
    }
    if (field_ == JobField::kNext) return {};
    const JsonType wanted = is_boolean(field_) ? JsonType::kBoolean : JsonType::kString;
    if (type != wanted) {
      return invalid("the field is " + std::string(describe(wanted)) + ", not " +
                         std::string(describe(type)) +
                         (type == JsonType::kNull ? "; leave it out instead" : ""),
                     field_name(field_));
    }
    return builder_.set(field_, std::move(text));
  }

  Result<JobDocument> build() { return builder_.build(); }

 private:
  JobDocumentBuilder builder_;
  JobField field_ = JobField::kNext;
};

class JobXmlHandler final : public XmlHandler {
 public:
  Result<void> start(std::string_view name,
                     const XmlAttributes& attributes,
                     std::size_t depth) override {
    switch (depth) {
      case 0: return start_root(name, attributes);
      case 1: return start_field(name, attributes);
      default:
        return invalid("the field holds text, not elements; write < as &lt;", field_name(field_));
    }
  }

  Result<void> text(std::string_view piece, std::size_t depth) override {
    if (depth == 1) {
      text_ += piece;
    } else if (!std::ranges::all_of(piece, is_space)) {
      return invalid("the text " + quote(trim(piece, is_space)) +
                     " stands outside the fields; put it into one or remove it");
    }
    return {};
  }

  Result<void> end(std::size_t depth) override {
    if (depth != 1) return {};
    return builder_.set(field_, std::move(text_));
  }

  Result<JobDocument> build() { return builder_.build(); }

 private:
  static tl::unexpected<Error> unknown_attribute(std::string_view name, std::string_view field) {
    if (name == "xmlns" || name.starts_with("xmlns:")) {
      return invalid("job documents have no namespace; remove the attribute " + quote(name), field);
    }
    return invalid(
        "there is no attribute " + quote(name) + "; the only one is encoding=\"base64\", of data",
        field);
  }

  static Result<void> start_root(std::string_view name, const XmlAttributes& attributes) {
    if (!attributes.empty()) return unknown_attribute(attributes.front().first, "");
    if (name == "job") return {};
    return invalid("the root element of a job document is <job>, not " +
                   quote("<" + std::string(name) + ">"));
  }

  Result<void> start_field(std::string_view name, const XmlAttributes& attributes) {
    text_.clear();
    const Result<JobField> field = builder_.begin(name);
    if (!field) return tl::unexpected(field.error());
    field_ = *field;
    if (field_ == JobField::kDataEncoding) {
      return invalid("in XML the encoding is an attribute; write <data encoding=\"base64\">", name);
    }
    for (const auto& [attribute, value] : attributes) {
      if (field_ != JobField::kData || attribute != "encoding") {
        return unknown_attribute(attribute, name);
      }
      if (auto set = builder_.set(JobField::kDataEncoding, std::string(value)); !set) return set;
    }
    return {};
  }

  JobDocumentBuilder builder_;
  JobField field_ = JobField::kNext;
  std::string text_;
};

}  // namespace

Result<JobDocument> read_job_json(std::string_view text) {
  JobJsonHandler handler;
  if (auto read = read_json(text, handler); !read) return tl::unexpected(std::move(read.error()));
  return handler.build();
}

Result<JobDocument> read_job_xml(std::string_view text) {
  JobXmlHandler handler;
  if (auto read = read_xml(text, handler); !read) return tl::unexpected(std::move(read.error()));
  return handler.build();
}

}  // namespace jobsched
