#include "daemon/store/open_store.h"

#include <unistd.h>

#include <array>
#include <utility>

#include "daemon/store/postgres/postgres_store.h"
#include "daemon/store/sqlite_store.h"
#include "daemon/store/store_address.h"

namespace jobsched {

namespace {

// What admins call this machine.
std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

SqliteStoreOptions sqlite_options(StoreOptions options) {
  SqliteStoreOptions sqlite{std::move(options.fatal), std::move(options.damaged)};
  sqlite.zones = std::move(options.zones);
  sqlite.committed = std::move(options.committed);
  sqlite.jobs_per_account = options.jobs_per_account;
  sqlite.migrating = std::move(options.migrating);
  return sqlite;
}

PostgresStoreOptions postgres_options(StoreOptions options) {
  PostgresStoreOptions postgres{std::move(options.damaged)};
  postgres.zones = std::move(options.zones);
  postgres.instance = options.instance;
  postgres.name = host_name();
  postgres.committed = std::move(options.committed);
  postgres.jobs_per_account = options.jobs_per_account;
  postgres.migrating = std::move(options.migrating);
  return postgres;
}

}  // namespace

Result<std::unique_ptr<QueuedStore>> open_store(const std::string& address, StoreOptions options) {
  const auto as_store = [](auto store) { return std::unique_ptr<QueuedStore>(std::move(store)); };
  if (is_database(address)) {
    return PostgresStore::open(address, postgres_options(std::move(options))).map(as_store);
  }
  return SqliteStore::open(address, sqlite_options(std::move(options))).map(as_store);
}

}  // namespace jobsched
