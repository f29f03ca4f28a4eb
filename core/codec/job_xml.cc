#include "core/codec/job_xml.h"

#include <algorithm>
#include <utility>

#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

tl::unexpected<Error> invalid(std::string detail, std::string_view field = {}) {
  return fail(ErrorKind::kInvalid, std::move(detail), std::string(field));
}

tl::unexpected<Error> unknown_attribute(std::string_view name, std::string_view field) {
  if (name == "xmlns" || name.starts_with("xmlns:")) {
    return invalid("job documents have no namespace; remove the attribute " + quote(name), field);
  }
  return invalid("there is no attribute " + quote(name) +
                     "; the only ones are encoding=\"base64\", of data, and name, of header",
                 field);
}

Result<void> start_root(std::string_view name, const XmlAttributes& attributes) {
  if (!attributes.empty()) return unknown_attribute(attributes.front().first, "");
  if (name == "job") return {};
  return invalid("the root element of a job document is <job>, not " +
                 quote("<" + std::string(name) + ">"));
}

}  // namespace

Result<void> JobXmlHandler::start(std::string_view name,
                                  const XmlAttributes& attributes,
                                  std::size_t depth) {
  if (depth == 0) return start_root(name, attributes);
  text_.clear();
  if (depth == 1) return start_field(name, attributes);
  if (depth == text_depth()) return start_member(name, attributes);
  return invalid("the " + std::string(has_members(field_) ? "element" : "field") +
                     " holds text, not elements; write < as &lt;",
                 field_name(field_));
}

Result<void> JobXmlHandler::text(std::string_view piece, std::size_t depth) {
  if (depth > 0 && depth == text_depth()) {
    text_ += piece;
  } else if (!std::ranges::all_of(piece, is_space)) {
    return invalid("the text " + quote(trim(piece, is_space)) +
                   " stands outside the fields; put it into one or remove it");
  }
  return {};
}

Result<void> JobXmlHandler::end(std::size_t depth) {
  if (depth == 0 || depth != text_depth()) return {};
  return has_members(field_) ? end_member() : builder_.set(field_, std::move(text_));
}

Result<void> JobXmlHandler::start_field(std::string_view name, const XmlAttributes& attributes) {
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
  return has_members(field_) ? builder_.set(field_, {}) : Result<void>{};
}

Result<void> JobXmlHandler::start_member(std::string_view name, const XmlAttributes& attributes) {
  if (field_ == JobField::kHeaders) return start_header(name, attributes);
  if (!attributes.empty()) {
    return unknown_attribute(attributes.front().first, field_name(field_));
  }
  member_ = name;
  return JobDocumentBuilder::begin_retry_member(name);
}

Result<void> JobXmlHandler::start_header(std::string_view name, const XmlAttributes& attributes) {
  const auto named =
      std::ranges::find(attributes, kNameAttribute, &XmlAttributes::value_type::first);
  if (name != kHeaderElement || named == attributes.end()) {
    return invalid("headers holds elements like <header name=\"X-A\">value</header>, not " +
                       quote("<" + std::string(name) + ">"),
                   field_name(field_));
  }
  for (const auto& attribute : attributes) {
    if (attribute.first != kNameAttribute) {
      return unknown_attribute(attribute.first, field_name(field_));
    }
  }
  member_ = named->second;
  return {};
}

Result<void> JobXmlHandler::end_member() {
  if (field_ == JobField::kHeaders) {
    builder_.add_header(std::move(member_), std::move(text_));
    return {};
  }
  return member_ == kBackoffMember ? builder_.add_delay(text_) : builder_.set_attempts(text_);
}

}  // namespace jobsched
