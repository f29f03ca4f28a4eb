#pragma once

#include <cstdint>
#include <string>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "daemon/store/accounts.h"
#include "daemon/store/log_reader.h"
#include "daemon/store/values.h"

namespace jobsched::sql {

// What users do to a job besides defining it: fire it, pause it, try a delivery again. Within the
// transaction that is open on the writing connection; each is that member of `Store`. Members throw
// SQLite::Exception.
class JobControl {
 public:
  // `zones` finds the time zones of jobs.
  JobControl(SQLite::Database& database, Accounts& accounts, ZoneLookup zones);

  Result<LoggedDelivery> fire_now(const std::string& account, const JobId& id, Instant now);
  Result<Job> pause(const std::string& account, const JobId& id);
  Result<Job> resume(const std::string& account, const JobId& id, Instant now);
  Result<LoggedDelivery> retry(const std::string& account, const Delivery& delivery, Instant now);

  // Errors: kNotFound; kPreconditionFailed if the job has none of these versions.
  Result<void> expect(const std::string& account, const JobId& id, const JobVersions& versions);

 private:
  Result<Job> find(const std::string& account, const JobId& id);
  Result<void> expect_none_outstanding(std::int64_t account, const JobId& id);
  Result<void> hasten(const LoggedDelivery& delivery, Instant now);
  Result<void> begin_again(std::int64_t account, const LoggedDelivery& delivery, Instant now);
  Result<void> unretire(std::int64_t account, const JobId& id);

  Accounts& accounts_;
  ZoneLookup zones_;
  LogReader log_;
  SQLite::Statement find_job_;
  SQLite::Statement pause_job_;
  SQLite::Statement resume_job_;
  SQLite::Statement outstanding_;
  SQLite::Statement wait_delivery_;
  SQLite::Statement hasten_delivery_;
  SQLite::Statement note_firing_;
  SQLite::Statement free_retired_name_;
  SQLite::Statement unretire_job_;
  SQLite::Statement drop_retired_;
};

}  // namespace jobsched::sql
