#include "core/codec/codec.h"

#include <cassert>

#include "core/codec/job_reader.h"

namespace jobsched {

Result<JobDocument> read_job(Format format, std::string_view text) {
  assert(format != Format::kText);
  return format == Format::kJson ? read_job_json(text) : read_job_xml(text);
}

Result<JobDocuments> read_jobs(Format format, std::string_view text, std::size_t max) {
  assert(format != Format::kText);
  return format == Format::kJson ? read_jobs_json(text, max) : read_jobs_xml(text, max);
}

Error in_list(Error error, std::size_t index) {
  const bool named = error.field.empty() || error.detail.find(error.field) != std::string::npos;
  error.detail = "job " + std::to_string(index + 1) +
                 " of the list: " + (named ? "" : error.field + ": ") + error.detail;
  const std::string member = "jobs[" + std::to_string(index) + "]";
  error.field = error.field.empty() ? member : member + "." + error.field;
  return error;
}

}  // namespace jobsched
