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

// Beyond it a larger group gains next to nothing and makes those at its front wait.
constexpr std::size_t kMaxGroup = 1'024;

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
                                         options.checkpoint_pages, options.jobs_per_account);
  });
}

// The one instant that `statement` finds from the beginning of time on.
std::optional<Instant> first_instant(SQLite::Statement& statement) {
  sql::Run run(statement, Instant::min());
  return run.step() ? std::optional{run.instant(0)} : std::nullopt;
}

// What the report says of each event; of most, nothing.
struct Summary {
  CommitReport& report;

  void operator()(const CreateEvent& event) const { add(**event.pending.result); }

  void operator()(const CreateAllEvent& event) const { add(**event.pending.result); }

  void operator()(const CreateOnceEvent& event) const {
    const CreatedOnce& once = **event.pending.result;
    if (!once.repeated) add(once.jobs);
  }

  void operator()(const ClaimEvent& event) const {
    const Claims& claims = **event.pending.result;
    report.fired += claims.fired;
    report.skipped += claims.skipped.size();
  }

  template <class Event>
  void operator()(const Event& /*event*/) const {}

  void add(const std::vector<Created>& all) const {
    for (const Created& created : all)
      add(created);
  }

  void add(const Created& created) const { report.created += created.replaced ? 0U : 1U; }
};

