#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/error.h"
#include "core/job/job.h"
#include "core/limits.h"
#include "core/time/instant.h"
#include "core/time/zone.h"

namespace jobsched {

// A job document as a codec read it: the right fields with the right types, nothing else checked.
// `next` is read and dropped: it is ignored on input.
struct JobDocument {
  std::optional<std::string> id;
  std::optional<std::string> account;
  std::optional<std::string> url;
  std::optional<std::string> signature;
  std::optional<std::string> content_type;
  std::optional<std::string> data;  // decoded bytes
  std::optional<std::string> when;
  std::optional<std::string> cron;
  std::optional<std::string> timezone;
  std::optional<std::string> name;
  std::optional<std::string> method;
  std::optional<Headers> headers;
  std::optional<std::chrono::seconds> timeout;
  std::optional<Retry> retry;
  std::optional<std::string> misfire;
  std::optional<bool> paused;
  std::optional<std::string> pause_reason;

  bool operator==(const JobDocument&) const = default;
};

// The rules that a document to create a job must keep: `url` and exactly one of `when` and `cron`;
// no `id` or `account`, which the scheduler assigns; each field's own rule. `when` must be later
// than `now`, `cron` must fire after `now` and, read in UTC, never more often than
// limits.min_interval; both are read on the clock of `timezone`, if it is given and, for `when`, no
// offset is. `zones` finds it. A pause that comes with a reason is one that the daemon has made and
// told of: the document does not ask for it. `misfire` is "fire" or "skip". A job whose method is
// GET has no data; core/job/callback_fields.h has the rules of the other fields of the callback.
// Errors: kInvalid naming the field; the first fault in the order of the fields above, but that
// `timezone` comes before `when` and `cron`.
Result<JobSpec> check_new_job(const JobDocument& document,
                              const Limits& limits,
                              const ZoneLookup& zones,
                              Instant now);

// The same for a document that replaces `current`: `id` and `account` may be given if they are the
// job's own.
Result<JobSpec> check_replacement(const JobDocument& document,
                                  const Job& current,
                                  const Limits& limits,
                                  const ZoneLookup& zones,
                                  Instant now);

}  // namespace jobsched
