#include "cmd/job_file.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "cmd/payload.h"
#include "core/codec/codec.h"
#include "core/text/ascii.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kMaxFile = 1'073'741'824;  // bytes; it is held in memory

// The detail of a list's member says already which field it is of.
tl::unexpected<Failure> refuse(const std::string& place, const Error& error) {
  const bool named = error.field.starts_with("jobs[");
  return fail(ExitCode::kRefused,
              place + ": " + (named ? error.detail : name_field(error.field, error.detail)));
}

Fallible<JobFile> parse_lines(JobFile file, std::string_view text) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view one = trim(text.substr(0, end), is_space);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty()) continue;
    auto document = read_job(Format::kJson, one);
    if (!document) return refuse(file.name + ":" + std::to_string(line), document.error());
    file.documents.push_back(*std::move(document));
    file.lines.push_back(line);
  }
  return file;
}

bool has_lines(std::string_view text) {
  return text.find('\n') != std::string_view::npos;
}

}  // namespace

std::string JobFile::place(std::size_t index) const {
  if (!lines.empty()) return name + ":" + std::to_string(lines.at(index));
  return name + ": job " + std::to_string(index + 1) + " of the list";
}

Fallible<JobFile> parse_job_file(std::string name, std::string_view text) {
  JobFile file{std::move(name), {}, {}};
  const std::string_view begun = trim(text, is_space);
  if (begun.empty()) return file;
  const Format format = begun.front() == '<' ? Format::kXml : Format::kJson;
  auto read = read_jobs(format, begun, std::numeric_limits<std::size_t>::max());
  if (read) {
    file.documents = std::move(read->documents);
    return file;
  }
  if (begun.front() == '{' && has_lines(begun)) return parse_lines(std::move(file), text);
  return refuse(file.name, read.error());
}

Fallible<JobFile> read_job_file(const std::string& path) {
  const auto text =
      path == "-" ? read_standard_input(kMaxFile) : read_file(path, kMaxFile, ExitCode::kError);
  if (!text) return tl::unexpected(text.error());
  return parse_job_file(path == "-" ? "standard input" : path, *text);
}

}  // namespace jobsched::cmd
