#include "core/text/base64.h"

#include <array>
#include <cstdint>

#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> kDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}();

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
}

tl::unexpected<Error> not_base64(std::string why, std::size_t position) {
  return fail(ErrorKind::kInvalid, "this is not base64: " + std::move(why), "", position);
}

tl::unexpected<Error> wrong_character(std::string_view text, std::size_t position) {
  if (text[position] == '-' || text[position] == '_') {
    return not_base64("write + for - and / for _ (the URL-safe alphabet is not accepted)",
                      position);
  }
  const std::optional<CodePoint> found = decode_utf8(text.substr(position));
  return not_base64(quote(text.substr(position, found ? found->length : 1)) + " at character " +
                        std::to_string(position + 1) + " is not in its alphabet",
                    position);
}

}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group =
        byte_at(bytes, i) << 16U | byte_at(bytes, i + 1) << 8U | byte_at(bytes, i + 2);
    text += kAlphabet[group >> 18U];
    text += kAlphabet[group >> 12U & 0x3FU];
    text += i + 1 < bytes.size() ? kAlphabet[group >> 6U & 0x3FU] : '=';
    text += i + 2 < bytes.size() ? kAlphabet[group & 0x3FU] : '=';
  }
  return text;
}

Result<std::string> decode_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;  // the last digits; only the lowest `held` bits are still to be written
  std::size_t digits = 0;
  std::size_t padding = 0;
  std::size_t last = 0;  // the position of the last digit
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_space(text[i]) || text[i] == '\f') continue;
    if (text[i] == '=') {
      if (digits % 4 + padding < 2 || digits % 4 + padding > 3) {
        return not_base64("padding belongs only at the end of a group of four", i);
      }
      ++padding;
      continue;
    }
    const std::uint8_t digit = kDigits[static_cast<unsigned char>(text[i])];
    if (digit == kNoDigit) return wrong_character(text, i);
    if (padding > 0) return not_base64("nothing may follow the padding", i);
    bits = bits << 6U | digit;
    last = i;
    if (++digits % 4 == 0) {
      bytes +=
          {static_cast<char>(bits >> 16U), static_cast<char>(bits >> 8U), static_cast<char>(bits)};
    }
  }
  const std::size_t rest = digits % 4;
  if (rest == 0) return bytes;
  if (rest + padding != 4) {
    return not_base64("it ends within a group of four; pad it with = to a multiple of four",
                      text.size());
  }
  const std::uint32_t unused = rest == 2 ? 0xFU : 0x3U;
  if ((bits & unused) != 0) return not_base64("its last digit has bits beyond the last byte", last);
  if (rest == 2) {
    bytes += static_cast<char>(bits >> 4U);
  } else {
    bytes += {static_cast<char>(bits >> 10U), static_cast<char>(bits >> 2U)};
  }
  return bytes;
}

}  // namespace jobsched
