#include "daemon/store/copy.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include "daemon/store/connection.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

namespace {

constexpr int kPagesAtOnce = 4'096;  // 16 MiB

}  // namespace

std::unique_ptr<SQLite::Database> copy_store(const std::string& source,
                                             const std::string& made,
                                             Millis busy_timeout,
                                             const CopyProgress& progress) {
  const auto from = open_reader(source, busy_timeout);
  auto to = std::make_unique<SQLite::Database>(made, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
  // A copy that is cut short is thrown away: it needs no journal.
  to->exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL;");
  // One snapshot for all the steps, from this read on, so that none starts over because the daemon
  // wrote meanwhile.
  from->exec("BEGIN");
  count_jobs(*from);
  {
    SQLite::Backup backup(*to, *from);
    for (int code = SQLITE_OK; code != SQLITE_DONE;) {
      code = backup.executeStep(kPagesAtOnce);
      const int total = backup.getTotalPageCount();
      progress(static_cast<std::uint64_t>(total - backup.getRemainingPageCount()),
               static_cast<std::uint64_t>(total));
    }
  }
  from->exec("ROLLBACK");
  to->exec("PRAGMA journal_mode = DELETE;");
  check_integrity(*to);
  return to;
}

void check_integrity(SQLite::Database& database) {
  const std::string found = database.execAndGet("PRAGMA quick_check(1)").getString();
  if (found != "ok") throw SQLite::Exception(found, SQLITE_CORRUPT);
}

std::uint64_t count_jobs(SQLite::Database& database) {
  return static_cast<std::uint64_t>(database.execAndGet(kCountAllJobs).getInt64());
}

}  // namespace jobsched::sql
