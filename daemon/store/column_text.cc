#include "daemon/store/column_text.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>

namespace jobsched {

namespace {

constexpr std::string_view kColon = ": ";
constexpr std::size_t kIdSize = sizeof(JobId::bytes);

}  // namespace

std::string headers_column(const Headers& headers) {
  std::string text;
  for (const auto& [name, value] : headers) {
    text.append(name).append(kColon).append(value).append("\n");
  }
  return text;
}

std::optional<Headers> parse_headers_column(std::string_view text) {
  Headers headers;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    const std::size_t colon = line.find(kColon);
    if (end == std::string_view::npos || colon == std::string_view::npos) return std::nullopt;
    headers.emplace_back(line.substr(0, colon), line.substr(colon + kColon.size()));
    text.remove_prefix(end + 1);
  }
  return headers;
}

std::string backoff_column(const std::vector<std::chrono::seconds>& backoff) {
  std::string text;
  for (const std::chrono::seconds delay : backoff) {
    text.append(text.empty() ? "" : " ").append(std::to_string(delay.count()));
  }
  return text;
}

std::optional<std::vector<std::chrono::seconds>> parse_backoff_column(std::string_view text) {
  std::vector<std::chrono::seconds> backoff;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;;) {
    std::int64_t seconds = 0;
    const auto [rest, error] = std::from_chars(at, end, seconds);
    if (error != std::errc{}) return std::nullopt;
    backoff.emplace_back(seconds);
    if (rest == end) return backoff;
    if (*rest != ' ') return std::nullopt;
    at = rest + 1;
  }
}

std::optional<std::int64_t> rules_column(const Zone* rules) {
  return rules == nullptr ? std::nullopt
                          : std::optional{std::bit_cast<std::int64_t>(fingerprint(*rules))};
}

std::string created_column(const std::vector<Created>& jobs) {
  std::string packed;
  packed.reserve(jobs.size() * (kIdSize + 1));
  for (const Created& job : jobs) {
    packed.append(reinterpret_cast<const char*>(job.id.bytes.data()), kIdSize);
    packed += job.replaced ? '\1' : '\0';
  }
  return packed;
}

std::vector<Created> parse_created_column(std::string_view bytes) {
  std::vector<Created> jobs;
  for (; bytes.size() > kIdSize; bytes.remove_prefix(kIdSize + 1)) {
    Created& job = jobs.emplace_back();
    std::ranges::copy(bytes.substr(0, kIdSize), job.id.bytes.begin());
    job.replaced = bytes[kIdSize] != '\0';
  }
  return jobs;
}

}  // namespace jobsched
