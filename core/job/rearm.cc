#include "core/job/rearm.h"

#include <algorithm>

namespace jobsched {

namespace {

constexpr Millis kShortSilence = std::chrono::minutes{1};

bool would_be_silent(const Recurring& recurring, Instant next, Instant candidate, Instant now) {
  const std::optional<Instant> second = recurring.cron.next(candidate, *recurring.zone);
  const Millis interval = second ? *second - candidate : Millis{0};
  return next - now > std::max(2 * interval, kShortSilence);
}

}  // namespace

std::optional<Instant> rearm(const Job& job, Instant before, Instant now) {
  const Recurring* recurring = std::get_if<Recurring>(&job.spec.schedule);
  if (recurring == nullptr || job.spec.paused) return std::nullopt;
  const std::optional<Instant> candidate = next_fire_time(job.spec.schedule, now);
  if (!candidate || (job.next && *job.next <= *candidate)) return std::nullopt;
  if (before - now >= kClockWasWrong) return candidate;
  const bool stalls = job.next && recurring->cron.follows_the_clock() &&
                      would_be_silent(*recurring, *job.next, *candidate, now);
  return stalls ? candidate : std::nullopt;
}

}  // namespace jobsched
