#include "cmd/log_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <vector>

#include "core/text/ascii.h"
#include "core/text/utf8.h"
#include "core/time/iso8601.h"

namespace jobsched::cmd {

namespace {

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

std::string join(const Cells& cells, Columns columns) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += columns == Columns::kTabs ? "\t" : "  ";
    line += cells[i];
    if (columns == Columns::kAligned && i < kWidths.size() && cells[i].size() < kWidths[i]) {
      line.append(kWidths[i] - cells[i].size(), ' ');
    }
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

void append_lines(std::vector<Line>& lines, const LoggedDelivery& logged, Columns columns) {
  const std::string id = format_delivery_id(logged.delivery);
  const std::string fire_time = format_instant(logged.delivery.fire_time);
  const bool has_end_line = logged.attempts.empty() || ends_by_itself(logged.state);
  for (const LoggedAttempt& attempt : logged.attempts) {
    const bool last = &attempt == &logged.attempts.back();
    const Cells cells{format_instant(attempt.started),
                      id,
                      fire_time,
                      std::to_string(attempt.number),
                      result_text(attempt),
                      duration_text(attempt.timings.total),
                      last && !has_end_line ? what_follows(logged) : std::string(kNone),
                      on_one_line(attempt.error)};
    lines.push_back({attempt.started, join(cells, columns)});
  }
  if (has_end_line) {
    const Instant time = logged.ended.value_or(logged.delivery.fire_time);
    const std::string none(kNone);
    const std::string reason = ends_by_itself(logged.state) ? on_one_line(logged.reason) : none;
    const Cells cells{format_instant(time), id,    fire_time, none, none, none,
                      what_follows(logged), reason};
    lines.push_back({time, join(cells, columns)});
  }
}

}  // namespace

std::string log_text(std::span<const LoggedDelivery> deliveries, Columns columns) {
  std::vector<Line> lines;
  for (const LoggedDelivery& logged : deliveries)
    append_lines(lines, logged, columns);
  std::ranges::stable_sort(lines, {}, &Line::time);
  std::string text;
  for (const Line& line : lines)
    text += line.text;
  return text;
}

std::string describe_last_attempt(const LoggedDelivery& logged) {
  const LoggedAttempt& attempt = logged.attempts.back();
  std::string text = "attempt " + std::to_string(attempt.number) + ": " + result_text(attempt) +
                     " after " + duration_text(attempt.timings.total) + ", " + what_follows(logged);
  if (!attempt.error.empty()) text += ": " + on_one_line(attempt.error);
  return text;
}

}  // namespace jobsched::cmd
