#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "daemon/store/queued_store.h"
#include "daemon/store/sqlite_error.h"
#include "daemon/store/store_lock.h"

namespace jobsched {

namespace sql {
class ReaderPool;
class Writer;
}  // namespace sql

struct SqliteStoreOptions {
  // An fsync has failed, so nothing that is in memory can be trusted to reach the disk: end the
  // process, and let the next one see what is there. Called once, on the thread that commits,
  // after the events at hand have failed; whatever is asked of the store later fails too.
  std::function<void(const Error&)> fatal;

  // A stored job cannot be read, and is put aside so that it does not hold up the others. Called on
  // the thread that commits.
  std::function<void(const Error&)> damaged;

  // How long to wait for another program that holds the file, e.g. one that makes a backup.
  Millis busy_timeout{5'000};

  // Finds the time zones that jobs are read in. Called on the threads that commit and that read.
  ZoneLookup zones = no_zones;

  // How long the write-ahead log may grow before it is brought home. The default is 64 MiB: a third
  // faster than SQLite's own 1,000 pages, for about a second of recovery.
  int checkpoint_pages = 16'384;

  // Called after each commit, before its events are answered, on the thread that commits.
  QueuedStore::Committed committed = [](const CommitReport&) {};

  // As of QueuedStore.
  std::uint64_t jobs_per_account = 0;

  // The file is of an older version of the program and is brought to this one's form before `open`
  // returns, which may take minutes. Called before that, by `open`.
  std::function<void()> migrating = [] {};
};

// A store in one SQLite file, for one daemon.
//
// One connection writes and checkpoints; readers have connections of their own and see snapshots.
// A group commits with one sync. If it cannot, all its events fail and nothing has changed.
// `claim_due` fires only as many of the due jobs as it can claim.
class SqliteStore final : public QueuedStore {
 public:
  // Opens the store at `path`, which is made if it is absent or empty, and releases the leases of
  // earlier runs: while this process holds the store no other can be at work. What is there and
  // is not a store of ours is left untouched.
  // Errors: kConflict if another daemon has it open, kInvalid if the path cannot be a store,
  // kForbidden, kUnavailable, kStoreFull; kInternal if it is damaged. Requires: all callbacks.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& path,
                                                   SqliteStoreOptions options);
  ~SqliteStore() override;

  Result<std::vector<Account>> accounts() const override;

  Result<std::optional<Job>> find(std::string_view account, JobId id) const override;
  Result<std::unique_ptr<JobIdCursor>> list(std::string_view account,
                                            std::optional<JobId> after,
                                            std::optional<std::uint64_t> limit) const override;
  Result<std::optional<LoggedDelivery>> find_delivery(std::string_view account,
                                                      const Delivery& delivery) const override;
  Result<std::vector<LoggedDelivery>> deliveries(std::string_view account,
                                                 const DeliveryFilter& filter,
                                                 std::optional<Delivery> after,
                                                 std::size_t limit) const override;
  Result<std::optional<Instant>> last_claim() const override;
  Result<std::vector<ZoneInUse>> zones() const override;
  Result<std::optional<CreatedOnce>> find_created(const IdempotencyKey& key,
                                                  Instant now) const override;
  Result<std::vector<AccountSecret>> secrets(std::string_view account, Instant now) const override;
  Result<StoreCounts> counts() const override;

 private:
  SqliteStore(std::string path,
              SqliteStoreOptions options,
              StoreLock lock,
              std::unique_ptr<sql::Writer> writer);

  GroupOutcome commit(std::span<StoreEvent> events) override;
  void answered() override;

  // In this order: readers are closed before the writer brings the log home, and the lock goes
  // last.
  std::string path_;
  SqliteStoreOptions options_;
  StoreLock lock_;
  std::unique_ptr<sql::Writer> writer_;
  std::optional<sql::Failure> failure_;  // of the last commit
  std::unique_ptr<sql::ReaderPool> readers_;
};

}  // namespace jobsched
