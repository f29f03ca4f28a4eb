#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/store/postgres/connection.h"

namespace jobsched::pg {

// How a row of `jobs` is to be after it was claimed, where the claim has left it otherwise.
struct Correction {
  std::int64_t account;
  JobId id;
  std::optional<Instant> next;
  std::optional<Instant> fired;
  // Of the delivery; absent: there is none.
  std::optional<Instant> fire_time;
  // Of one that waits; absent: the lease on it holds, or nobody need look.
  std::optional<Instant> due;
  bool leased = false;
  std::optional<std::string> pause_reason = {};  // then the job is paused
};

// Many of them, and rows to delete, for one statement each.
class Corrections {
 public:
  void add(const Correction& correction);
  void remove(std::int64_t account, const JobId& id);

  // Queues what there is to do.
  void queue(Connection& connection);

 private:
  std::array<Array, 8> columns_;
  std::array<Array, 2> removed_;
  bool any_ = false;
  bool any_removed_ = false;
};

}  // namespace jobsched::pg
