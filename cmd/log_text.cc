#include "cmd/log_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <vector>

#include "core/text/ascii.h"
#include "core/text/utf8.h"
#include "core/text/width.h"
#include "core/time/iso8601.h"

namespace jobsched::cmd {

namespace {

// The terminal on which aligned columns are not broken, but for long errors.
constexpr std::size_t kWide = 160;
// Of the columns but the last, where they are aligned: each as wide as what it mostly holds.
constexpr std::array<std::size_t, 7> kWidths{24, 50, 24, 2, 11, 5, 32};
constexpr std::string_view kNone = "-";

struct Line {
  Instant time;
  std::string text;
};

using Cells = std::array<std::string, kWidths.size() + 1>;

// Errors and reasons may hold what an endpoint has sent.
std::string on_one_line(std::string_view text) {
  std::string line = printable(text);
  std::ranges::replace_if(line, is_space, ' ');
  return line.empty() ? std::string(kNone) : line;
}

std::string join(const Cells& cells, LogLayout layout) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += layout == LogLayout::kTabs ? "\t" : "  ";
    line += cells[i];
    if (layout == LogLayout::kTabs || i >= kWidths.size()) continue;
    line.append(kWidths[i] - std::min(kWidths[i], display_width(cells[i])), ' ');
  }
  return line + "\n";
}

std::string duration_text(Micros length) {
  using std::chrono::round;
  if (length < std::chrono::seconds{1}) {
    return std::to_string(round<Millis>(length).count()) + "ms";
  }
  using Tenths = std::chrono::duration<std::int64_t, std::deci>;
  const auto tenths = round<Tenths>(length).count();
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "s";
}

std::string result_text(const LoggedAttempt& attempt) {
  const bool answered = attempt.fault == Fault::kNone || attempt.fault == Fault::kStatus;
  return answered ? std::to_string(attempt.status) : std::string(fault_name(attempt.fault));
}

// Whether it ends without an attempt, or may do so.
bool ends_by_itself(DeliveryState state) {
  return state == DeliveryState::kSkipped || state == DeliveryState::kSuperseded ||
         state == DeliveryState::kCancelled;
}

// What comes after the last attempt.
std::string what_follows(const LoggedDelivery& logged) {
  switch (logged.state) {
    case DeliveryState::kWaiting:
      return logged.due ? "next at " + format_instant(*logged.due) : "waiting";
    case DeliveryState::kInFlight: return "in flight";
    case DeliveryState::kExhausted:
      return logged.reason.empty() ? "exhausted" : "exhausted: " + on_one_line(logged.reason);
    default: return std::string(state_name(logged.state));
  }
}

// "attempt 2: 503 after 31ms, next at …Z: the endpoint answered 503"; an error that is the reason
// of the end is told once.
std::string describe(const LoggedAttempt& attempt, const std::string& follows) {
  std::string text = "attempt " + std::to_string(attempt.number) + ": " + result_text(attempt) +
                     " after " + duration_text(attempt.timings.total);
  if (follows != kNone) text += ", " + follows;
  if (attempt.error.empty()) return text;
  const std::string error = on_one_line(attempt.error);
  return follows.find(error) == std::string::npos ? text + ": " + error : text;
}

// An entry of the log in two lines.
std::string in_two_lines(Instant time, const std::string& id, const std::string& sentence) {
  return format_instant(std::chrono::floor<std::chrono::seconds>(time)) + "  " + id + "\n    " +
         sentence + "\n";
}

std::string attempt_text(const LoggedDelivery& logged,
                         const LoggedAttempt& attempt,
                         const std::string& follows,
                         LogLayout layout) {
  const std::string id = format_delivery_id(logged.delivery);
  if (layout == LogLayout::kNarrow) {
    return in_two_lines(attempt.started, id, describe(attempt, follows));
  }
  return join({format_instant(attempt.started), id, format_instant(logged.delivery.fire_time),
               std::to_string(attempt.number), result_text(attempt),
               duration_text(attempt.timings.total), follows, on_one_line(attempt.error)},
              layout);
}

// Of what no attempt has brought about.
std::string end_text(const LoggedDelivery& logged, Instant time, LogLayout layout) {
  const std::string id = format_delivery_id(logged.delivery);
  const std::string none(kNone);
  const std::string reason = ends_by_itself(logged.state) ? on_one_line(logged.reason) : none;
  const std::string follows = what_follows(logged);
  if (layout == LogLayout::kNarrow) {
    return in_two_lines(time, id, reason == kNone ? follows : follows + ": " + reason);
  }
  return join({format_instant(time), id, format_instant(logged.delivery.fire_time), none, none,
               none, follows, reason},
              layout);
}

void append_lines(std::vector<Line>& lines, const LoggedDelivery& logged, LogLayout layout) {
  const bool has_end_line = logged.attempts.empty() || ends_by_itself(logged.state);
  for (const LoggedAttempt& attempt : logged.attempts) {
    const bool last = &attempt == &logged.attempts.back();
    const std::string follows = last && !has_end_line ? what_follows(logged) : std::string(kNone);
    lines.push_back({attempt.started, attempt_text(logged, attempt, follows, layout)});
  }
  if (has_end_line) {
    const Instant time = logged.ended.value_or(logged.delivery.fire_time);
    lines.push_back({time, end_text(logged, time, layout)});
  }
}

}  // namespace

LogLayout log_layout(std::optional<std::size_t> width) {
  if (!width) return LogLayout::kTabs;
  return *width < kWide ? LogLayout::kNarrow : LogLayout::kAligned;
}

std::string log_text(std::span<const LoggedDelivery> deliveries, LogLayout layout) {
  std::vector<Line> lines;
  for (const LoggedDelivery& logged : deliveries)
    append_lines(lines, logged, layout);
  std::ranges::stable_sort(lines, {}, &Line::time);
  std::string text;
  for (const Line& line : lines)
    text += line.text;
  return text;
}

std::string describe_last_attempt(const LoggedDelivery& logged) {
  return describe(logged.attempts.back(), what_follows(logged));
}

}  // namespace jobsched::cmd
