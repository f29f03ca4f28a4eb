#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/store/postgres/connection.h"
#include "daemon/store/values.h"

namespace jobsched::pg {

// Writes the attempt log, within the transaction that is open on a connection: what is noted goes
// to the table with `queue_notes`. Members throw Exception.
class AttemptLog {
 public:
  explicit AttemptLog(Connection& connection) : connection_(connection) {}

  // Notes an attempt that has ended; nothing of one that never began.
  void note(std::int64_t account, const AttemptRecord& record);

  // Notes that `delivery` ended at `at` in `state` after its last attempt, 0 if there was none, for
  // a reason in words.
  void note_end(std::int64_t account,
                const Delivery& delivery,
                DeliveryState state,
                const std::string& reason,
                Instant at);

  // Queues what writes that, if there is anything. Whoever reads the log calls it before.
  void queue_notes();

  // Forgets what was noted and not queued.
  void forget();

  // `Store::prune`.
  Pruned prune(Instant before);

 private:
  static constexpr std::size_t kColumns = 18;

  template <class... Values>
  void add(const Values&... values);

  Connection& connection_;
  std::array<Array, kColumns> notes_;
  bool noted_ = false;
};

}  // namespace jobsched::pg
