#include "daemon/api/rate_limit.h"

#include <algorithm>
#include <utility>

namespace jobsched {

RateLimit::RateLimit(std::chrono::nanoseconds interval, int burst)
    : interval_(interval), capacity_(interval * burst) {}

std::optional<std::chrono::seconds> RateLimit::take(const std::string& name, Time now) {
  Time& full = full_at(name, now);
  const Time after = std::max(full, now) + interval_;
  if (after - now > capacity_) {
    return std::chrono::ceil<std::chrono::seconds>(after - now - capacity_);
  }
  full = after;
  return std::nullopt;
}

RateLimit::Time& RateLimit::full_at(const std::string& name, Time now) {
  if (const auto known = recent_.find(name); known != recent_.end()) return known->second;
  if (recent_.size() >= kMaxNames / 2) {
    older_ = std::move(recent_);
    recent_.clear();
  }
  const auto before = older_.find(name);
  const Time full = before == older_.end() ? now : before->second;
  return recent_.emplace(name, full).first->second;
}

}  // namespace jobsched
