#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/error.h"
#include "daemon/clock.h"
#include "daemon/store/event_queue.h"
#include "daemon/store/postgres/availability.h"
#include "daemon/store/postgres/connection.h"
#include "daemon/store/postgres/leases.h"
#include "daemon/store/postgres/rest.h"
#include "daemon/store/postgres/transaction.h"
#include "daemon/store/queued_store.h"

namespace jobsched::pg {

// What a writer needs to know of its instance.
struct WriterOptions {
  std::uint64_t instance;
  std::string name;
  bool database_clock;
  ZoneLookup zones;
  std::function<void(const Error&)> damaged;
};

// The one connection that writes, and what each event does to the tables. Used by one thread at a
// time.
//
// A group of events is one transaction. Creates and records that stand together are carried out
// together; if a statement is refused, the group begins anew, each event by itself, so that only
// those at fault fail. What meets another instance's transaction is tried again.
//
// The transaction carries the number of the commit in the instance's own row. When the connection
// is lost at a COMMIT, the row says whether it was carried out; it cannot be read before the
// transaction has ended, one way or the other.
class Writer {
 public:
  // Connects, and makes the instance's row. Throws Exception.
  Writer(const Libpq& pq,
         Target target,
         Availability& availability,
         const Clock& clock,
         Rest& rest,
         WriterOptions options);

  // As of QueuedStore.
  GroupOutcome commit(std::span<StoreEvent> events, std::uint64_t jobs_per_account);

  // Tells the other instances if something that is due now was committed since they were told last,
  // but only so often: they look by themselves, too.
  void notify();

 private:
  enum class Care { kTogether, kEachByItself };

  GroupOutcome attempt(std::span<StoreEvent> events, std::uint64_t jobs_per_account);
  bool carry_out(std::span<StoreEvent> events, std::uint64_t jobs_per_account, Care care);
  bool end(Transaction& transaction, bool only_claims);
  void connect();
  void lose(const Exception& exception);
  std::optional<bool> settle();
  void note_news(std::span<const StoreEvent> events);

  const Libpq& pq_;
  Target target_;
  Availability& availability_;
  const Clock& clock_;
  Rest& rest_;
  WriterOptions options_;
  std::unique_ptr<Connection> connection_;  // null: lost
  Leases leases_;
  bool news_ = false;  // something due now was committed that the others do not know of
  std::optional<std::chrono::steady_clock::time_point> notified_;
  std::int64_t commits_ = 0;  // the number of the last that was tried
  bool committing_ = false;   // COMMIT may have been sent
};

}  // namespace jobsched::pg