CommitReport summarize(std::span<const StoreEvent> group,
                       const std::optional<sql::Failure>& failure,
                       bool wrote) {
  CommitReport report{.wrote = wrote};
  if (failure) {
    report.failure = failure->error;
    return report;
  }
  for (const StoreEvent& event : group) {
    const bool done =
        std::visit([](const auto& one) { return one.pending.result->has_value(); }, event);
    if (done) std::visit(Summary{report}, event);
  }
  return report;
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
    : path_(std::move(path)),
      options_(std::move(options)),
      lock_(std::move(lock)),
      writer_(std::move(writer)),
      readers_(std::make_unique<sql::ReaderPool>(path_, options_.busy_timeout)) {}

SqliteStore::~SqliteStore() {
  const Error closing{ErrorKind::kUnavailable, "the daemon is stopping; try again", {}, {}};
  for (auto left = queue_.take(kMaxGroup); !left.empty(); left = queue_.take(kMaxGroup)) {
    for (StoreEvent& event : left) {
      std::visit([&](auto& one) { one.pending.answer(closing); }, event);
    }
  }
}

void SqliteStore::submit(StoreEvent event) {
  std::optional<StoreEvent> refused = queue_.push(std::move(event));
  if (!refused) return;
  const Error full{ErrorKind::kUnavailable,
                   "more is waiting to be written than the disk can keep up with; try again later",
                   {},
                   {}};
  std::visit([&](auto& one) { one.pending.answer(full); }, *refused);
}

void SqliteStore::set_jobs_per_account(std::uint64_t jobs) {
  writer_->set_jobs_per_account(jobs);
}

void SqliteStore::create(Job job, Done<Created> done) {
  submit(CreateEvent{std::move(job), Pending<Created>(std::move(done))});
}

void SqliteStore::create_all(std::vector<Job> jobs, Done<std::vector<Created>> done) {
  submit(CreateAllEvent{std::move(jobs), Pending<std::vector<Created>>(std::move(done))});
}

void SqliteStore::create_once(IdempotencyKey key,
                              std::vector<Job> jobs,
                              Instant now,
                              Done<CreatedOnce> done) {
  submit(
      CreateOnceEvent{std::move(key), std::move(jobs), now, Pending<CreatedOnce>(std::move(done))});
}

void SqliteStore::replace(std::string account,
                          JobId id,
                          JobVersions expected,
                          JobSpec spec,
                          std::optional<Instant> next,
                          Instant now,
                          Done<void> done) {
  submit(ReplaceEvent{std::move(account), id, std::move(expected), std::move(spec), next, now,
                      Pending<void>(std::move(done))});
}

void SqliteStore::remove(
    std::string account, JobId id, JobVersions expected, Instant now, Done<void> done) {
  submit(RemoveEvent{std::move(account), id, std::move(expected), now,
                     Pending<void>(std::move(done))});
}

void SqliteStore::remove_all(std::string account,
                             std::vector<JobId> ids,
                             Instant now,
                             Done<std::vector<JobId>> done) {
  submit(RemoveAllEvent{std::move(account), std::move(ids), now,
                        Pending<std::vector<JobId>>(std::move(done))});
}

void SqliteStore::fire_now(std::string account, JobId id, Instant now, Done<LoggedDelivery> done) {
  submit(FireNowEvent{std::move(account), id, now, Pending<LoggedDelivery>(std::move(done))});
}

void SqliteStore::pause(std::string account, JobId id, Done<Job> done) {
  submit(PauseEvent{std::move(account), id, Pending<Job>(std::move(done))});
}

void SqliteStore::resume(std::string account, JobId id, Instant now, Done<Job> done) {
  submit(ResumeEvent{std::move(account), id, now, Pending<Job>(std::move(done))});
}

void SqliteStore::retry(std::string account,
                        Delivery delivery,
                        Instant now,
                        Done<LoggedDelivery> done) {
  submit(RetryEvent{std::move(account), delivery, now, Pending<LoggedDelivery>(std::move(done))});
}

void SqliteStore::claim_due(Instant now,
                            std::size_t limit,
                            Millis misfire_threshold,
                            Claimant claimant,
                            Done<Claims> done) {
  submit(ClaimEvent{now, limit, misfire_threshold, claimant, Pending<Claims>(std::move(done))});
}

void SqliteStore::record(std::vector<AttemptRecord> records, Done<void> done) {
  submit(RecordEvent{std::move(records), Pending<void>(std::move(done))});
}

void SqliteStore::prune(Instant before, Done<Pruned> done) {
  submit(PruneEvent{before, Pending<Pruned>(std::move(done))});
}

void SqliteStore::rezone(Rezoning rezoning, Instant now, Done<Rezoned> done) {
  submit(RezoneEvent{std::move(rezoning), now, Pending<Rezoned>(std::move(done))});
}

void SqliteStore::rearm(Rearming rearming, Done<Rearmed> done) {
  submit(RearmEvent{rearming, Pending<Rearmed>(std::move(done))});
}

void SqliteStore::rotate_secret(
    std::string account, SigningSecret secret, Instant now, Millis overlap, Done<void> done) {
  submit(RotateSecretEvent{std::move(account), std::move(secret), now, overlap,
                           Pending<void>(std::move(done))});
}

void SqliteStore::remove_secrets(std::string account, Done<void> done) {
  submit(RemoveSecretsEvent{std::move(account), Pending<void>(std::move(done))});
}

void SqliteStore::add_account(std::string name, KeyHash key, Instant now, Done<void> done) {
  submit(AddAccountEvent{std::move(name), key, now, Pending<void>(std::move(done))});
}

void SqliteStore::rotate_key(std::string name, KeyHash key, Done<void> done) {
  submit(RotateKeyEvent{std::move(name), key, Pending<void>(std::move(done))});
}

void SqliteStore::remove_account(AccountRemoval removal, Done<void> done) {
  submit(RemoveAccountEvent{std::move(removal), Pending<void>(std::move(done))});
}

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

bool SqliteStore::commit_group() {
  std::vector<StoreEvent> group = queue_.take(kMaxGroup);
  if (group.empty()) return false;
  std::optional<sql::Failure> failure = writer_->commit(group);
  options_.committed(summarize(group, failure, writer_->wrote()));
  for (StoreEvent& event : group) {
    std::visit(
        [&](auto& one) { failure ? one.pending.answer(failure->error) : one.pending.answer(); },
        event);
  }
  if (!failure) failure = writer_->checkpoint_if_due();
  if (failure && failure->fatal) options_.fatal(failure->error);
  return true;
}

void SqliteStore::wait_for_events() {
  queue_.wait();
}

void SqliteStore::stop_waiting() {
  queue_.stop_waiting();
}

}  // namespace jobsched
