#include "daemon/store/postgres/job_row.h"

#include "daemon/store/job_columns.h"

namespace jobsched::pg {

namespace {

enum Column {
  kId,
  kAccount,
  kUrl,
  kSignature,
  kContentType,
  kData,
  kWhen,
  kCron,
  kNext,
  kTimezone,
  kMisfire,
  kPaused,
  kPauseReason,
  kEpoch,
  kName,
  kMethod,
  kHeaders,
  kTimeout,
  kAttempts,
  kBackoff
};

static_assert(kBackoff + 1 == kJobColumns);

}  // namespace

Result<Job> read_job(const Rows::Row& row, const ZoneLookup& zones) {
  return make_job({.id = row.id(kId),
                   .account = row.text(kAccount),
                   .url = row.text(kUrl),
                   .signature = row.optional_text(kSignature),
                   .content_type = row.optional_text(kContentType),
                   .data = row.optional_text(kData),
                   .when = row.optional_instant(kWhen),
                   .cron = row.optional_text(kCron),
                   .next = row.optional_instant(kNext),
                   .timezone = row.optional_text(kTimezone),
                   .misfire = row.optional_text(kMisfire),
                   .paused = row.flag(kPaused),
                   .pause_reason = row.optional_text(kPauseReason),
                   .epoch = static_cast<std::uint32_t>(row.number(kEpoch)),
                   .name = row.optional_text(kName),
                   .method = row.optional_text(kMethod),
                   .headers = row.optional_text(kHeaders),
                   .timeout = row.optional_number(kTimeout),
                   .attempts = row.optional_number(kAttempts),
                   .backoff = row.optional_text(kBackoff)},
                  zones);
}

}  // namespace jobsched::pg
