#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace jobsched {

// The fields of a job that say how its callback is made: each as a type, with the rule that a
// document must keep. All of these are pure.

enum class Method { kPost, kPut, kPatch, kGet, kDelete };

// "POST".
std::string_view method_name(Method method);

// In upper case; absent if there is no such method.
std::optional<Method> parse_method(std::string_view name);

// Errors: kInvalid with field "method".
Result<Method> check_method(const std::optional<std::string>& method);

// Names and values, in the order given.
using Headers = std::vector<std::pair<std::string, std::string>>;

// At most 32 headers with at most 8 KiB in all: names are tokens (RFC 9110), each there once in any
// case, and none that the scheduler, the connection or another field decides on; values are as
// `check_line` says, or empty. Errors: kInvalid with field "headers"; the detail names the header.
Result<void> check_headers(const Headers& headers);

// Where attempts of a delivery differ from what the daemon does by itself.
struct Retry {
  std::optional<std::int64_t> attempts = {};                      // in all, 1 to 20
  std::optional<std::vector<std::chrono::seconds>> backoff = {};  // 1 to 19 delays

  bool operator==(const Retry&) const = default;
};

// Errors: kInvalid with field "retry".
Result<void> check_retry(const std::optional<Retry>& retry);

// From 1 to kMaxJobTimeout. Errors: kInvalid with field "timeout".
Result<void> check_timeout(std::optional<std::chrono::seconds> timeout);

// The rule of a text on one line, such as the value of a header: UTF-8, no blank at either end, no
// control character, and nothing that XML cannot carry. Errors: kInvalid with `field`; the detail
// calls the text `what`.
Result<void> check_line(std::string_view text, std::string_view what, std::string_view field);

}  // namespace jobsched
