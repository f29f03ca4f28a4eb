#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/http/message.h"

namespace jobsched::http {

// Reads one answer as a client does, to a request other than HEAD: strict about where it ends (RFC
// 9112 section 6.3), so that one that was cut off is never taken for whole. Interim answers are
// passed over. A pure state machine that is fed bytes; holds a line of them at most, and the head.
class AnswerReader {
 public:
  enum class State {
    kUnderWay,
    kComplete,
    kMalformed,  // `fault` says why
    kStopped,    // by the sink
  };

  // Takes the next piece of the body, or ends it: false. The head can be asked for by then.
  using Sink = std::function<bool(std::string_view piece)>;

  explicit AnswerReader(Sink sink) : sink_(std::move(sink)) {}

  // Adds bytes as they came. Requires: it is under way.
  State feed(std::string_view bytes);

  // The other side sends no more. Requires: it is under way. Stays so if bytes are missing.
  State end();

  // Whether anything has come.
  bool begun() const { return begun_; }

  // Of the answer whose body has begun or that is complete.
  int status() const { return status_; }

  // The value of the first header of that name, in any case.
  std::optional<std::string_view> header(std::string_view name) const;

  // Whether the connection can be used again. Requires: it is complete.
  bool keeps_connection() const { return keep_alive_; }

  // What is wrong with what came, in words.
  const std::string& fault() const { return fault_; }

 private:
  enum class Part {
    kStatusLine,
    kFields,
    kBody,
    kBodyToEnd,
    kChunkSize,
    kChunkData,
    kChunkEnd,
    kTrailers,
    kNone
  };

  void take_line(std::string_view& bytes);
  void take_body(std::string_view& bytes);
  void read_line(std::string_view line);
  void read_status_line(std::string_view line);
  void read_field(std::string_view line);
  void read_chunk_size(std::string_view line);
  void begin_body();
  void begin_sized_body();
  void complete();
  void refuse(std::string why);

  Sink sink_;
  State state_ = State::kUnderWay;
  Part part_ = Part::kStatusLine;
  bool begun_ = false;
  bool keep_alive_ = true;
  std::string line_;            // as far as it has come
  std::size_t head_bytes_ = 0;  // of all lines but those of chunks
  std::size_t remaining_ = 0;   // of the body, or of the chunk
  int status_ = 0;
  Headers headers_;
  std::string fault_;
};

}  // namespace jobsched::http
