#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/codec/codec.h"
#include "core/codec/format.h"
#include "core/error.h"
#include "core/job/job.h"
#include "daemon/http/message.h"

namespace jobsched {

// Answers of the API as HTTP responses, each with its Content-Type.

// A body in `type`.
http::Response make_answer(int status, MediaType type, std::string body);

// A job: the whole document in JSON and XML, its id in text.
http::Response job_answer(int status, MediaType type, const Job& job);

// Problem details (RFC 9457) for an error, in the format of `type`: JSON as
// application/problem+json, XML under the very XML type asked for, text as one line.
http::Response problem_answer(const Error& error, MediaType type);

// The same for a status that is told without an error, e.g. 431. Like those of kUnavailable,
// answers with 429 and 503 say Retry-After.
http::Response problem_answer(int status, std::string detail, MediaType type);

// The type in which to report a problem to a client with this Accept header: the one negotiated for
// the call, which offers `offered`; failing that, the one the client likes best of all that the API
// has; text if it likes none. Text is plain, also where the call would answer with HTML: a problem
// may quote what came from anywhere.
MediaType problem_type(std::optional<std::string_view> accept, std::span<const MediaType> offered);

}  // namespace jobsched
