#pragma once

#include <cstdint>
#include <string>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "daemon/store/values.h"

namespace jobsched::sql {

// Writes the attempt log, within the transaction that is open on the writing connection; a
// LogReader reads it. Members throw SQLite::Exception.
class AttemptLog {
 public:
  explicit AttemptLog(SQLite::Database& database);

  // Notes an attempt that has ended; nothing of one that never began.
  void note(std::int64_t account, const AttemptRecord& record);

  // Notes that `delivery` ended at `at` in `state` after its last attempt, 0 if there was none, for
  // a reason in words.
  void note_end(std::int64_t account,
                const Delivery& delivery,
                DeliveryState state,
                const std::string& reason,
                Instant at);

  // Ends the outstanding deliveries that `drop`, an execution of a statement that deletes those of
  // `job` and gives their fire time, epoch and last attempt (0: none), takes away. Says whether
  // there was one.
  template <class Run>
  bool end_dropped(Run&& drop,
                   std::int64_t account,
                   const JobId& job,
                   DeliveryState state,
                   const std::string& reason,
                   Instant at) {
    bool any = false;
    for (; drop.step(); any = true) {
      note_end(account, read_dropped(drop, job), state, reason, at);
    }
    return any;
  }

  // `Store::prune`.
  Pruned prune(Instant before);

 private:
  template <class Run>
  static Delivery read_dropped(const Run& drop, const JobId& job) {
    return {job, drop.instant(0), static_cast<std::uint32_t>(drop.number(2)),
            static_cast<std::uint32_t>(drop.number(1))};
  }

  std::int64_t next_id() { return ++last_id_; }

  void prune(std::int64_t account, Instant before, std::size_t& left, Pruned& pruned);

  SQLite::Statement log_attempt_;
  SQLite::Statement list_accounts_;
  SQLite::Statement oldest_;
  SQLite::Statement forget_attempt_;
  SQLite::Statement drop_forgotten_;
  std::int64_t last_id_;
};

}  // namespace jobsched::sql
