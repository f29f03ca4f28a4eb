#include "daemon/store/postgres/event_visitor.h"

#include <utility>
#include <vector>

#include "daemon/store/postgres/account_control.h"
#include "daemon/store/postgres/claimer.h"
#include "daemon/store/postgres/creator.h"
#include "daemon/store/postgres/job_control.h"
#include "daemon/store/postgres/rearmer.h"
#include "daemon/store/postgres/recorder.h"
#include "daemon/store/postgres/rezoner.h"

namespace jobsched::pg {

Result<Created> EventVisitor::operator()(CreateEvent& event) const {
  return Creator(transaction_).create_all({&event.job, 1}).map([](const auto& all) {
    return all.front();
  });
}

Result<std::vector<Created>> EventVisitor::operator()(CreateAllEvent& event) const {
  return Creator(transaction_).create_all(event.jobs);
}

Result<CreatedOnce> EventVisitor::operator()(CreateOnceEvent& event) const {
  return Creator(transaction_).create_once(event.key, event.jobs, event.now);
}

Result<void> EventVisitor::operator()(ReplaceEvent& event) const {
  return Creator(transaction_)
      .replace(event.account, event.id, event.expected, event.spec, event.next, event.now);
}

Result<void> EventVisitor::operator()(RemoveEvent& event) const {
  return JobControl(transaction_).remove(event.account, event.id, event.expected, event.now);
}

Result<std::vector<JobId>> EventVisitor::operator()(RemoveAllEvent& event) const {
  return JobControl(transaction_).remove_all(event.account, event.ids, event.now);
}

Result<LoggedDelivery> EventVisitor::operator()(FireNowEvent& event) const {
  return JobControl(transaction_).fire_now(event.account, event.id, event.now);
}

Result<Job> EventVisitor::operator()(PauseEvent& event) const {
  return JobControl(transaction_).pause(event.account, event.id);
}

Result<Job> EventVisitor::operator()(ResumeEvent& event) const {
  return JobControl(transaction_).resume(event.account, event.id, event.now);
}

Result<LoggedDelivery> EventVisitor::operator()(RetryEvent& event) const {
  return JobControl(transaction_).retry(event.account, event.delivery, event.now);
}

Result<Claims> EventVisitor::operator()(ClaimEvent& event) const {
  return Claimer(transaction_, leases_, event.claimant)
      .claim(event.now, event.limit, event.misfire_threshold);
}

Result<void> EventVisitor::operator()(RecordEvent& event) const {
  std::vector<const AttemptRecord*> records;
  for (const AttemptRecord& record : event.records)
    records.push_back(&record);
  Recorder(transaction_, leases_).record(records);
  return {};
}

Result<Pruned> EventVisitor::operator()(PruneEvent& event) const {
  transaction_.log.queue_notes();
  return transaction_.log.prune(event.before);
}

Result<Rezoned> EventVisitor::operator()(RezoneEvent& event) const {
  return Rezoner(transaction_).rezone(event.rezoning, event.now);
}

Result<Rearmed> EventVisitor::operator()(RearmEvent& event) const {
  return Rearmer(transaction_).rearm(event.rearming);
}

Result<void> EventVisitor::operator()(RotateSecretEvent& event) const {
  return AccountControl(transaction_)
      .rotate_secret(event.account, event.secret, event.now, event.overlap);
}

Result<void> EventVisitor::operator()(RemoveSecretsEvent& event) const {
  AccountControl(transaction_).remove_secrets(event.account);
  return {};
}

Result<void> EventVisitor::operator()(AddAccountEvent& event) const {
  return AccountControl(transaction_).add(event.name, event.key, event.now);
}

Result<void> EventVisitor::operator()(RotateKeyEvent& event) const {
  return AccountControl(transaction_).rotate_key(event.name, event.key);
}

Result<void> EventVisitor::operator()(RemoveAccountEvent& event) const {
  return AccountControl(transaction_).remove(event.removal);
}

}  // namespace jobsched::pg
