#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/http/head.h"
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

  // Changes the limits, for requests that begin from now on. Requires: !mid_request(), but for
  // bytes that `poll` has not seen.
  void set(const FramerLimits& limits) { limits_ = limits; }

  // Adds bytes as they came.
  void feed(std::string_view bytes);

  // Goes as far as the bytes allow. `Refused` is in head.h.
  std::variant<NeedMore, Complete, Refused> poll();

  // Whether a request has begun but is not complete.
  bool mid_request() const;

  // Bytes that are held: those not looked at yet and those of the request under way.
  std::size_t buffered() const;

  // What is known of the request under way, or of the one that was refused: its request line and
  // the fields read so far. Null until there is a request line.
  const Request* partial() const;

 private:
  enum class State {
    kRequestLine,
    kFields,
    kBody,
    kChunkSize,
    kChunkData,
    kChunkEnd,
    kTrailers,
    kComplete,
    kRefused,
  };

  // Whether to go on with the next step, or more bytes must come first.
  enum class Step { kNext, kWait };

  Step step();
  Step read_request_line();
  Step read_fields();
  Step begin_body();
  Step read_body(State next);
  Step read_chunk_size();
  Step read_chunk_end();
  Step read_trailers();
  Step refuse(int status, std::string detail);
  Step refuse(Refused refused);

  std::optional<std::string_view> take_line(std::size_t limit);
  std::optional<std::string_view> take_field(std::string_view where);
  NeedMore need_more();
  Complete complete();
  void compact();

  std::string_view unread() const { return std::string_view(buffer_).substr(begin_); }

  FramerLimits limits_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of what is unread in buffer_
  std::size_t scanned_ = 0;  // how much of that is known to hold no line end
  State state_ = State::kRequestLine;

  // Of the request under way.
  RequestHead head_;
  BodyFraming framing_;
  std::size_t empty_lines_ = 0;
  std::size_t field_lines_ = 0;
  std::size_t field_bytes_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t remaining_ = 0;  // of the body, or of the chunk
  Refused refused_{};
};

}  // namespace jobsched::http
