#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "daemon/store/postgres/leases.h"
#include "daemon/store/postgres/transaction.h"
#include "daemon/store/values.h"

namespace jobsched::pg {

// Records how attempts ended, many in a few statements, within a transaction. Members throw
// Exception.
class Recorder {
 public:
  // `leases` are those of this instance; it learns of those that have ended.
  Recorder(Transaction& transaction, Leases& leases) : transaction_(transaction), leases_(leases) {}

  // `Store::record`.
  void record(const std::vector<const AttemptRecord*>& records);

 private:
  // A record, its lease, and where it stands among all.
  struct Held {
    const AttemptRecord* record;
    Lease lease;
    std::int64_t place;
  };

  struct LeaseColumns;

  void retry(const std::vector<Held>& records);
  void retire(const std::vector<Held>& records);
  void end(std::vector<Held> records);
  std::vector<Held> purge(const std::vector<Held>& records);
  std::vector<Held> keep(const std::vector<Held>& records);
  template <class Took>
  std::vector<Held> end_by(const char* statement,
                           const std::vector<Held>& records,
                           const Took& took);

  Transaction& transaction_;
  Leases& leases_;
  std::map<std::int64_t, std::int64_t> taken_;  // by place: the account
};

}  // namespace jobsched::pg
