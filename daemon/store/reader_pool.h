#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "core/error.h"
#include "core/time/instant.h"
#include "daemon/store/log_reader.h"

namespace jobsched::sql {

// A connection that reads, with its statements prepared. Used by one thread at a time.
struct Reader {
  explicit Reader(std::unique_ptr<SQLite::Database> connection);

  std::unique_ptr<SQLite::Database> database;
  SQLite::Statement find_job;
  SQLite::Statement find_created;
  SQLite::Statement account_size;
  SQLite::Statement list_size;
  SQLite::Statement list_ids;
  SQLite::Statement last_claim;
  SQLite::Statement list_zones;
  SQLite::Statement list_secrets;
  SQLite::Statement list_accounts;
  SQLite::Statement count_all_jobs;
  SQLite::Statement next_due_job;
  SQLite::Statement next_retry;
  LogReader log;
};

// A read transaction: from its first read on, all reads see one state. Ends with it.
class Snapshot {
 public:
  explicit Snapshot(Reader& reader) : reader_(reader) { reader_.database->exec("BEGIN"); }

  ~Snapshot() { reader_.database->tryExec("ROLLBACK"); }

  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Reader& reader_;
};

// Lends readers, making them as they are needed. Thread-safe; must outlive what it lent.
class ReaderPool {
 public:
  // Each costs descriptors and memory; many at once are lists that clients read slowly.
  static constexpr std::size_t kMaxReaders = 64;

  ReaderPool(std::string path, Millis busy_timeout);

  // Gives a reader back to its pool.
  struct Return {
    ReaderPool* pool;
    void operator()(Reader* reader) const;
  };

  using Lent = std::unique_ptr<Reader, Return>;

  // Errors: kUnavailable if all are lent. Throws SQLite::Exception.
  Result<Lent> lend();

 private:
  static constexpr std::size_t kMaxIdle = 4;

  void take_back(std::unique_ptr<Reader> reader);

  std::string path_;
  Millis busy_timeout_;
  std::mutex mutex_;
  std::size_t lent_ = 0;
  std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace jobsched::sql
