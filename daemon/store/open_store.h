#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/error.h"
#include "core/time/zone.h"
#include "daemon/store/queued_store.h"

namespace jobsched {

// What a daemon gives its store, of whichever kind; see SqliteStoreOptions and
// PostgresStoreOptions.
struct StoreOptions {
  std::function<void(const Error&)> fatal;
  std::function<void(const Error&)> damaged;
  QueuedStore::Committed committed;
  std::function<void()> migrating;
  ZoneLookup zones;
  std::uint64_t jobs_per_account = 0;
  std::uint64_t instance = 0;
};

// Opens the store at `address`: the path of a file, or the URI of a PostgreSQL database. Errors: as
// of SqliteStore::open or PostgresStore::open.
Result<std::unique_ptr<QueuedStore>> open_store(const std::string& address, StoreOptions options);

}  // namespace jobsched
