#include <algorithm>
#include <array>

#include "core/codec/codec.h"
#include "core/codec/job_fields.h"
#include "core/codec/json_reader.h"
#include "core/codec/writer.h"
#include "core/codec/xml_reader.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

constexpr std::string_view kType = "about:blank";  // RFC 9457 section 4.2.1: the title says it all

std::string write_json(const Problem& problem) {
  std::string out = R"({"type":"about:blank","title":)";
  append_json_string(out, problem.title);
  out += ",\"status\":" + std::to_string(problem.status) + ",\"detail\":";
  append_json_string(out, problem.detail);
  if (!problem.field.empty()) {
    out += ",\"field\":";
    append_json_string(out, problem.field);
  }
  return out + '}';
}

std::string write_xml(const Problem& problem) {
  std::string out = std::string(kXmlDeclaration) + R"(<problem xmlns="urn:ietf:rfc:7807">)";
  append_xml_element(out, "type", kType);
  append_xml_element(out, "title", problem.title);
  append_xml_element(out, "status", std::to_string(problem.status));
  append_xml_element(out, "detail", problem.detail);
  if (!problem.field.empty()) append_xml_element(out, "field", problem.field);
  return out + "</problem>";
}

std::string one_line(std::string_view text) {
  std::string line = printable(text);
  std::ranges::replace_if(
      line, [](char c) { return is_space(c); }, ' ');
  return line;
}

std::string write_text(const Problem& problem) {
  std::string out = std::to_string(problem.status) + ' ' + problem.title;
  if (!problem.field.empty()) out += ": " + problem.field;
  if (!problem.detail.empty()) out += ": " + problem.detail;
  return one_line(out);
}

// ---- reading ----

// The member of a problem that an element or member of this name goes to; null if none does.
std::string Problem::*member_of(std::string_view name) {
  if (name == "title") return &Problem::title;
  if (name == "detail") return &Problem::detail;
  if (name == "field") return &Problem::field;
  return nullptr;
}

class ProblemJsonHandler final : public JsonHandler {
 public:
  explicit ProblemJsonHandler(Problem& problem) : problem_(problem) {}

  Result<void> key(std::string name, std::size_t depth) override {
    member_ = depth == 1 ? member_of(name) : nullptr;
    return {};
  }

  Result<void> value(JsonType type, std::string text, std::size_t depth) override {
    if (depth == 1 && type == JsonType::kString && member_ != nullptr) {
      problem_.*member_ = std::move(text);
      found_ = true;
    }
    return {};
  }

  bool found() const { return found_; }

 private:
  Problem& problem_;
  std::string Problem::*member_ = nullptr;
  bool found_ = false;
};

class ProblemXmlHandler final : public XmlHandler {
 public:
  explicit ProblemXmlHandler(Problem& problem) : problem_(problem) {}

  Result<void> start(std::string_view name,
                     const XmlAttributes& /*attributes*/,
                     std::size_t depth) override {
    if (depth == 0) is_problem_ = name == "problem";
    if (depth == 1) member_ = is_problem_ ? member_of(name) : nullptr;
    if (depth == 1 && member_ != nullptr) {
      (problem_.*member_).clear();
      found_ = true;
    }
    return {};
  }

  Result<void> text(std::string_view piece, std::size_t depth) override {
    if (depth == 1 && member_ != nullptr) problem_.*member_ += piece;
    return {};
  }

  Result<void> end(std::size_t /*depth*/) override { return {}; }

  bool found() const { return found_; }

 private:
  Problem& problem_;
  std::string Problem::*member_ = nullptr;
  bool is_problem_ = false;
  bool found_ = false;
};

bool read_json_problem(std::string_view text, Problem& problem) {
  ProblemJsonHandler handler(problem);
  return read_json(text, handler).has_value() && handler.found();
}

bool read_xml_problem(std::string_view text, Problem& problem) {
  ProblemXmlHandler handler(problem);
  return read_xml(text, handler).has_value() && handler.found();
}

// "422 Unprocessable Content: cron: …": a field is told from the words of a detail by its name.
bool read_text_problem(std::string_view text, Problem& problem) {
  const std::string start = std::to_string(problem.status) + ' ' + problem.title;
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  if (text.empty()) return true;
  if (!text.starts_with(": ")) return false;
  text.remove_prefix(2);
  const std::string_view first = text.substr(0, text.find(": "));
  if (is_field_name(first)) {
    problem.field = first;
    text.remove_prefix(std::min(first.size() + 2, text.size()));
  }
  problem.detail = text;
  return true;
}

}  // namespace

std::string write_problem(Format format, const Problem& problem) {
  switch (format) {
    case Format::kJson: return write_json(problem);
    case Format::kXml: return write_xml(problem);
    case Format::kText: break;
  }
  return write_text(problem);
}

Problem read_problem(Format format, int status, std::string_view text) {
  const Problem unread{status, std::string(status_phrase(status)), "", ""};
  Problem problem = unread;
  text = trim(text, is_space);
  bool found = false;
  switch (format) {
    case Format::kJson: found = read_json_problem(text, problem); break;
    case Format::kXml: found = read_xml_problem(text, problem); break;
    case Format::kText: found = read_text_problem(text, problem); break;
  }
  if (!found) {
    problem = unread;
    problem.detail = text;
  }
  for (std::string* member : {&problem.title, &problem.detail, &problem.field}) {
    *member = printable(*member);
  }
  return problem;
}

}  // namespace jobsched
