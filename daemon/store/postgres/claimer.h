#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/store/postgres/corrections.h"
#include "daemon/store/postgres/leases.h"
#include "daemon/store/postgres/transaction.h"
#include "daemon/store/values.h"

namespace jobsched::pg {

// Finds due work and claims it, within a transaction: once, and then it has gone. A statement
// claims what is due, as if each job fired at its next fire time and never again; another one puts
// right what is otherwise. Jobs that another instance is at are passed over. Members throw
// Exception.
class Claimer {
 public:
  // `leases` learns of what was claimed.
  Claimer(Transaction& transaction, Leases& leases, Claimant claimant);

  // `Store::claim_due`. Of the due jobs it fires those that it can claim; the others stay due.
  Claims claim(Instant now, std::size_t limit, Millis misfire_threshold);

 private:
  struct Due;

  std::vector<Due> take_due(std::optional<Instant> now, std::size_t limit);
  void take_some(const char* which,
                 std::optional<Instant> now,
                 std::size_t most,
                 std::vector<Due>& all);
  void fire_job(Due&& due, Job job, Millis misfire_threshold);
  void skip_job(const Due& due, const Job& job, const Firing& firing);
  void attempt_again(const Due& due, Job job);
  void hold(const Due& due, Job job);
  bool put_off(const Due& due, const Job& job, std::optional<Instant> next, Instant fire_time);
  void put_aside(const Due& due, const Error& error);
  void add_secrets(Instant now);

  Transaction& transaction_;
  Leases& leases_;
  Claimant claimant_;
  Corrections corrections_;
  Claims found_;
};

}  // namespace jobsched::pg
