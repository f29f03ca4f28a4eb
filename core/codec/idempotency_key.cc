#include "core/codec/idempotency_key.h"

#include <algorithm>

namespace jobsched {

namespace {

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

// What stands between the quotes; absent if it is no string.
std::optional<std::string> unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return std::nullopt;
    if (text[i] == '\\' && (++i == text.size() || (text[i] != '"' && text[i] != '\\'))) {
      return std::nullopt;
    }
    plain += text[i];
  }
  return plain;
}

}  // namespace

bool is_idempotency_key(std::string_view key) {
  return !key.empty() && key.size() <= kMaxIdempotencyKey && std::ranges::all_of(key, is_printable);
}

std::optional<std::string> read_idempotency_key(std::string_view value) {
  std::optional<std::string> key;
  if (value.find('"') != std::string_view::npos) {
    key = unquote(value);
  } else if (value.find_first_of(" ,;\\") == std::string_view::npos) {
    key = value;
  }
  return key && is_idempotency_key(*key) ? key : std::nullopt;
}

std::string write_idempotency_key(std::string_view key) {
  std::string quoted = "\"";
  for (const char c : key) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace jobsched
