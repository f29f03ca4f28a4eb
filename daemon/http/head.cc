#include "daemon/http/head.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/text/ascii.h"
#include "daemon/http/syntax.h"

namespace jobsched::http {

namespace {

tl::unexpected<Refused> refuse(int status, std::string detail) {
  return tl::unexpected<Refused>(Refused{status, std::move(detail)});
}

// Everything visible but `#`. Bytes from 0x80 are not let through: some readers split at them, as
// if they were white space.
bool is_target_char(char c) {
  return c > 0x20 && c < 0x7f && c != '#';
}

Checked<int> read_minor_version(std::string_view text) {
  if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' ||
      !is_digit(text[7])) {
    return refuse(400, "the request line must be METHOD TARGET HTTP/1.1, with single spaces");
  }
  if (text == "HTTP/1.1") return 1;
  if (text == "HTTP/1.0") return 0;
  return refuse(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
}

// Splits "http://authority/path?query" into the authority and the rest; absent if it is not of
// this form.
std::optional<std::pair<std::string_view, std::string_view>> split_absolute(
    std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!same_text(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    return std::pair(target.substr(0, end), target.substr(end));
  }
  return std::nullopt;
}

Checked<void> read_target(std::string_view target, RequestHead& head) {
  Request& request = head.request;
  if (!std::ranges::all_of(target, is_target_char)) {
    return refuse(400,
                  "the request target has a character that must be percent-encoded; `#`, spaces, "
                  "control characters and everything beyond ASCII must be");
  }
  if (target.starts_with('/') || (target == "*" && request.method == "OPTIONS")) {
    request.target = target;
    return {};
  }
  const auto parts = split_absolute(target);
  if (!parts) {
    return refuse(400, "the request target must be a path that begins with a slash");
  }
  const auto [authority, rest] = *parts;
  if (authority.empty() || !is_host(authority)) {
    return refuse(400, "the request target must name a host, and no user, after its scheme");
  }
  head.authority = authority;
  request.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  return {};
}

// The values of all lines of a field.
std::vector<std::string_view> values_of(const Request& request, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [field, value] : request.headers) {
    if (same_text(field, name)) values.emplace_back(value);
  }
  return values;
}

Checked<void> check_host(RequestHead& head) {
  const auto hosts = values_of(head.request, "host");
  if (hosts.empty() && head.minor_version >= 1) {
    return refuse(400, "a HTTP/1.1 request must have a Host header");
  }
  if (hosts.size() > 1) return refuse(400, "the Host header must not be given more than once");
  if (!hosts.empty() && !is_host(hosts.front())) {
    return refuse(400, "the Host header must be HOST or HOST:PORT");
  }
  if (!head.authority) return {};
  std::erase_if(head.request.headers,
                [](const auto& field) { return same_text(field.first, "host"); });
  head.request.headers.emplace_back("Host", std::move(*head.authority));
  return {};
}

// "chunked" and nothing else, or no such field. What is not even a coding's name is malformed;
// what is one, but not ours, is not implemented.
Checked<bool> read_transfer_encoding(const RequestHead& head) {
  const auto lines = values_of(head.request, "transfer-encoding");
  if (lines.empty()) return false;
  if (head.minor_version < 1) {
    return refuse(400, "Transfer-Encoding must not be used with HTTP/1.0");
  }
  bool chunked = false;
  bool unknown = false;
  for (const std::string_view line : lines) {
    for (std::optional<std::string_view> list = line; list;) {
      const std::string_view coding = take_element(list);
      if (!is_token(coding) || chunked) {
        return refuse(400, "Transfer-Encoding must be a single, final `chunked`");
      }
      chunked = same_text(coding, "chunked");
      unknown = unknown || !chunked;
    }
  }
  if (unknown) return refuse(501, "the only transfer coding understood is `chunked`");
  return true;
}

Checked<std::optional<std::size_t>> read_content_length(const Request& request) {
  const auto lines = values_of(request, "content-length");
  if (lines.empty()) return std::nullopt;
  if (lines.size() > 1) {
    return refuse(400, "the Content-Length header must not be given more than once");
  }
  const std::string_view digits = lines.front();
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return refuse(400, "Content-Length must be one number, in digits only");
  }
  // What does not fit is longer than any limit.
  return parse_number(digits).value_or(std::numeric_limits<std::size_t>::max());
}

bool connection_says(const Request& request, std::string_view option) {
  for (const std::string_view line : values_of(request, "connection")) {
    for (std::optional<std::string_view> list = line; list;) {
      if (same_text(take_element(list), option)) return true;
    }
  }
  return false;
}

}  // namespace

Checked<RequestHead> read_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return refuse(400, "the request line must be METHOD TARGET HTTP/1.1, with single spaces");
  }
  RequestHead head;
  const std::string_view method = line.substr(0, first);
  if (!is_token(method)) return refuse(400, "the request's method must be a single word");
  head.request.method = method;
  const auto minor = read_minor_version(line.substr(last + 1));
  if (!minor) return tl::unexpected(minor.error());
  head.minor_version = *minor;
  if (auto target = read_target(line.substr(first + 1, last - first - 1), head); !target) {
    return tl::unexpected(std::move(target.error()));
  }
  return head;
}

Checked<std::pair<std::string, std::string>> read_field_line(std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('\t')) {
    return refuse(400, "a header must not be folded over several lines");
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return refuse(400, "a header line must be NAME: VALUE");
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_token(name)) {
    return refuse(400,
                  "a header's name must be a single word, with no white space before the colon");
  }
  if (!is_field_value(value)) {
    return refuse(400, "a header's value must not have control characters");
  }
  return std::pair(std::string(name), std::string(value));
}

Checked<BodyFraming> read_framing(RequestHead& head, std::size_t body_limit) {
  if (auto host = check_host(head); !host) return tl::unexpected(std::move(host.error()));
  const Request& request = head.request;
  BodyFraming framing;

  const auto chunked = read_transfer_encoding(head);
  if (!chunked) return tl::unexpected(chunked.error());
  const auto length = read_content_length(request);
  if (!length) return tl::unexpected(length.error());
  if (*chunked && *length) {
    return refuse(400, "Content-Length and Transfer-Encoding must not be given together");
  }
  framing.chunked = *chunked;
  framing.length = length->value_or(0);

  const auto expectation = request.header("expect");
  if (expectation && head.minor_version >= 1) {
    if (!same_text(*expectation, "100-continue")) {
      return refuse(417, "the only expectation that can be met is 100-continue");
    }
    framing.expect_continue = framing.chunked || framing.length > 0;
  }
  if (framing.length > body_limit) {
    return refuse(413, "the body must not be longer than " + std::to_string(body_limit) + " bytes");
  }
  framing.keep_alive = !connection_says(request, "close") &&
                       (head.minor_version >= 1 || connection_says(request, "keep-alive"));
  return framing;
}

Checked<ChunkLine> read_chunk_line(std::string_view line) {
  const std::size_t end = std::min(line.find(';'), line.size());
  const std::string_view digits = line.substr(0, end);
  const std::string_view extension = line.substr(end);
  if (digits.empty() ||
      digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
    return refuse(400, "a chunk must begin with its size in hexadecimal digits");
  }
  if (!is_field_value(extension)) {
    return refuse(400, "a chunk extension must not have control characters");
  }
  const auto size = parse_number(digits, 16);
  return ChunkLine{size.value_or(std::numeric_limits<std::size_t>::max()), extension.size()};
}

}  // namespace jobsched::http
