#include <algorithm>

#include "core/codec/codec.h"
#include "core/codec/json_reader.h"
#include "core/codec/xml_reader.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

tl::unexpected<Error> malformed(std::string detail) {
  return fail(ErrorKind::kMalformed, std::move(detail));
}

Result<void> append_id(std::vector<JobId>& ids, std::string_view text) {
  const std::optional<JobId> id = parse_job_id(text);
  if (!id) return malformed(quote(text) + " is not the id of a job");
  ids.push_back(*id);
  return {};
}

Result<std::vector<JobId>> read_text(std::string_view text) {
  std::vector<JobId> ids;
  text = trim(text, is_space);
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (const auto added = append_id(ids, text.substr(0, comma)); !added) {
      return tl::unexpected(added.error());
    }
    if (comma + 1 == text.size()) return malformed("the list of ids ends with a comma");
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return ids;
}

class IdListJsonHandler final : public JsonHandler {
 public:
  Result<void> key(std::string /*name*/, std::size_t /*depth*/) override { return {}; }

  Result<void> value(JsonType type, std::string text, std::size_t depth) override {
    if (depth == 0 && type == JsonType::kArray) return {};
    if (depth == 1 && type == JsonType::kString) return append_id(ids_, text);
    return malformed("a list of ids is a JSON array of strings");
  }

  std::vector<JobId>& ids() { return ids_; }

 private:
  std::vector<JobId> ids_;
};

class IdListXmlHandler final : public XmlHandler {
 public:
  Result<void> start(std::string_view name,
                     const XmlAttributes& /*attributes*/,
                     std::size_t depth) override {
    text_.clear();
    if ((depth == 0 && name == "jobs") || (depth == 1 && name == "id")) return {};
    return malformed("a list of ids is <jobs> with one <id> for each");
  }

  Result<void> text(std::string_view piece, std::size_t depth) override {
    if (depth == 1) text_ += piece;
    return {};
  }

  Result<void> end(std::size_t depth) override {
    return depth == 1 ? append_id(ids_, trim(text_, is_space)) : Result<void>();
  }

  std::vector<JobId>& ids() { return ids_; }

 private:
  std::vector<JobId> ids_;
  std::string text_;
};

}  // namespace

ListFrame id_list_frame(Format format) {
  switch (format) {
    case Format::kText: return {"", ",", "", ""};
    case Format::kJson: return {"[\"", "\",\"", "\"]", "[]"};
    case Format::kXml: break;
  }
  return {R"(<?xml version="1.0" encoding="UTF-8"?><jobs><id>)", "</id><id>", "</id></jobs>",
          R"(<?xml version="1.0" encoding="UTF-8"?><jobs></jobs>)"};
}

std::string write_id_list(Format format, std::span<const JobId> ids) {
  const ListFrame frame = id_list_frame(format);
  if (ids.empty()) return std::string{frame.empty};
  std::string text{frame.before};
  for (const JobId& id : ids) {
    if (&id != &ids.front()) text += frame.between;
    text += format_job_id(id);
  }
  return text.append(frame.after);
}

Result<std::vector<JobId>> read_id_list(Format format, std::string_view text) {
  if (format == Format::kText) return read_text(text);
  if (format == Format::kJson) {
    IdListJsonHandler handler;
    if (const auto read = read_json(text, handler); !read) return tl::unexpected(read.error());
    return std::move(handler.ids());
  }
  IdListXmlHandler handler;
  if (const auto read = read_xml(text, handler); !read) return tl::unexpected(read.error());
  return std::move(handler.ids());
}

}  // namespace jobsched
