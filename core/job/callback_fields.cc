#include "core/job/callback_fields.h"

#include <algorithm>
#include <array>

#include "core/limits.h"
#include "core/text/ascii.h"
#include "core/text/token.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

constexpr std::array<std::string_view, 5> kMethods{"POST", "PUT", "PATCH", "GET", "DELETE"};

constexpr std::string_view kHeadersField = "headers";
constexpr std::string_view kRetryField = "retry";

tl::unexpected<Error> invalid(std::string detail, std::string_view field) {
  return fail(ErrorKind::kInvalid, std::move(detail), std::string(field));
}

// A header that a job cannot have, or all whose names begin so.
struct Reserved {
  std::string_view name;  // in lower case
  bool is_prefix;
  std::string_view instead;  // what to do about it
};

constexpr std::string_view kOfConnection = "is about the connection, not the job; leave it out";
constexpr std::string_view kOfScheduler = "is the scheduler's own; leave it out";

constexpr std::array kReserved{
    Reserved{"connection", false, kOfConnection},
    Reserved{"keep-alive", false, kOfConnection},
    Reserved{"proxy-", true, kOfConnection},
    Reserved{"te", false, kOfConnection},
    Reserved{"trailer", false, kOfConnection},
    Reserved{"transfer-encoding", false, kOfConnection},
    Reserved{"upgrade", false, kOfConnection},
    Reserved{"expect", false, kOfConnection},
    Reserved{"host", false, "follows from the url; leave it out"},
    Reserved{"content-type", false, "has a field of its own; write contentType instead"},
    Reserved{"content-", true, "follows from the data; leave it out"},
    Reserved{"x-content-signature", false, "has a field of its own; write signature instead"},
    Reserved{"webhook-", true, kOfScheduler},
    Reserved{"jobsched-", true, kOfScheduler},
};

Result<void> check_header_name(const std::string& name) {
  if (!is_token(name)) {
    return invalid(quote(name) +
                       " is not the name of a header; names have letters, digits and any of "
                       "!#$%&'*+-.^_`|~",
                   kHeadersField);
  }
  const std::string lower = lower_case(name);
  const auto reserved = std::ranges::find_if(kReserved, [&](const Reserved& one) {
    return one.is_prefix ? lower.starts_with(one.name) : lower == one.name;
  });
  if (reserved == kReserved.end()) return {};
  return invalid("the header " + excerpt(name) + " " + std::string(reserved->instead),
                 kHeadersField);
}

// Requires: at most kMaxHeaders, so that comparing each with each is little work.
Result<void> check_unique(const Headers& headers) {
  for (auto header = headers.begin(); header != headers.end(); ++header) {
    const std::string lower = lower_case(header->first);
    const bool again = std::any_of(headers.begin(), header, [&](const auto& earlier) {
      return lower_case(earlier.first) == lower;
    });
    if (again) {
      return invalid(
          "the header " + excerpt(header->first) + " is given twice; leave one of them out",
          kHeadersField);
    }
  }
  return {};
}

Result<void> check_attempts(std::int64_t attempts) {
  if (attempts >= 1 && attempts <= kMaxAttempts) return {};
  return invalid("attempts must be from 1 to " + std::to_string(kMaxAttempts) + ", not " +
                     std::to_string(attempts),
                 kRetryField);
}

Result<void> check_backoff(const std::vector<std::chrono::seconds>& backoff) {
  if (backoff.empty()) {
    return invalid("backoff must not be empty; leave it out, or write the seconds between attempts",
                   kRetryField);
  }
  if (backoff.size() >= kMaxAttempts) {
    return invalid("backoff has " + std::to_string(backoff.size()) + " delays; at most " +
                       std::to_string(kMaxAttempts - 1) + " are allowed",
                   kRetryField);
  }
  for (const std::chrono::seconds delay : backoff) {
    if (delay >= std::chrono::seconds{1} && delay <= kMaxDelay) continue;
    return invalid("a delay of the backoff must be from 1 to " + std::to_string(kMaxDelay.count()) +
                       " seconds, not " + std::to_string(delay.count()),
                   kRetryField);
  }
  return {};
}

}  // namespace

std::string_view method_name(Method method) {
  return kMethods.at(static_cast<std::size_t>(method));
}

std::optional<Method> parse_method(std::string_view name) {
  const auto found = std::ranges::find(kMethods, name);
  if (found == kMethods.end()) return std::nullopt;
  return static_cast<Method>(found - kMethods.begin());
}

Result<Method> check_method(const std::optional<std::string>& method) {
  if (!method) return Method::kPost;
  if (const auto known = parse_method(*method)) return *known;
  return invalid("there is no method " + quote(*method) +
                     "; write POST, PUT, PATCH, GET or DELETE, in upper case",
                 "method");
}

Result<void> check_headers(const Headers& headers) {
  if (headers.size() > kMaxHeaders) {
    return invalid("there are " + std::to_string(headers.size()) + " headers; at most " +
                       std::to_string(kMaxHeaders) + " are allowed",
                   kHeadersField);
  }
  std::size_t size = 0;
  for (const auto& [name, value] : headers) {
    if (auto checked = check_header_name(name); !checked) return checked;
    if (auto checked = check_line(value, "header " + excerpt(name), kHeadersField); !checked) {
      return checked;
    }
    size += name.size() + value.size();
  }
  if (size > kMaxHeaderBytes) {
    return invalid("the headers have " + std::to_string(size) +
                       " bytes, names and values; at most " + std::to_string(kMaxHeaderBytes) +
                       " are allowed",
                   kHeadersField);
  }
  return check_unique(headers);
}

Result<void> check_retry(const std::optional<Retry>& retry) {
  if (!retry) return {};
  if (!retry->attempts && !retry->backoff) {
    return invalid("retry must have attempts, backoff or both; leave it out instead", kRetryField);
  }
  if (retry->attempts) {
    if (auto checked = check_attempts(*retry->attempts); !checked) return checked;
  }
  return retry->backoff ? check_backoff(*retry->backoff) : Result<void>{};
}

Result<void> check_timeout(std::optional<std::chrono::seconds> timeout) {
  if (!timeout || (*timeout >= std::chrono::seconds{1} && *timeout <= kMaxJobTimeout)) return {};
  return invalid("the timeout must be from 1 to " + std::to_string(kMaxJobTimeout.count()) +
                     " seconds, not " + std::to_string(timeout->count()),
                 "timeout");
}

Result<void> check_line(std::string_view text, std::string_view what, std::string_view field) {
  if (text.empty()) return {};
  const auto refuse = [&](std::string_view why) {
    return invalid("the " + std::string(what) + std::string(why), field);
  };
  if (is_blank(text.front()) || is_blank(text.back())) {
    return refuse(" must not begin or end with a blank");
  }
  while (!text.empty()) {
    const std::optional<CodePoint> found = decode_utf8(text);
    if (!found) return refuse(" is not UTF-8");
    // XML has no way to write U+FFFE and U+FFFF, which no text has a use for either.
    if (is_control(found->value) || !is_xml_char(found->value)) {
      return refuse(" must not have control characters or line ends");
    }
    text.remove_prefix(found->length);
  }
  return {};
}

}  // namespace jobsched
