#include "daemon/http/response.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/error.h"
#include "daemon/http/syntax.h"

namespace jobsched::http {

namespace {

constexpr std::array<std::string_view, 4> kOwnHeaders{"content-length", "date", "connection",
                                                      "transfer-encoding"};

void append_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool is_sendable(const Response& response) {
  return response.status >= 200 && response.status <= 999 &&
         std::ranges::all_of(response.headers, [](const auto& header) {
           return is_token(header.first) && is_field_value(header.second);
         });
}

bool has_body(int status) {
  return status != 204 && status != 304;
}

std::string write_head(const Response& response, std::string_view date, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(status_phrase(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    const bool own = std::ranges::any_of(
        kOwnHeaders, [&name = name](std::string_view header) { return same_text(name, header); });
    if (!own) append_header(head, name, value);
  }
  if (has_body(response.status)) {
    const std::uint64_t length = response.source ? response.content_length : response.body.size();
    append_header(head, "Content-Length", std::to_string(length));
  }
  append_header(head, "Date", date);
  append_header(head, "Connection", keep_alive ? "keep-alive" : "close");
  return head.append("\r\n");
}

std::string write_date(std::chrono::sys_seconds time) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      kDays.at(std::chrono::weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
      kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace jobsched::http
