#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "daemon/http/message.h"

namespace jobsched::http {

// The bytes of answers (RFC 9112). All pure.

// Whether the answer can go out: a final status of three digits, and headers that cannot be taken
// for anything else (token names, no control characters in values).
bool is_sendable(const Response& response);

// Whether answers with this status have a body: not 204 and 304.
bool has_body(int status);

// The status line and the header block with its empty line. Content-Length, Date, Connection and
// Transfer-Encoding are the server's own: what the response says of them is left out.
// Requires: is_sendable(response).
std::string write_head(const Response& response, std::string_view date, bool keep_alive);

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string write_date(std::chrono::sys_seconds time);

}  // namespace jobsched::http
