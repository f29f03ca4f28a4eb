#include "cmd/job_file.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "cmd/json_array.h"
#include "cmd/payload.h"
#include "core/codec/codec.h"
#include "core/text/ascii.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kMaxFile = 1'073'741'824;  // bytes; it is held in memory
constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();

// The detail of a list's member says already which field it is of.
tl::unexpected<Failure> refuse(const std::string& place, const Error& error) {
  const bool named = error.field.starts_with("jobs[");
  return fail(ExitCode::kRefused,
              place + ": " + (named ? error.detail : name_field(error.field, error.detail)));
}

std::string place_in_list(const std::string& name, std::size_t index) {
  return name + ": job " + std::to_string(index + 1) + " of the list";
}

class Parser {
 public:
  Parser(const std::string& name, const std::string& text, const JudgeDocument& judge)
      : name_(name), text_(text), judge_(judge) {}

  Fallible<void> lines() {
    std::string_view rest = text_;
    for (std::size_t line = 1; !rest.empty(); ++line) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view one = trim(rest.substr(0, end), is_space);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (one.empty()) continue;
      if (const auto taken = take(one, name_ + ":" + std::to_string(line)); !taken) return taken;
    }
    return {};
  }

  Fallible<void> single(std::string_view document) { return take(document, name_); }

  Fallible<void> array() {
    const auto members = split_json_array(text_);
    if (!members) return whole(fail(ExitCode::kRefused, name_ + ": this is not a list of jobs"));
    for (std::size_t i = 0; i < members->size(); ++i) {
      const auto taken = take((*members)[i], place_in_list(name_, i));
      if (!taken) return is_malformed((*members)[i]) ? whole(taken) : taken;
    }
    return {};
  }

  std::vector<JobFile::Part> parts() { return std::move(parts_); }

  static bool is_malformed(std::string_view json) {
    const auto read = read_job(Format::kJson, json);
    return !read && read.error().kind == ErrorKind::kMalformed;
  }

 private:
  Fallible<void> take(std::string_view json, const std::string& place) {
    const auto document = read_job(Format::kJson, json);
    if (!document) return refuse(place, document.error());
    if (const auto judged = judge_(*document); !judged) return refuse(place, judged.error());
    parts_.push_back({static_cast<std::size_t>(json.data() - text_.data()), json.size()});
    return {};
  }

  // What is no JSON may be so by what stands between the members: then the list as a whole says it
  // better than `otherwise`.
  Fallible<void> whole(const Fallible<void>& otherwise) const {
    const auto read = read_jobs(Format::kJson, text_, kAnyNumber);
    return read ? otherwise : refuse(name_, read.error());
  }

  const std::string& name_;
  const std::string& text_;
  const JudgeDocument& judge_;
  std::vector<JobFile::Part> parts_;
};

// Whether the text, which has several lines, is one document and not one a line.
bool is_one_document(std::string_view text) {
  const auto line_end = text.find('\n');
  if (line_end == std::string_view::npos) return false;
  return Parser::is_malformed(text.substr(0, line_end)) && !Parser::is_malformed(text);
}

// XML is sent as JSON, too.
Fallible<JobFile> parse_xml(const std::string& name,
                            std::string_view text,
                            const JudgeDocument& judge) {
  const auto read = read_jobs(Format::kXml, text, kAnyNumber);
  if (!read) return refuse(name, read.error());
  JobFile file;
  for (std::size_t i = 0; i < read->documents.size(); ++i) {
    const JobDocument& document = read->documents[i];
    if (const auto judged = judge(document); !judged) {
      return refuse(read->is_list ? place_in_list(name, i) : name, judged.error());
    }
    const std::string json = write_document(Format::kJson, document);
    file.parts.push_back({file.text.size(), json.size()});
    file.text += json;
  }
  return file;
}

}  // namespace

std::string_view JobFile::document(std::size_t index) const {
  const Part& part = parts.at(index);
  return std::string_view(text).substr(part.begin, part.length);
}

Fallible<JobFile> parse_job_file(const std::string& name,
                                 std::string text,
                                 const JudgeDocument& judge) {
  const std::string_view begun = trim(std::string_view(text), is_space);
  if (begun.starts_with('<')) return parse_xml(name, begun, judge);
  Parser parser(name, text, judge);
  const auto parsed = begun.starts_with('[')   ? parser.array()
                      : is_one_document(begun) ? parser.single(begun)
                                               : parser.lines();
  if (!parsed) return tl::unexpected(parsed.error());
  return JobFile{std::move(text), parser.parts()};
}

Fallible<JobFile> read_job_file(const std::string& path, const JudgeDocument& judge) {
  auto text =
      path == "-" ? read_standard_input(kMaxFile) : read_file(path, kMaxFile, ExitCode::kError);
  if (!text) return tl::unexpected(text.error());
  return parse_job_file(path == "-" ? "standard input" : path, *std::move(text), judge);
}

}  // namespace jobsched::cmd
