#pragma once

#include "core/error.h"
#include "core/job/job.h"
#include "core/time/zone.h"
#include "daemon/store/job_columns.h"
#include "daemon/store/postgres/rows.h"

namespace jobsched::pg {

// How many columns a statement has that gives a job, before any others: those of kFindJob.
constexpr int kJobColumns = JobColumn::kCount;

inline constexpr auto kFindJob =
    "SELECT j.id, a.name, j.url, j.signature, j.content_type, j.data, j.\"when\", j.cron, j.next,"
    " j.timezone, j.misfire, j.paused, j.pause_reason, j.epoch, j.name, j.method, j.headers,"
    " j.timeout, j.attempts, j.backoff"
    " FROM jobsched.accounts a JOIN jobsched.jobs j ON j.account = a.id"
    " WHERE a.name = $1 AND j.id = $2::uuid";

// The job in the first columns of `row`, its time zone found by `zones`. Errors: kInternal if the
// row does not make a job, as after somebody has changed it by hand.
Result<Job> read_job(const Rows::Row& row, const ZoneLookup& zones);

}  // namespace jobsched::pg
