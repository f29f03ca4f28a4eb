#include "daemon/store/reader_pool.h"

#include "daemon/store/account_statements.h"
#include "daemon/store/connection.h"
#include "daemon/store/idempotency_statements.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

Reader::Reader(std::unique_ptr<SQLite::Database> connection)
    : database(std::move(connection)),
      find_job(*database, kFindJob),
      find_created(*database, kFindCreated),
      account_size(*database, kAccountSize),
      list_size(*database, kListSize),
      list_ids(*database, kListIds),
      last_claim(*database, kLastClaim),
      list_zones(*database, kListZones),
      list_secrets(*database, kListSecrets),
      list_accounts(*database, kAccountsWithKeys),
      count_all_jobs(*database, kCountAllJobs),
      next_due_job(*database, kNextDueJob),
      next_retry(*database, kNextRetry),
      log(*database) {}

ReaderPool::ReaderPool(std::string path, Millis busy_timeout)
    : path_(std::move(path)), busy_timeout_(busy_timeout) {}

void ReaderPool::Return::operator()(Reader* reader) const {
  pool->take_back(std::unique_ptr<Reader>(reader));
}

Result<ReaderPool::Lent> ReaderPool::lend() {
  std::unique_ptr<Reader> reader;
  {
    const std::lock_guard lock(mutex_);
    if (lent_ >= kMaxReaders) {
      return fail(ErrorKind::kUnavailable, "too many lists are being read at once; try again");
    }
    ++lent_;
    if (!idle_.empty()) {
      reader = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  try {
    if (!reader) reader = std::make_unique<Reader>(open_reader(path_, busy_timeout_));
  } catch (...) {
    take_back(nullptr);
    throw;
  }
  return Lent(reader.release(), Return{this});
}

// The reader is closed outside the lock: closing files takes its time.
void ReaderPool::take_back(std::unique_ptr<Reader> reader) {
  const std::lock_guard lock(mutex_);
  --lent_;
  if (reader && idle_.size() < kMaxIdle) idle_.push_back(std::move(reader));
}

}  // namespace jobsched::sql
