#include "core/delivery/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <new>
#include <utility>

#include "core/text/base64.h"
#include "core/time/duration.h"

namespace jobsched {

namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::string_view kVersion = "v1,";

tl::unexpected<Error> not_a_secret() {
  return fail(ErrorKind::kInvalid,
              "this is not a signing secret; one is whsec_ and the base64 of 24 to 64 bytes");
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hmac_sha256(std::string_view key, std::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  // With this digest and a key of this length it can only lack memory.
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(content),
           content.size(), digest.data(), &size) == nullptr) {
    throw std::bad_alloc();
  }
  return {digest.begin(), digest.begin() + size};
}

std::string signed_content(std::string_view id, std::string_view timestamp, std::string_view body) {
  std::string content;
  content.reserve(id.size() + timestamp.size() + body.size() + 2);
  content.append(id).append(".").append(timestamp).append(".").append(body);
  return content;
}

std::string sign_content(const SigningSecret& secret, std::string_view content) {
  return std::string(kVersion) + encode_base64(hmac_sha256(secret.bytes(), content));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Takes the next of the words between blanks off the front; empty at the end.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

tl::unexpected<Error> refuse(std::string detail) {
  return fail(ErrorKind::kUnauthorized, std::move(detail));
}

Result<void> check_timestamp(std::string_view text, Instant now, std::chrono::seconds tolerance) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  const std::int64_t now_seconds =
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  // Beyond the tolerance a difference is only shown, and one this long is nobody's clock.
  constexpr std::int64_t kEndOfTime = 1'000'000'000'000;
  if (!whole || seconds < 0 || seconds > kEndOfTime) {
    return refuse("webhook-timestamp is not a number of seconds since 1970");
  }
  const std::chrono::seconds age{now_seconds - seconds};
  if (std::chrono::abs(age) <= tolerance) return {};
  const std::string away = format_duration(std::chrono::abs(age));
  return refuse("webhook-timestamp is " + away +
                (age.count() > 0 ? " in the past" : " in the future") + ", more than the " +
                format_duration(tolerance) +
                " that are allowed: it is an old request sent again, or a clock is wrong");
}

}  // namespace

Result<SigningSecret> SigningSecret::from_bytes(std::string bytes) {
  if (bytes.size() < kMinBytes || bytes.size() > kMaxBytes) return not_a_secret();
  return SigningSecret(std::move(bytes));
}

Result<SigningSecret> SigningSecret::parse(std::string_view text) {
  if (!text.starts_with(kPrefix)) return not_a_secret();
  Result<std::string> bytes = decode_base64(text.substr(kPrefix.size()));
  if (!bytes) return not_a_secret();  // its own error would show a part of the text
  return from_bytes(*std::move(bytes));
}

SigningSecret SigningSecret::make(const std::function<std::uint64_t()>& random) {
  constexpr std::size_t kBytesOfBits = sizeof(std::uint64_t);
  std::string bytes;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kNewBytes; ++i) {
    bits = i % kBytesOfBits == 0 ? random() : bits >> 8U;
    bytes += static_cast<char>(bits & 0xFFU);
  }
  return SigningSecret(std::move(bytes));
}

std::string SigningSecret::text() const {
  return std::string(kPrefix) + encode_base64(bytes_);
}

std::string sign(const SigningSecret& secret,
                 std::string_view id,
                 std::string_view timestamp,
                 std::string_view body) {
  return sign_content(secret, signed_content(id, timestamp, body));
}

std::string signature_header(std::span<const SigningSecret> secrets,
                             std::string_view id,
                             std::string_view timestamp,
                             std::string_view body) {
  const std::string content = signed_content(id, timestamp, body);
  std::string value;
  for (const SigningSecret& secret : secrets) {
    if (!value.empty()) value += ' ';
    value += sign_content(secret, content);
  }
  return value;
}

Result<void> verify(std::span<const SigningSecret> secrets,
                    const SignedRequest& request,
                    Instant now,
                    std::chrono::seconds tolerance) {
  if (!request.id) return refuse("the header webhook-id is missing");
  if (!request.timestamp) return refuse("the header webhook-timestamp is missing");
  if (!request.signature)
    return refuse("the header webhook-signature is missing: it is not signed");
  if (auto fresh = check_timestamp(*request.timestamp, now, tolerance); !fresh) return fresh;
  const std::string content = signed_content(*request.id, *request.timestamp, request.body);
  bool matches = false;
  for (const SigningSecret& secret : secrets) {
    const std::string expected = sign_content(secret, content);
    std::string_view rest = *request.signature;
    for (std::string_view one = take_word(rest); !one.empty(); one = take_word(rest)) {
      matches = equal_in_constant_time(one, expected) || matches;
    }
  }
  if (matches) return {};
  return refuse(
      "no signature in webhook-signature matches: it was signed with another secret, or something "
      "was changed on the way");
}

}  // namespace jobsched
