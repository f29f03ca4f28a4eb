#include "daemon/http/framer.h"

#include <algorithm>
#include <utility>

#include "daemon/http/syntax.h"

namespace jobsched::http {

namespace {

// Every decision is made on a complete line, or on the first byte that passes a limit, so that it
// never depends on how the bytes were split on their way.

constexpr std::size_t kLineEnd = 2;                 // CR LF
constexpr std::size_t kMaxEmptyLines = 4;           // old clients sent one after a body
constexpr std::size_t kMaxChunkLine = 256;          // 16 digits, and extensions nobody uses
constexpr std::size_t kMaxChunkExtensions = 4'096;  // of all chunks: a body must not be mostly
                                                    // what is thrown away
constexpr std::size_t kCompactAt = 4'096;           // bytes not worth moving for
constexpr std::size_t kKeepCapacity = 4'096;        // what an idle connection may hold

}  // namespace

Framer::Framer(FramerLimits limits) : limits_(limits) {}

void Framer::feed(std::string_view bytes) {
  if (state_ != State::kRefused) buffer_.append(bytes);
}

std::variant<NeedMore, Complete, Refused> Framer::poll() {
  while (state_ != State::kComplete && state_ != State::kRefused) {
    if (step() == Step::kWait) break;
  }
  if (state_ == State::kRefused) {
    std::string().swap(buffer_);
    begin_ = scanned_ = 0;
    return refused_;
  }
  compact();
  if (state_ == State::kComplete) return complete();
  return need_more();
}

bool Framer::mid_request() const {
  return state_ != State::kRefused && (state_ != State::kRequestLine || !unread().empty());
}

std::size_t Framer::buffered() const {
  return unread().size() + head_.request.target.size() + field_bytes_ + head_.request.body.size();
}

const Request* Framer::partial() const {
  return head_.request.method.empty() ? nullptr : &head_.request;
}

Framer::Step Framer::step() {
  switch (state_) {
    case State::kRequestLine: return read_request_line();
    case State::kFields: return read_fields();
    case State::kBody: return read_body(State::kComplete);
    case State::kChunkSize: return read_chunk_size();
    case State::kChunkData: return read_body(State::kChunkEnd);
    case State::kChunkEnd: return read_chunk_end();
    case State::kTrailers: return read_trailers();
    case State::kComplete:
    case State::kRefused: break;
  }
  return Step::kWait;
}

Framer::Step Framer::read_request_line() {
  const std::string_view rest = unread();
  // Said at once: a TLS client would otherwise wait for us, and we for its line end.
  if (!rest.empty() && !is_token_char(rest.front()) && rest.front() != '\r' &&
      rest.front() != '\n') {
    return refuse(400, "this is not a HTTP request; if it was meant to be HTTPS, use http://");
  }
  const auto line = take_line(limits_.request_line + kLineEnd);
  if (!line) {
    if (state_ == State::kRefused || rest.size() < limits_.request_line + kLineEnd) {
      return Step::kWait;
    }
    const bool has_method = rest.substr(0, limits_.request_line).find(' ') != rest.npos;
    return refuse(has_method ? 414 : 431, "the request line must not be longer than " +
                                              std::to_string(limits_.request_line) + " bytes");
  }
  if (line->empty()) {
    if (++empty_lines_ <= kMaxEmptyLines) return Step::kNext;
    return refuse(400, "a request must begin with its request line");
  }
  auto head = http::read_request_line(*line);
  if (!head) return refuse(std::move(head.error()));
  head_ = std::move(*head);
  state_ = State::kFields;
  return Step::kNext;
}

Framer::Step Framer::read_fields() {
  const auto line = take_field("headers");
  if (!line) return Step::kWait;
  if (line->empty()) return begin_body();
  auto field = read_field_line(*line);
  if (!field) return refuse(std::move(field.error()));
  head_.request.headers.push_back(std::move(*field));
  return Step::kNext;
}

Framer::Step Framer::begin_body() {
  auto framing = read_framing(head_, limits_.body);
  if (!framing) return refuse(std::move(framing.error()));
  framing_ = *framing;
  remaining_ = framing_.length;
  if (framing_.chunked) {
    state_ = State::kChunkSize;
  } else {
    state_ = remaining_ > 0 ? State::kBody : State::kComplete;
  }
  return Step::kNext;
}

Framer::Step Framer::read_body(State next) {
  const std::string_view piece = unread().substr(0, remaining_);
  head_.request.body.append(piece);
  begin_ += piece.size();
  remaining_ -= piece.size();
  if (remaining_ > 0) return Step::kWait;
  state_ = next;
  return Step::kNext;
}

Framer::Step Framer::read_chunk_size() {
  const auto line = take_line(kMaxChunkLine);
  if (!line) {
    if (state_ == State::kRefused || unread().size() < kMaxChunkLine) return Step::kWait;
    return refuse(400, "the line with a chunk's size is too long");
  }
  const auto chunk = read_chunk_line(*line);
  if (!chunk) return refuse(chunk.error());
  extension_bytes_ += chunk->extension_bytes;
  if (extension_bytes_ > kMaxChunkExtensions) {
    return refuse(400, "the chunk extensions are too long");
  }
  if (chunk->size > limits_.body - head_.request.body.size()) {
    return refuse(413,
                  "the body must not be longer than " + std::to_string(limits_.body) + " bytes");
  }
  remaining_ = chunk->size;
  state_ = remaining_ > 0 ? State::kChunkData : State::kTrailers;
  return Step::kNext;
}

Framer::Step Framer::read_chunk_end() {
  const auto line = take_line(kLineEnd);
  if (state_ == State::kRefused || (!line && unread().size() < kLineEnd)) return Step::kWait;
  if (!line || !line->empty()) {
    return refuse(400, "a chunk's data must end with a line end where its size says");
  }
  state_ = State::kChunkSize;
  return Step::kNext;
}

// Trailers are checked like headers and count against the same limits, but nobody sees them: a
// field there could contradict one that was already acted on.
Framer::Step Framer::read_trailers() {
  const auto line = take_field("headers and trailers");
  if (!line) return Step::kWait;
  if (line->empty()) {
    state_ = State::kComplete;
    return Step::kNext;
  }
  auto field = read_field_line(*line);
  if (!field) return refuse(std::move(field.error()));
  return Step::kNext;
}

Framer::Step Framer::refuse(int status, std::string detail) {
  return refuse(Refused{status, std::move(detail)});
}

Framer::Step Framer::refuse(Refused refused) {
  refused_ = std::move(refused);
  state_ = State::kRefused;
  return Step::kWait;
}

// The next line without its end, if it has come within `limit` bytes, the end included. Absent if
// not, or if it was refused.
std::optional<std::string_view> Framer::take_line(std::size_t limit) {
  const std::string_view window = unread().substr(0, limit);
  const std::size_t feed = window.find('\n', scanned_);
  if (feed == std::string_view::npos) {
    scanned_ = window.size();
    return std::nullopt;
  }
  const std::string_view line = window.substr(0, feed);
  if (feed == 0 || line.find('\r') != feed - 1) {
    refuse(400, "lines must end with CR LF, and neither may stand alone");
    return std::nullopt;
  }
  begin_ += feed + 1;
  scanned_ = 0;
  return line.substr(0, feed - 1);
}

// The next line of the header block or of the trailers, within what is left of the limits for both.
std::optional<std::string_view> Framer::take_field(std::string_view where) {
  const std::size_t left = limits_.headers - field_bytes_;
  const std::size_t before = begin_;
  const auto line = take_line(left);
  if (!line) {
    if (state_ != State::kRefused && unread().size() >= left) {
      refuse(431, "the " + std::string(where) + " must not be longer than " +
                      std::to_string(limits_.headers) + " bytes");
    }
    return std::nullopt;
  }
  field_bytes_ += begin_ - before;
  if (!line->empty() && ++field_lines_ > limits_.header_count) {
    refuse(431, "there must not be more than " + std::to_string(limits_.header_count) + " " +
                    std::string(where));
    return std::nullopt;
  }
  return line;
}

// A client that has begun to send the body does not wait for the word to do so.
NeedMore Framer::need_more() {
  const bool at_body = state_ == State::kBody || state_ == State::kChunkSize;
  if (!at_body || !framing_.expect_continue) return {};
  framing_.expect_continue = false;
  return {.send_continue = unread().empty() && head_.request.body.empty()};
}

Complete Framer::complete() {
  Complete complete{std::move(head_.request), framing_.keep_alive};
  head_ = {};
  framing_ = {};
  empty_lines_ = field_lines_ = field_bytes_ = extension_bytes_ = remaining_ = 0;
  state_ = State::kRequestLine;
  return complete;
}

// Moves at most as many bytes as were read since the last time, so that all of it stays linear.
void Framer::compact() {
  if (begin_ == buffer_.size()) {
    buffer_.clear();
    begin_ = 0;
    if (buffer_.capacity() > kKeepCapacity) std::string().swap(buffer_);
  } else if (begin_ > kCompactAt && begin_ > buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
}

}  // namespace jobsched::http
