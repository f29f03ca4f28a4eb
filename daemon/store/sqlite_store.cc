#include "daemon/store/sqlite_store.h"

#include <algorithm>
#include <span>
#include <utility>

#include <SQLiteCpp/Transaction.h>

#include "daemon/store/account_control.h"
#include "daemon/store/connection.h"
#include "daemon/store/idempotency_keys.h"
#include "daemon/store/job_row.h"
#include "daemon/store/list_cursor.h"
#include "daemon/store/reader_pool.h"
#include "daemon/store/schema.h"
#include "daemon/store/secrets.h"
#include "daemon/store/sqlite_error.h"
#include "daemon/store/statements.h"
#include "daemon/store/store_file.h"
#include "daemon/store/writer.h"

namespace jobsched {

namespace {

// A new store appears whole or not at all, however the process ends.
Result<void> make_store(const std::string& path) {
  const std::string made = path + ".new";
  if (Result<void> file = make_file(made); !file) return file;
  if (Result<void> created = sql::guarded(path,
                                          [&]() -> Result<void> {
                                            sql::create(made);
                                            return {};
                                          });
      !created) {
    return created;
  }
  return move_into_place(made, path);
}

Result<void> ensure_store(const std::string& path) {
  const Result<StoreFile> file = inspect_store_file(path, Access::kWrite);
  if (!file) return tl::unexpected(file.error());
  return *file == StoreFile::kNone ? make_store(path) : Result<void>{};
}

Result<std::unique_ptr<sql::Writer>> open_store(const std::string& path,
                                                const SqliteStoreOptions& options) {
  return sql::guarded(path, [&]() -> Result<std::unique_ptr<sql::Writer>> {
    auto database = sql::open_writer(path, options.busy_timeout);
    const int version = sql::schema_version(*database);
    if (version > sql::kSchemaVersion) return tl::unexpected(newer_schema(path, version));
    if (version < sql::kSchemaVersion) options.migrating();
    sql::migrate(*database);
    database->exec(sql::kReleaseLeases);
    return std::make_unique<sql::Writer>(std::move(database), options.zones, options.damaged,
                                         options.checkpoint_pages);
  });
}

// The one instant that `statement` finds from the beginning of time on.
std::optional<Instant> first_instant(SQLite::Statement& statement) {
  sql::Run run(statement, Instant::min());
  return run.step() ? std::optional{run.instant(0)} : std::nullopt;
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path,
                                                       SqliteStoreOptions options) {
  const Result<std::string> resolved = resolve_store_path(path);
  if (!resolved) return tl::unexpected(resolved.error());
  Result<StoreLock> lock = StoreLock::take(*resolved);
  if (!lock) return tl::unexpected(lock.error());
  if (Result<void> store = ensure_store(*resolved); !store) return tl::unexpected(store.error());
  Result<std::unique_ptr<sql::Writer>> writer = open_store(*resolved, options);
  if (!writer) return tl::unexpected(writer.error());
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(*resolved, std::move(options), *std::move(lock), *std::move(writer)));
}

SqliteStore::SqliteStore(std::string path,
                         SqliteStoreOptions options,
                         StoreLock lock,
                         std::unique_ptr<sql::Writer> writer)
    : QueuedStore(options.committed, options.jobs_per_account),
      path_(std::move(path)),
      options_(std::move(options)),
      lock_(std::move(lock)),
      writer_(std::move(writer)),
      readers_(std::make_unique<sql::ReaderPool>(path_, options_.busy_timeout)) {}

SqliteStore::~SqliteStore() = default;

Result<std::vector<Account>> SqliteStore::accounts() const {
  return sql::guarded(path_, [&]() -> Result<std::vector<Account>> {
    Result<sql::ReaderPool::Lent> reader = readers_->lend();
    if (!reader) return tl::unexpected(reader.error());
    sql::Run run((*reader)->list_accounts);
    return sql::read_accounts(run);
  });
}

Result<std::optional<CreatedOnce>> SqliteStore::find_created(const IdempotencyKey& key,
                                                             Instant now) const {
  return sql::guarded(path_, [&]() -> Result<std::optional<CreatedOnce>> {
    Result<sql::ReaderPool::Lent> reader = readers_->lend();
    if (!reader) return tl::unexpected(reader.error());
    return sql::find_created((*reader)->find_created, key, now);
  });
}

Result<std::vector<AccountSecret>> SqliteStore::secrets(std::string_view account,
                                                        Instant now) const {
  return sql::guarded(path_, [&]() -> Result<std::vector<AccountSecret>> {
    Result<sql::ReaderPool::Lent> reader = readers_->lend();
    if (!reader) return tl::unexpected(reader.error());
    const std::string name(account);
    sql::Run run((*reader)->list_secrets, name);
    return sql::read_secrets(run).map(
        [&](std::vector<AccountSecret> all) { return sql::in_use(std::move(all), now); });
  });
}

Result<std::optional<Instant>> SqliteStore::last_claim() const {
  return sql::guarded(path_, [&]() -> Result<std::optional<Instant>> {
    Result<sql::ReaderPool::Lent> reader = readers_->lend();
    if (!reader) return tl::unexpected(reader.error());
    sql::Run run((*reader)->last_claim);
    return run.step() ? run.optional_instant(0) : std::nullopt;
  });
}

Result<std::optional<Job>> SqliteStore::find(std::string_view account, JobId id) const {
  return sql::guarded(path_, [&]() -> Result<std::optional<Job>> {
    Result<sql::ReaderPool::Lent> reader = readers_->lend();
    if (!reader) return tl::unexpected(reader.error());
    const std::string name(account);
    sql::Run run((*reader)->find_job, name, id);
    if (!run.step()) return std::nullopt;
    return sql::read_job(run, options_.zones);
  });
}

Result<std::unique_ptr<JobIdCursor>> SqliteStore::list(std::string_view account,
                                                       std::optional<JobId> after,
                                                       std::optional<std::uint64_t> limit) const {
  return sql::guarded(path_, [&]() -> Result<std::unique_ptr<JobIdCursor>> {
    Result<sql::ReaderPool::Lent> reader = readers_->lend();
    if (!reader) return tl::unexpected(reader.error());
    return std::make_unique<sql::ListCursor>(*std::move(reader), path_, std::string(account), after,
                                             limit);
  });
}

Result<std::optional<LoggedDelivery>> SqliteStore::find_delivery(std::string_view account,
                                                                 const Delivery& delivery) const {
  return sql::guarded(path_, [&]() -> Result<std::optional<LoggedDelivery>> {
    Result<sql::ReaderPool::Lent> reader = readers_->lend();
    if (!reader) return tl::unexpected(reader.error());
    const sql::Snapshot snapshot(**reader);
    return (*reader)->log.find(std::string(account), delivery);
  });
}

Result<std::vector<LoggedDelivery>> SqliteStore::deliveries(std::string_view account,
                                                            const DeliveryFilter& filter,
                                                            std::optional<Delivery> after,
                                                            std::size_t limit) const {
  return sql::guarded(path_, [&]() -> Result<std::vector<LoggedDelivery>> {
    Result<sql::ReaderPool::Lent> reader = readers_->lend();
    if (!reader) return tl::unexpected(reader.error());
    const sql::Snapshot snapshot(**reader);
    return (*reader)->log.list(std::string(account), filter, after, limit);
  });
}

Result<std::vector<ZoneInUse>> SqliteStore::zones() const {
  return sql::guarded(path_, [&]() -> Result<std::vector<ZoneInUse>> {
    Result<sql::ReaderPool::Lent> reader = readers_->lend();
    if (!reader) return tl::unexpected(reader.error());
    std::vector<ZoneInUse> zones;
    sql::Run run((*reader)->list_zones);
    while (run.step())
      zones.push_back({run.text(0), run.optional_bits(1)});
    return zones;
  });
}

Result<StoreCounts> SqliteStore::counts() const {
  return sql::guarded(path_, [&]() -> Result<StoreCounts> {
    Result<sql::ReaderPool::Lent> lent = readers_->lend();
    if (!lent) return tl::unexpected(lent.error());
    sql::Reader& reader = **lent;
    const sql::Snapshot snapshot(reader);
    sql::Run jobs(reader.count_all_jobs);
    jobs.step();
    return StoreCounts{
        static_cast<std::uint64_t>(jobs.number(0)),
        earlier(first_instant(reader.next_due_job), first_instant(reader.next_retry))};
  });
}

GroupOutcome SqliteStore::commit(std::span<StoreEvent> events) {
  failure_ = writer_->commit(events, jobs_per_account());
  return {failure_ ? std::optional{failure_->error} : std::nullopt, writer_->wrote()};
}

void SqliteStore::answered() {
  if (!failure_) failure_ = writer_->checkpoint_if_due();
  if (failure_ && failure_->fatal) options_.fatal(failure_->error);
}

}  // namespace jobsched
