#pragma once

#include <optional>

#include "core/time/instant.h"

namespace jobsched {

// A wait of a fixed length on the wall clock, which a clock that is set back starts afresh but
// cannot prolong beyond its length.
class Pause {
 public:
  explicit Pause(Millis length) : length_(length) {}

  void begin(Instant now) { began_ = now; }

  void stop() { began_.reset(); }

  bool begun() const { return began_.has_value(); }

  // When it ends; absent if it has ended or was not begun.
  std::optional<Instant> end(Instant now) {
    if (began_ && now < *began_) began_ = now;
    if (!began_ || now >= *began_ + length_) return std::nullopt;
    return *began_ + length_;
  }

 private:
  Millis length_;
  std::optional<Instant> began_;
};

}  // namespace jobsched
