#pragma once

#include <string>

#include "cmd/verdict.h"
#include "core/time/instant.h"
#include "daemon/http/message.h"

namespace jobsched::cmd {

// A request that `listen` received at `arrival`, for people: the arrival, the request line, how
// late it is on its fire time and whether it is signed right; the headers that say something,
// indented; a blank line; the body, indented, as text or, if it is not text, as a hexadecimal dump;
// a blank line. No control character of the request gets through.
std::string show_request(const http::Request& request,
                         Instant arrival,
                         const Verdict& verdict = {});

// The same as one line of strict JSON: time, method, target, headers, latenessMs if there is a
// fire time, signature ("right" or "wrong") and signatureFault if there is a verdict, body, and
// bodyEncoding "base64" if the body is not text.
std::string request_json(const http::Request& request,
                         Instant arrival,
                         const Verdict& verdict = {});

}  // namespace jobsched::cmd
