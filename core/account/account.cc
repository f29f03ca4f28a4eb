#include "core/account/account.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "core/text/base64.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

constexpr std::string_view kPrefix = "jsk_";
constexpr std::size_t kKeyBytes = 32;

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_name_char(char c) {
  return is_lower_or_digit(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

Result<void> check_account_name(std::string_view name) {
  const bool right = !name.empty() && name.size() <= kMaxAccountName &&
                     is_lower_or_digit(name.front()) && std::ranges::all_of(name, is_name_char);
  if (right) return {};
  return fail(ErrorKind::kInvalid,
              quote(name.substr(0, kMaxAccountName)) +
                  " is not the name of an account; one has 1 to 64 of a-z, 0-9, . _ and -, and "
                  "begins with a letter or digit",
              "name");
}

std::string make_account_key(const std::function<std::uint64_t()>& random) {
  constexpr std::size_t kBytesOfBits = sizeof(std::uint64_t);
  std::string bytes;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kKeyBytes; ++i) {
    bits = i % kBytesOfBits == 0 ? random() : bits >> 8U;
    bytes += static_cast<char>(bits & 0xFFU);
  }
  std::string text = encode_base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(text.find('='));
  return std::string(kPrefix) + text;
}

KeyHash hash_account_key(std::string_view key) {
  return digest_of(key);
}

bool same_key(const KeyHash& a, const KeyHash& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace jobsched
