#include "daemon/store/postgres/postgres_store.h"

#include <chrono>
#include <span>
#include <string>
#include <utility>

#include "daemon/clock.h"
#include "daemon/store/postgres/availability.h"
#include "daemon/store/postgres/connection.h"
#include "daemon/store/postgres/libpq.h"
#include "daemon/store/postgres/listener.h"
#include "daemon/store/postgres/postgres_error.h"
#include "daemon/store/postgres/reader_pool.h"
#include "daemon/store/postgres/schema.h"
#include "daemon/store/postgres/writer.h"

namespace jobsched {

namespace {

// A change of the tables may rewrite them.
constexpr std::chrono::hours kMigrationPatience{1};

}  // namespace

Result<std::unique_ptr<PostgresStore>> PostgresStore::open(const std::string& uri,
                                                           PostgresStoreOptions options) {
  Result<pg::Libpq> pq = pg::Libpq::load();
  if (!pq) return tl::unexpected(pq.error());
  if (Result<void> sound = pq->check(uri); !sound) return tl::unexpected(sound.error());
  return pg::guarded([&]() -> Result<std::unique_ptr<PostgresStore>> {
    auto connection = std::make_unique<pg::Connection>(*pq, pg::Target{uri, kMigrationPatience});
    if (auto ready = pg::migrate(*connection, options.migrating); !ready) {
      return tl::unexpected(ready.error());
    }
    return std::unique_ptr<PostgresStore>(
        new PostgresStore(std::make_unique<pg::Libpq>(*pq), uri, std::move(options)));
  });
}

PostgresStore::PostgresStore(std::unique_ptr<pg::Libpq> pq,
                             const std::string& uri,
                             PostgresStoreOptions options)
    : QueuedStore(options.committed, options.jobs_per_account),
      pq_(std::move(pq)),
      options_(std::move(options)),
      clock_(std::make_unique<SystemClock>()),
      availability_(std::make_unique<pg::Availability>()),
      rest_(std::make_unique<pg::Rest>()),
      readers_(std::make_unique<pg::ReaderPool>(*pq_, pg::Target{uri}, *availability_, *clock_)),
      writer_(
          std::make_unique<pg::Writer>(*pq_,
                                       pg::Target{uri},
                                       *availability_,
                                       *clock_,
                                       *rest_,
                                       pg::WriterOptions{options_.instance, options_.name,
                                                         options_.clock == StoreClock::kDatabase,
                                                         options_.zones, options_.damaged})),
      listener_(std::make_unique<pg::Listener>(
          *pq_, pg::Target{uri}, *rest_, std::to_string(options_.instance))) {}

PostgresStore::~PostgresStore() = default;

GroupOutcome PostgresStore::commit(std::span<StoreEvent> events) {
  return writer_->commit(events, jobs_per_account());
}

void PostgresStore::answered() {
  writer_->notify();
}

void PostgresStore::await_news(const std::function<void()>& on_news) {
  listener_->listen(on_news);
}

void PostgresStore::stop_waiting() {
  QueuedStore::stop_waiting();
  listener_->stop();
  rest_->stop();
}

}  // namespace jobsched
