// The members of PostgresStore that read.

#include <algorithm>
#include <utility>

#include "daemon/store/postgres/created_reader.h"
#include "daemon/store/postgres/job_row.h"
#include "daemon/store/postgres/list_cursor.h"
#include "daemon/store/postgres/log_reader.h"
#include "daemon/store/postgres/postgres_store.h"
#include "daemon/store/postgres/reader_pool.h"
#include "daemon/store/postgres/schema.h"
#include "daemon/store/postgres/secrets_reader.h"

namespace jobsched {

namespace {

constexpr auto kAccountsWithKeys =
    "SELECT a.name, a.key_hash, a.added, greatest(coalesce((SELECT sum(c.jobs)"
    "  FROM jobsched.job_counts c WHERE c.account = a.id), 0), 0)::bigint"
    " FROM jobsched.accounts a WHERE a.key_hash IS NOT NULL ORDER BY a.name";
constexpr auto kLastClaim = "SELECT last_claim FROM jobsched.clock";
constexpr auto kListZones = "SELECT name, rules FROM jobsched.time_zones ORDER BY name";
constexpr auto kCounts =
    "SELECT greatest(coalesce((SELECT sum(jobs) FROM jobsched.job_counts), 0), 0)::bigint,"
    " (SELECT min(due) FROM jobsched.jobs WHERE due IS NOT NULL AND holder IS NULL),"
    " (SELECT count(*) FROM jobsched.instances"
    " WHERE seen > floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - $1::bigint)";

// Runs `read`, which returns a Result, in a transaction in which all its statements see one state.
template <class Read>
auto in_snapshot(pg::Connection& connection, const Read& read) -> decltype(read()) {
  connection.queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  auto result = read();
  connection.run("COMMIT");
  return result;
}

Account read_account(const pg::Rows::Row& row) {
  Account account{row.text(0), {}, row.instant(2), static_cast<std::uint64_t>(row.number(3))};
  std::ranges::copy(row.text(1).substr(0, account.key.size()), account.key.begin());
  return account;
}

ZoneInUse read_zone(const pg::Rows::Row& row) {
  ZoneInUse zone{row.text(0), {}};
  if (const auto rules = row.optional_number(1))
    zone.fingerprint = static_cast<std::uint64_t>(*rules);
  return zone;
}

}  // namespace

Result<std::vector<Account>> PostgresStore::accounts() const {
  return readers_->read([&](pg::Connection& connection) -> Result<std::vector<Account>> {
    std::vector<Account> accounts;
    connection.run(kAccountsWithKeys).each([&](const pg::Rows::Row& row) {
      accounts.push_back(read_account(row));
    });
    return accounts;
  });
}

Result<std::optional<CreatedOnce>> PostgresStore::find_created(const IdempotencyKey& key,
                                                               Instant now) const {
  return readers_->read(
      [&](pg::Connection& connection) { return pg::find_created(connection, key, now); });
}

Result<std::vector<AccountSecret>> PostgresStore::secrets(std::string_view account,
                                                          Instant now) const {
  const std::string name(account);
  return readers_->read([&](pg::Connection& connection) -> Result<std::vector<AccountSecret>> {
    pg::SecretsOfAccounts all = pg::read_secrets(connection, {&name, 1}, now);
    return all.empty() ? std::vector<AccountSecret>{} : std::move(all.begin()->second);
  });
}

Result<std::optional<Instant>> PostgresStore::last_claim() const {
  return readers_->read([&](pg::Connection& connection) -> Result<std::optional<Instant>> {
    const pg::Rows rows = connection.run(kLastClaim);
    return rows.empty() ? std::nullopt : rows[0].optional_instant(0);
  });
}

Result<std::vector<ZoneInUse>> PostgresStore::zones() const {
  return readers_->read([&](pg::Connection& connection) -> Result<std::vector<ZoneInUse>> {
    std::vector<ZoneInUse> zones;
    connection.run(kListZones).each([&](const pg::Rows::Row& row) {
      zones.push_back(read_zone(row));
    });
    return zones;
  });
}

Result<std::optional<Job>> PostgresStore::find(std::string_view account, JobId id) const {
  const std::string name(account);
  return readers_->read([&](pg::Connection& connection) -> Result<std::optional<Job>> {
    const pg::Rows rows = connection.run(pg::kFindJob, name, id);
    if (rows.empty()) return std::nullopt;
    return pg::read_job(rows[0], options_.zones);
  });
}

Result<std::unique_ptr<JobIdCursor>> PostgresStore::list(std::string_view account,
                                                         std::optional<JobId> after,
                                                         std::optional<std::uint64_t> limit) const {
  return pg::ListCursor::open(*readers_, std::string(account), after, limit);
}

Result<std::optional<LoggedDelivery>> PostgresStore::find_delivery(std::string_view account,
                                                                   const Delivery& delivery) const {
  const std::string name(account);
  return readers_->read([&](pg::Connection& connection) {
    return in_snapshot(connection, [&]() -> Result<std::optional<LoggedDelivery>> {
      return pg::LogReader(connection).find(name, delivery);
    });
  });
}

Result<std::vector<LoggedDelivery>> PostgresStore::deliveries(std::string_view account,
                                                              const DeliveryFilter& filter,
                                                              std::optional<Delivery> after,
                                                              std::size_t limit) const {
  const std::string name(account);
  return readers_->read([&](pg::Connection& connection) {
    return in_snapshot(connection, [&]() -> Result<std::vector<LoggedDelivery>> {
      return pg::LogReader(connection).list(name, filter, after, limit);
    });
  });
}

Result<StoreCounts> PostgresStore::counts() const {
  return readers_->read([&](pg::Connection& connection) -> Result<StoreCounts> {
    const pg::Rows rows = connection.run(kCounts, pg::kAlive);
    return StoreCounts{static_cast<std::uint64_t>(rows[0].number(0)), rows[0].optional_instant(1),
                       static_cast<std::uint64_t>(rows[0].number(2))};
  });
}

}  // namespace jobsched
