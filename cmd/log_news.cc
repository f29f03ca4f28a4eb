#include "cmd/log_news.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace jobsched::cmd {

namespace {

// By how much the order in which attempts end may differ from the one in which they are logged.
constexpr Millis kMargin = std::chrono::seconds{5};

// How long a delivery can wait without anything to tell: a Retry-After is at most a day.
constexpr Millis kLongestWait = std::chrono::hours{48};

Instant end_of(const LoggedAttempt& attempt) {
  return attempt.started + std::chrono::ceil<Millis>(attempt.timings.total);
}

bool is_end_of_attempt(DeliveryState state) {
  return state == DeliveryState::kAccepted || state == DeliveryState::kExhausted;
}

std::optional<Instant> last_change(const LoggedDelivery& logged) {
  if (logged.ended || logged.attempts.empty()) return logged.ended;
  return end_of(logged.attempts.back());
}

}  // namespace

void LogNews::note(const LoggedDelivery& logged, Told& told) {
  if (!logged.attempts.empty()) told.attempt = logged.attempts.back().number;
  told.ended = logged.ended;
  told.changed = last_change(logged);
  if (told.changed) latest_ = std::max(latest_.value_or(*told.changed), *told.changed);
}

void LogNews::skip(const LoggedDelivery& logged) {
  note(logged, told_[format_delivery_id(logged.delivery)]);
}

void LogNews::start() {
  start_ = latest_;
}

std::optional<LoggedDelivery> LogNews::take(const LoggedDelivery& logged) {
  const auto [place, is_new] = told_.try_emplace(format_delivery_id(logged.delivery));
  Told& told = place->second;
  const auto is_late = [&](Instant time) { return !is_new || !start_ || time > *start_; };
  const bool ended = logged.ended && logged.ended != told.ended && is_late(*logged.ended);
  LoggedDelivery news = logged;
  std::erase_if(news.attempts, [&](const LoggedAttempt& attempt) {
    // An end is logged a little later than the attempt that brought it about.
    const bool brought_end =
        ended && is_end_of_attempt(logged.state) && &attempt == &news.attempts.back();
    return attempt.number <= told.attempt || !(brought_end || is_late(end_of(attempt)));
  });
  note(logged, told);
  if (news.attempts.empty() && !ended) return std::nullopt;
  return news;
}

std::optional<Instant> LogNews::since() const {
  if (!latest_) return std::nullopt;
  return *latest_ - kMargin;
}

void LogNews::forget() {
  if (!latest_) return;
  std::erase_if(told_, [&](const auto& entry) {
    const Told& told = entry.second;
    const Millis kept = told.ended ? kMargin : kLongestWait;
    return !told.changed || *told.changed < *latest_ - kept;
  });
}

}  // namespace jobsched::cmd
