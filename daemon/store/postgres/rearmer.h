#pragma once

#include "daemon/store/postgres/transaction.h"
#include "daemon/store/values.h"

namespace jobsched::pg {

// Takes jobs and deliveries to a clock that was set back, within a transaction: one step, and then
// it has gone. By the database's clock it does nothing while that goes on: an instance whose own
// clock was set back is no reason to fire anything again. Members throw Exception.
class Rearmer {
 public:
  explicit Rearmer(Transaction& transaction) : transaction_(transaction) {}

  // `Store::rearm`.
  Rearmed rearm(const Rearming& rearming);

 private:
  bool is_due(const Rearming& rearming);
  void begin(const Rearming& rearming);

  Transaction& transaction_;
  Rearmed done_;
};

}  // namespace jobsched::pg
