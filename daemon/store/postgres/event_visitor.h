#pragma once

#include "daemon/store/event_queue.h"
#include "daemon/store/postgres/leases.h"
#include "daemon/store/postgres/transaction.h"

namespace jobsched::pg {

// Carries out one event within a transaction: gives its result. Members throw Exception.
class EventVisitor {
 public:
  EventVisitor(Transaction& transaction, Leases& leases)
      : transaction_(transaction), leases_(leases) {}

  Result<Created> operator()(CreateEvent& event) const;
  Result<std::vector<Created>> operator()(CreateAllEvent& event) const;
  Result<CreatedOnce> operator()(CreateOnceEvent& event) const;
  Result<void> operator()(ReplaceEvent& event) const;
  Result<void> operator()(RemoveEvent& event) const;
  Result<std::vector<JobId>> operator()(RemoveAllEvent& event) const;
  Result<LoggedDelivery> operator()(FireNowEvent& event) const;
  Result<Job> operator()(PauseEvent& event) const;
  Result<Job> operator()(ResumeEvent& event) const;
  Result<LoggedDelivery> operator()(RetryEvent& event) const;
  Result<Claims> operator()(ClaimEvent& event) const;
  Result<void> operator()(RecordEvent& event) const;
  Result<Pruned> operator()(PruneEvent& event) const;
  Result<Rezoned> operator()(RezoneEvent& event) const;
  Result<Rearmed> operator()(RearmEvent& event) const;
  Result<void> operator()(RotateSecretEvent& event) const;
  Result<void> operator()(RemoveSecretsEvent& event) const;
  Result<void> operator()(AddAccountEvent& event) const;
  Result<void> operator()(RotateKeyEvent& event) const;
  Result<void> operator()(RemoveAccountEvent& event) const;

 private:
  Transaction& transaction_;
  Leases& leases_;
};

}  // namespace jobsched::pg
