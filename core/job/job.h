#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/cron/expression.h"
#include "core/job/callback_fields.h"
#include "core/job/id.h"
#include "core/time/instant.h"
#include "core/time/zone.h"

namespace jobsched {

// When a job fires: once …
struct Once {
  Instant when;
};

// … or at each fire time of a cron expression, read on the clock of a time zone.
struct Recurring {
  cron::Expression cron;
  // Null if this machine has no zone of the job's name: then nothing says when it fires.
  std::shared_ptr<const Zone> zone = utc_zone();
};

using Schedule = std::variant<Once, Recurring>;

// What becomes of a misfire, a fire time that is found too late.
enum class Misfire {
  kFire,  // it fires at once: a recurring job a single time for all that it missed
  kSkip,  // it does not fire
};

// As in documents.
constexpr std::string_view kFireMisfires = "fire";
constexpr std::string_view kSkipMisfires = "skip";

// What a user says of a job, checked: what to send, where, and when.
struct JobSpec {
  std::string url;
  std::optional<std::string> signature;
  std::optional<std::string> content_type;
  std::optional<std::string> data;  // any bytes
  Schedule schedule;
  std::optional<std::string> timezone = {};  // the IANA name that was given with the schedule
  Misfire misfire = Misfire::kFire;
  bool paused = false;                   // does not fire until it is resumed
  std::optional<std::string> name = {};  // no other job of the account has it
  Method method = Method::kPost;
  Headers headers = {};                              // sent besides those of every callback
  std::optional<std::chrono::seconds> timeout = {};  // of an attempt; else the daemon's
  std::optional<Retry> retry = {};                   // else the daemon's
};

// A job as it is stored.
struct Job {
  JobId id;
  std::string account;
  JobSpec spec;
  // The next fire time that has not fired yet. Absent once a one-time job has fired, and once a
  // recurring one has no further fire time; such a job lives only until its last delivery ends.
  // Absent too while the job is paused.
  std::optional<Instant> next;
  // Why the daemon has paused the job by itself; it resumes it by itself, too.
  std::optional<std::string> pause_reason = {};
  // How often it was re-armed (`rearm`), or replaced, after the clock was set back: tells its
  // firings at a time apart from those at the same time before.
  std::uint32_t epoch = 0;
};

// The first fire time strictly after `after`, or absent.
std::optional<Instant> next_fire_time(const Schedule& schedule, Instant after);

// When a job that is defined at `now` fires first: absent for one that is paused.
std::optional<Instant> first_fire_time(const JobSpec& spec, Instant now);

// Whether it is read in a zone that this machine does not have.
bool lacks_zone(const Schedule& schedule);

// The reason for which a job of such a schedule is paused.
std::string missing_zone_reason(const std::string& timezone);

}  // namespace jobsched
