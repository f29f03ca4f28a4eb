#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/error.h"
#include "core/time/zone.h"
#include "daemon/store/queued_store.h"

namespace jobsched {

class Clock;

namespace pg {
class Availability;
class Listener;
class ReaderPool;
class Rest;
class Writer;
struct Libpq;
}  // namespace pg

// By which clock a store goes where instances must agree: for what is due, for leases, and for
// whether the clock was set back.
enum class StoreClock {
  kDatabase,  // the database's, which all instances have in common
  kCaller,    // `now` of each call: for a single caller whose time is not that of a wall
};

struct PostgresStoreOptions {
  // A stored job cannot be read, and is put aside so that it does not hold up the others. Called on
  // the thread that commits.
  std::function<void(const Error&)> damaged;

  // Finds the time zones that jobs are read in. Called on the threads that commit and that read.
  ZoneLookup zones = no_zones;

  // A number of this run of the daemon, and what it is called: its host's name.
  std::uint64_t instance = 0;
  std::string name = {};

  StoreClock clock = StoreClock::kDatabase;

  // As of QueuedStore.
  QueuedStore::Committed committed = [](const CommitReport&) {};
  std::uint64_t jobs_per_account = 0;

  // Older tables are brought to this version's form before `open` returns, which may take minutes.
  // Called before that, by `open`.
  std::function<void()> migrating = [] {};
};

// A store in a PostgreSQL database, for any number of daemons at once.
//
// A group of events is one transaction of the one connection that writes; it is lost when the
// database goes away, and made anew with the next group. If the answer to its COMMIT is lost, the
// database is asked whether it was carried out. Reads have connections of their own. Each instance
// looks for due work at least once a second, whoever created it.
class PostgresStore final : public QueuedStore {
 public:
  // Connects to the database at `uri` (postgresql://…, as libpq reads it), and makes its tables if
  // there are none. Errors: kInvalid for what a restart does not mend: a URI that is none, a
  // server too old, an encoding that cannot hold everything, tables of a newer
  // version; kUnavailable if the database cannot be reached; kForbidden, kInternal.
  static Result<std::unique_ptr<PostgresStore>> open(const std::string& uri,
                                                     PostgresStoreOptions options);
  ~PostgresStore() override;

  PostgresStore(const PostgresStore&) = delete;
  PostgresStore& operator=(const PostgresStore&) = delete;

  Result<std::vector<Account>> accounts() const override;
  Result<std::optional<CreatedOnce>> find_created(const IdempotencyKey& key,
                                                  Instant now) const override;
  Result<std::vector<AccountSecret>> secrets(std::string_view account, Instant now) const override;
  Result<std::optional<Instant>> last_claim() const override;
  Result<std::vector<ZoneInUse>> zones() const override;
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
  Result<StoreCounts> counts() const override;

  void await_news(const std::function<void()>& on_news) override;
  void stop_waiting() override;

 private:
  PostgresStore(std::unique_ptr<pg::Libpq> pq,
                const std::string& uri,
                PostgresStoreOptions options);

  GroupOutcome commit(std::span<StoreEvent> events) override;
  void answered() override;

  std::unique_ptr<pg::Libpq> pq_;
  PostgresStoreOptions options_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<pg::Availability> availability_;
  std::unique_ptr<pg::Rest> rest_;
  std::unique_ptr<pg::ReaderPool> readers_;
  std::unique_ptr<pg::Writer> writer_;
  std::unique_ptr<pg::Listener> listener_;
};

}  // namespace jobsched
