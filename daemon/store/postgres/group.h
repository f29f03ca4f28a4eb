#pragma once

#include <cstddef>
#include <span>

#include "daemon/store/event_queue.h"
#include "daemon/store/postgres/leases.h"
#include "daemon/store/postgres/transaction.h"

namespace jobsched::pg {

// Carries out the events of a group in their order, within a transaction, and gives each its
// result. Members throw Exception.
class Group {
 public:
  Group(Transaction& transaction, Leases& leases, std::span<StoreEvent> events)
      : transaction_(transaction), leases_(leases), events_(events) {}

  // Creates and records that stand next to each other go in one statement; they and claims need no
  // savepoints. A statement that is refused ends it all: nothing says which event is at fault.
  void carry_out_together();

  // Only the events whose statements are refused fail.
  void carry_out_each();

 private:
  std::size_t take_creates(std::size_t first);
  std::size_t take_records(std::size_t first);
  void carry_out(StoreEvent& event);
  template <class Event>
  void try_event(Event& event);
  template <class Event>
  bool attempt(Event& event, bool last);

  Transaction& transaction_;
  Leases& leases_;
  std::span<StoreEvent> events_;
};

}  // namespace jobsched::pg
