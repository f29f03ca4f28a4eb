#include "core/job/id.h"

#include <algorithm>

#include "core/text/hex.h"

namespace jobsched {

namespace {

constexpr std::size_t kTextLength = 36;
constexpr std::uint16_t kCounterEnd = 0x1000;  // 12 bits

bool is_hyphen_position(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

}  // namespace

std::optional<JobId> parse_job_id(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  JobId id;
  std::size_t digit = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_hyphen_position(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const std::optional<std::uint8_t> value = hex_value(text[i]);
    if (!value) return std::nullopt;
    std::uint8_t& byte = id.bytes[digit / 2];
    byte = static_cast<std::uint8_t>(byte << 4U | *value);
    ++digit;
  }
  return id;
}

std::string format_job_id(const JobId& id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(kTextLength);
  for (const std::uint8_t byte : id.bytes) {
    if (is_hyphen_position(text.size())) text += '-';
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

Instant id_time(const JobId& id) {
  std::int64_t millis = 0;
  for (std::size_t i = 0; i < 6; ++i)
    millis = millis << 8 | id.bytes[i];
  return Instant{Millis{millis}};
}

JobId JobIdGenerator::next(Instant now, std::uint64_t random) {
  const std::int64_t millis = std::max<std::int64_t>(now.time_since_epoch().count(), 0);
  if (millis > last_millis_) {
    last_millis_ = millis;
    counter_ = 0;
  } else if (++counter_ == kCounterEnd) {
    // More than 4,096 ids in a millisecond, or a clock that went back: borrow from the future.
    ++last_millis_;
    counter_ = 0;
  }
  JobId id;
  for (std::size_t i = 0; i < 6; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(last_millis_ >> (8 * (5 - i)));
  }
  id.bytes[6] = static_cast<std::uint8_t>(0x70U | counter_ >> 8U);
  id.bytes[7] = static_cast<std::uint8_t>(counter_ & 0xFFU);
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[8 + i] = static_cast<std::uint8_t>(random >> (8 * (7 - i)));
  }
  id.bytes[8] = static_cast<std::uint8_t>(0x80U | (id.bytes[8] & 0x3FU));
  return id;
}

}  // namespace jobsched
