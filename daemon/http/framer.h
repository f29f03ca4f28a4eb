#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/http/message.h"

namespace jobsched::http {

struct FramerLimits {
  std::size_t request_line = 8'192;  // bytes; beyond it 414 (or 431 if a method alone is longer)
  std::size_t headers = 32'768;      // bytes of the header block; beyond it 431
  std::size_t header_count = 100;    // lines; beyond it 431
  std::size_t body = 1'048'576;      // bytes after de-chunking; beyond it 413
};

// More bytes are needed. If `send_continue`, the client waits for "100 Continue" first; said once.
struct NeedMore {
  bool send_continue = false;
};

// A complete request; bytes after it stay in the framer for the next one.
struct Complete {
  Request request;
  bool keep_alive = true;  // the client wants another request on this connection
};

// Not acceptable HTTP: answer with the status and close the connection.
struct Refused {
  int status;
  std::string detail;
};

// Frames HTTP/1.0 and 1.1 requests strictly (RFC 9112), so that no other implementation on the way
// can see other boundaries: a pure state machine that is fed bytes. It refuses bare CR or LF,
// obsolete folding, white space before a colon, control characters, a missing or repeated Host
// (HTTP/1.1), repeated or malformed Content-Length, Content-Length together with
// Transfer-Encoding, any transfer coding but a final single `chunked`, malformed or over-long
// chunks, targets not in origin form (absolute form is reduced to it), unknown expectations (417)
// and versions (505). Memory is bounded by the limits. After `Refused` it takes no more.
class Framer {
 public:
  explicit Framer(FramerLimits limits);

  // Adds bytes as they came.
  void feed(std::string_view bytes);

  // Goes as far as the bytes allow.
  std::variant<NeedMore, Complete, Refused> poll();

  // Whether a request has begun but is not complete.
  bool mid_request() const;

  // Bytes that are held.
  std::size_t buffered() const;
};

}  // namespace jobsched::http
