#pragma once

#include <string>

#include "core/codec/format.h"
#include "core/codec/job_version.h"
#include "core/error.h"
#include "core/job/job.h"
#include "daemon/http/message.h"

namespace jobsched {

// Conditional requests (RFC 9110 section 13). An entity tag is a job's version, its next fire time
// where the document says it (in milliseconds since 1970), and the format that it is written in:
// "9c1a…-1893488400000-json". A recurring job that fires has another tag, but of the same version:
// nothing that clients have set is overwritten by who has not seen the new fire time.

// The tag, in quotes. Requires: format is kJson or kXml.
std::string entity_tag(const Job& job, Format format);

// The versions of the header If-Match, whatever the format they were seen in; none if there is no
// such header or it is `*`. A weak tag matches nothing (section 8.8.3.2). Errors: kMalformed.
Result<JobVersions> read_if_match(const http::Request& request);

// Whether the header If-None-Match says that the client has the job as it is, in this format.
// Errors: kMalformed.
Result<bool> knows_already(const http::Request& request, const Job& job, MediaType type);

// The answer 304 to a client that does.
http::Response not_modified(const Job& job, MediaType type);

}  // namespace jobsched
