#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/limits.h"
#include "core/time/instant.h"

namespace jobsched {

constexpr std::size_t kMaxAnswerHeaders = 65'536;  // bytes, interim answers included
constexpr std::size_t kMaxAnswerBody = 65'536;     // bytes read; what comes after is not waited for

// Reads what matters of an answer while it comes in, and says when it is enough. Of the body only
// the beginning is kept, as it came: nothing is decompressed.
class Answer {
 public:
  // Takes a line of a header block: a status line, a header, the empty line at the end, or a
  // trailer. False if the answer has too many.
  bool header(std::string_view line);

  // Takes a piece of the body. False once it is long enough.
  bool body(std::string_view piece);

  bool headers_too_long() const { return header_bytes_ > kMaxAnswerHeaders; }

  bool body_long_enough() const { return body_bytes_ > kMaxAnswerBody; }

  // The first kMaxKeptResponse bytes of the body, less the pieces of a character that was cut.
  std::string_view kept_body() const;

  // The header Retry-After of the final answer, received at `now`; absent if it makes no sense.
  std::optional<Millis> retry_after(Instant now) const;

  // Whether the final answer has the header Jobsched-No-Retry: 1.
  bool no_retry() const { return no_retry_; }

 private:
  std::size_t header_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  std::string kept_body_;
  std::string retry_after_;
  bool no_retry_ = false;
};

}  // namespace jobsched
