#include "core/codec/codec.h"

#include <cassert>

#include "core/codec/job_reader.h"

namespace jobsched {

Result<JobDocument> read_job(Format format, std::string_view text) {
  assert(format != Format::kText);
  return format == Format::kJson ? read_job_json(text) : read_job_xml(text);
}

}  // namespace jobsched
