#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "daemon/store/account_control.h"
#include "daemon/store/accounts.h"
#include "daemon/store/attempt_log.h"
#include "daemon/store/claimer.h"
#include "daemon/store/event_queue.h"
#include "daemon/store/idempotency_keys.h"
#include "daemon/store/job_control.h"
#include "daemon/store/rearmer.h"
#include "daemon/store/rezoner.h"
#include "daemon/store/secrets.h"
#include "daemon/store/sqlite_error.h"

namespace jobsched::sql {

// The one connection that writes and checkpoints, and what each event does to the tables. Used by
// one thread at a time.
class Writer {
 public:
  // Takes a connection of `open_writer` to a database of the current schema. `zones` finds the time
  // zones of jobs, `damaged` hears of stored jobs that cannot be read; `checkpoint_pages` is how
  // long the log may grow. Throws SQLite::Exception.
  Writer(std::unique_ptr<SQLite::Database> database,
         ZoneLookup zones,
         std::function<void(const Error&)> damaged,
         int checkpoint_pages);
  ~Writer();

  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Carries out the events in one transaction and gives each its result; on failure none has
  // changed anything and their results mean nothing. After a fatal failure, which is reported once,
  // every call fails. `jobs_per_account` as of QueuedStore.
  std::optional<Failure> commit(std::span<StoreEvent> events, std::uint64_t jobs_per_account);

  // Whether the last commit had anything to write.
  bool wrote() const { return wrote_; }

  // Brings the write-ahead log home if it has grown enough; what readers still need stays for the
  // next time. A failure that is not fatal is left for the next time too, and not reported.
  std::optional<Failure> checkpoint_if_due();

 private:
  static int note_write(void* writer, sqlite3*, const char*, int pages);

  void execute(CreateEvent& event);
  template <class Event>
  void execute(Event& event);
  Result<Created> apply(CreateEvent& event);
  Result<std::vector<Created>> apply(CreateAllEvent& event);
  Result<CreatedOnce> apply(CreateOnceEvent& event);
  Result<void> apply(ReplaceEvent& event);
  Result<void> apply(RemoveEvent& event);
  Result<std::vector<JobId>> apply(RemoveAllEvent& event);
  Result<Claims> apply(ClaimEvent& event);
  Result<void> apply(RecordEvent& event);
  Result<LoggedDelivery> apply(FireNowEvent& event);
  Result<Job> apply(PauseEvent& event);
  Result<Job> apply(ResumeEvent& event);
  Result<LoggedDelivery> apply(RetryEvent& event);
  Result<Pruned> apply(PruneEvent& event);
  Result<Rearmed> apply(RearmEvent& event);
  Result<Rezoned> apply(RezoneEvent& event);
  Result<void> apply(RotateSecretEvent& event);
  Result<void> apply(RemoveSecretsEvent& event);
  Result<void> apply(AddAccountEvent& event);
  Result<void> apply(RotateKeyEvent& event);
  Result<void> apply(RemoveAccountEvent& event);

  bool remove(std::optional<std::int64_t> account, const JobId& id, Instant now);
  Result<Created> create(const Job& job);
  Result<std::vector<Created>> create(const std::vector<Job>& jobs);
  Result<void> expect_room(std::int64_t account, const std::string& name);
  Result<void> insert(std::int64_t account, const Job& job);
  Result<void> replace(std::int64_t account,
                       const JobId& id,
                       const JobSpec& spec,
                       std::optional<Instant> next,
                       Instant now);
  std::optional<JobId> find_named(std::int64_t account, const JobSpec& spec);
  void end_delivery(const AttemptRecord& record);
  void retry_delivery(const AttemptRecord& record, const RetryAt& retry);
  void forget();
  void roll_back();
  Failure note(Failure failure);

  std::unique_ptr<SQLite::Database> database_;
  std::string path_;
  std::optional<Error> broken_;
  bool wrote_ = false;
  int log_pages_ = 0;
  int checkpoint_pages_;
  int checkpoint_at_;
  std::uint64_t jobs_per_account_ = 0;  // of the commit under way
  Accounts accounts_;
  AttemptLog log_;
  Secrets secrets_;
  Claimer claimer_;
  JobControl control_;
  AccountControl account_control_;
  IdempotencyKeys idempotency_keys_;
  Rearmer rearmer_;
  Rezoner rezoner_;
  SQLite::Statement create_job_;
  SQLite::Statement replace_job_;
  SQLite::Statement find_named_;
  SQLite::Statement remove_job_;
  SQLite::Statement retire_job_;
  SQLite::Statement purge_fired_out_;
  SQLite::Statement unpark_job_;
  SQLite::Statement retry_delivery_;
  SQLite::Statement end_delivery_;
  SQLite::Statement drop_deliveries_;
};

}  // namespace jobsched::sql
