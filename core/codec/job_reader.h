#pragma once

#include <cstddef>
#include <string_view>

#include "core/codec/codec.h"
#include "core/error.h"
#include "core/job/document.h"

namespace jobsched {

// `read_job` of core/codec/codec.h, one function a format.
Result<JobDocument> read_job_json(std::string_view text);
Result<JobDocument> read_job_xml(std::string_view text);

// `read_jobs` of core/codec/codec.h, likewise.
Result<JobDocuments> read_jobs_json(std::string_view text, std::size_t max);
Result<JobDocuments> read_jobs_xml(std::string_view text, std::size_t max);

}  // namespace jobsched
