#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/store/postgres/corrections.h"
#include "daemon/store/postgres/transaction.h"
#include "daemon/store/values.h"

namespace jobsched::pg {

// Keeps recurring jobs and the rules of their time zones together, within a transaction: one step,
// and then it has gone. Members throw Exception.
class Rezoner {
 public:
  explicit Rezoner(Transaction& transaction) : transaction_(transaction) {}

  // `Store::rezone`.
  Rezoned rezone(const Rezoning& rezoning, Instant now);

 private:
  struct Found {
    Job job;
    std::int64_t account;
    bool outstanding;  // it has a delivery
  };

  void rezone(const Found& found, const Rezoning& rezoning, Instant now);
  void pause(const Found& found, const std::string& reason);
  void go_on(const Found& found, std::optional<Instant> next);
  void note_rules(const Rezoning& rezoning);

  Transaction& transaction_;
  Rezoned done_;
  std::array<Array, 5> changed_;
  bool any_ = false;
  Corrections removed_;
};

}  // namespace jobsched::pg
