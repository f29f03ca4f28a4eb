#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "daemon/http/message.h"

namespace jobsched::http {

// The rules of single lines of a request, and of the head as a whole (RFC 9112 sections 2 to 7).
// All pure: the framer finds the lines and decides when.

// Not acceptable HTTP: answer with the status and close the connection.
struct Refused {
  int status = 400;
  std::string detail;

  bool operator==(const Refused&) const = default;
};

template <class T>
using Checked = tl::expected<T, Refused>;

// A request's head while its lines come in.
struct RequestHead {
  Request request;                       // without the body
  int minor_version = 1;                 // of HTTP/1.x
  std::optional<std::string> authority;  // of a target in absolute form
};

// How the body is framed, and what the client expects of the connection.
struct BodyFraming {
  bool chunked = false;
  std::size_t length = 0;        // if not chunked; 0 if there is no body
  bool expect_continue = false;  // and there is a body
  bool keep_alive = true;
};

// Reads "METHOD TARGET HTTP/1.x"; `line` has no line end, as in all of these. The target is reduced
// to origin form.
Checked<RequestHead> read_request_line(std::string_view line);

// Reads "name: value".
Checked<std::pair<std::string, std::string>> read_field_line(std::string_view line);

// Decides by the complete head; a body declared longer than `body_limit` is refused with 413.
// A target in absolute form replaces the Host field (RFC 9112 section 3.2.2).
Checked<BodyFraming> read_framing(RequestHead& head, std::size_t body_limit);

// The line before a chunk's data: its size, and the length of the extensions, which are ignored.
struct ChunkLine {
  std::size_t size = 0;
  std::size_t extension_bytes = 0;
};

Checked<ChunkLine> read_chunk_line(std::string_view line);

}  // namespace jobsched::http
