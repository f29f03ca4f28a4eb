#pragma once

#include <string_view>

#include "core/error.h"
#include "core/job/document.h"

namespace jobsched {

// `read_job` of core/codec/codec.h, one function a format.
Result<JobDocument> read_job_json(std::string_view text);
Result<JobDocument> read_job_xml(std::string_view text);

}  // namespace jobsched
