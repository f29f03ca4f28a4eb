#include "daemon/health.h"

#include <algorithm>
#include <utility>

#include "core/time/duration.h"

namespace jobsched {

std::optional<std::string> Health::committed(const std::optional<Error>& failure) {
  const std::lock_guard lock(mutex_);
  const auto before = std::exchange(failure_, std::nullopt);
  if (failure) failure_ = Failure{failure->detail, clock_.steady_now()};
  return before ? std::optional{before->detail} : std::nullopt;
}

std::optional<std::string> Health::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_ ? std::optional{failure_->detail} : std::nullopt;
}

Result<void> Health::ready(const Store& store) const {
  if (const auto failure = recent_failure()) {
    return fail(ErrorKind::kUnavailable, "the store cannot be written: " + *failure);
  }
  const Result<StoreCounts> counts = store.counts();
  if (!counts) {
    return fail(ErrorKind::kUnavailable, "the store cannot be read: " + counts.error().detail);
  }
  const Millis late = overdue(*counts, clock_.now());
  if (late <= kBehind) return {};
  return fail(ErrorKind::kUnavailable,
              "the scheduler is behind: what is due has waited for " +
                  format_duration(std::chrono::floor<std::chrono::seconds>(late)) +
                  "; if it does not catch up, look for slow callbacks and a slow disk, or raise "
                  "delivery.concurrency");
}

std::optional<std::string> Health::recent_failure() const {
  const std::lock_guard lock(mutex_);
  if (!failure_ || clock_.steady_now() - failure_->at > kFailureCounts) return std::nullopt;
  return failure_->detail;
}

Millis overdue(const StoreCounts& counts, Instant now) {
  return std::max(now - counts.next_due.value_or(now), Millis{0});
}

}  // namespace jobsched
