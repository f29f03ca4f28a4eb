#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/failure.h"
#include "core/job/document.h"

namespace jobsched::cmd {

// The job documents of a file, and where in it each one stands.
struct JobFile {
  std::string name;
  std::vector<JobDocument> documents;
  std::vector<std::size_t> lines;  // of each document; empty for a list, whose members are counted

  // How errors call the document at `index`: "jobs.jsonl:3" or "jobs.json: job 3 of the list".
  std::string place(std::size_t index) const;
};

// Reads job documents: a JSON array, XML (<jobs> or one <job>), or JSON texts, each on a line of
// its own; a single one may take several lines. `name` is for the errors, which say where the fault
// is. Errors: kRefused.
Fallible<JobFile> parse_job_file(std::string name, std::string_view text);

// The same for the file at `path`, `-` being standard input. Errors also: kError for what cannot be
// read.
Fallible<JobFile> read_job_file(const std::string& path);

}  // namespace jobsched::cmd
