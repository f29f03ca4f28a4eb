#include "daemon/report.h"

#include <string>

#include "core/time/duration.h"
#include "core/time/iso8601.h"

namespace jobsched {

namespace {

std::string in_words(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAccepted: return "accepted";
    case Outcome::kRejected: return "rejected";
    case Outcome::kTimedOut: return "timed out";
    case Outcome::kUnreachable: return "unreachable";
    case Outcome::kBlocked: return "blocked";
    case Outcome::kInterrupted: return "interrupted";
  }
  return {};
}

std::string in_words(const Transition& transition) {
  if (const auto* retry = std::get_if<RetryAt>(&transition)) {
    return "attempt " + std::to_string(retry->attempt) + " at " + format_instant(retry->due);
  }
  if (const auto* exhausted = std::get_if<Exhausted>(&transition)) {
    return "exhausted: " + exhausted->reason;
  }
  return std::holds_alternative<Superseded>(transition) ? "superseded by the next fire time"
                                                        : "accepted";
}

}  // namespace

void report(const Log& log, const AttemptReport& attempt) {
  const bool accepted = attempt.result.outcome == Outcome::kAccepted;
  const auto write = accepted ? &Log::debug : &Log::warning;
  (log.*write)(accepted ? "attempt accepted" : "attempt failed",
               {{"job", format_job_id(attempt.delivery.job)},
                {"fire_time", format_instant(attempt.delivery.fire_time)},
                {"attempt", std::to_string(attempt.delivery.attempt)},
                {"target", attempt.target},
                {"outcome", in_words(attempt.result.outcome)},
                {"status", std::to_string(attempt.result.status)},
                {"error", attempt.result.error},
                {"then", in_words(attempt.transition)}});
}

void report(const Log& log, const Skipped& skipped) {
  log.warning("misfire skipped", {{"job", format_job_id(skipped.job)},
                                  {"fire_time", format_instant(skipped.fire_time)}});
}

void report(const Log& log, const SetBackReport& change) {
  log.warning("jobs re-armed for a clock that was set back",
              {{"before", format_instant(change.before)},
               {"now", format_instant(change.now)},
               {"rearmed", std::to_string(change.jobs)}});
}

void report(const Log& log, const ZoneReport& change) {
  const auto write = change.missing ? &Log::warning : &Log::info;
  (log.*write)(change.missing ? "time zone missing" : "time zone changed",
               {{"zone", change.zone},
                {"moved", std::to_string(change.moved)},
                {"paused", std::to_string(change.paused)},
                {"resumed", std::to_string(change.resumed)}});
}

void report_clock_step(const Log& log, Millis step) {
  const bool back = step < Millis{0};
  log.warning(
      back ? "the clock was set back" : "the clock was set forward, or the machine slept",
      {{"by", format_duration(std::chrono::round<std::chrono::seconds>(back ? -step : step))}});
}

}  // namespace jobsched
