#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/failure.h"
#include "core/error.h"
#include "core/job/document.h"

namespace jobsched::cmd {

// The job documents of a file as JSON texts, as they stand in it: that takes less room than what
// they say.
struct JobFile {
  struct Part {
    std::size_t begin;
    std::size_t length;
  };

  std::string text;
  std::vector<Part> parts;  // of the text: a document each

  std::size_t size() const { return parts.size(); }

  std::string_view document(std::size_t index) const;
};

// Judges a document as it is read. An error is told with its place in the file.
using JudgeDocument = std::function<Result<void>(const JobDocument&)>;

// Reads job documents: a JSON array, XML (<jobs> or one <job>), or JSON texts, each on a line of
// its own; a single one may take several lines. `name` is for the errors, which say where the fault
// is: "jobs.jsonl:3: …", "jobs.json: job 3 of the list: …". Errors: kRefused.
Fallible<JobFile> parse_job_file(const std::string& name,
                                 std::string text,
                                 const JudgeDocument& judge);

// The same for the file at `path`, `-` being standard input. Errors also: kError for what cannot be
// read.
Fallible<JobFile> read_job_file(const std::string& path, const JudgeDocument& judge);

}  // namespace jobsched::cmd
