#include "daemon/store/postgres/recorder.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>
#include <variant>

namespace jobsched::pg {

namespace {

// $1 to $5 are where the lease is, and whose: account, job, fire time, token and holder. A server
// that has crashed may give a token again, but not to the same holder for the same attempt.
constexpr auto kRetry =
    "UPDATE jobsched.jobs j SET due = v.due, attempt = v.attempt, token = NULL, holder = NULL,"
    " until = NULL"
    " FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],"
    " $7::bigint[], $8::bigint[]) AS v (account, id, fire_time, token, holder, place, due, attempt)"
    " WHERE j.account = v.account AND j.id = v.id AND j.fire_time = v.fire_time"
    " AND j.token = v.token AND j.holder = v.holder RETURNING v.place, v.account";

// A job without a further fire time goes with its delivery.
constexpr auto kPurge =
    "DELETE FROM jobsched.jobs j USING"
    " unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])"
    " AS v (account, id, fire_time, token, holder, place)"
    " WHERE j.account = v.account AND j.id = v.id AND j.fire_time = v.fire_time"
    " AND j.token = v.token AND j.holder = v.holder AND j.next IS NULL AND NOT j.paused"
    " RETURNING v.place, v.account";
constexpr auto kKeep =
    "UPDATE jobsched.jobs j SET due = j.next, fire_time = NULL, fired_in = NULL,"
    " attempt = NULL, token = NULL, holder = NULL, until = NULL FROM"
    " unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])"
    " AS v (account, id, fire_time, token, holder, place)"
    " WHERE j.account = v.account AND j.id = v.id AND j.fire_time = v.fire_time"
    " AND j.token = v.token AND j.holder = v.holder AND (j.next IS NOT NULL OR j.paused)"
    " RETURNING v.place, v.account";

// An exhausted delivery may be tried again, so what its job said is kept.
constexpr auto kDropRetired =
    "DELETE FROM jobsched.retired_jobs r USING unnest($1::bigint[], $2::uuid[]) AS v (account, id)"
    " WHERE r.account = v.account AND r.id = v.id";
constexpr auto kRetire =
    "INSERT INTO jobsched.retired_jobs SELECT j.* FROM jobsched.jobs j"
    " JOIN unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[])"
    " AS v (account, id, fire_time, token, holder) ON j.account = v.account AND j.id = v.id"
    " AND j.fire_time = v.fire_time AND j.token = v.token AND j.holder = v.holder WHERE j.next IS "
    "NULL AND NOT j.paused";

}  // namespace

// Where the leases of records are, and which record each is of.
struct Recorder::LeaseColumns {
  explicit LeaseColumns(const std::vector<Held>& records) {
    for (const Held& held : records) {
      account.add(held.lease.account);
      holder.add(held.lease.holder);
      job.add(held.record->delivery.job);
      fire_time.add(held.record->delivery.fire_time);
      token.add(std::bit_cast<std::int64_t>(held.record->token));
      place.add(held.place);
    }
  }

  Array account;
  Array job;
  Array fire_time;
  Array token;
  Array holder;
  Array place;
};

void Recorder::record(const std::vector<const AttemptRecord*>& records) {
  std::vector<Held> retried;
  std::vector<Held> exhausted;
  std::vector<Held> ended;
  std::int64_t place = 0;
  for (const AttemptRecord* const record : records) {
    const auto token = std::bit_cast<std::int64_t>(record->token);
    const auto lease = leases_.find(token);
    if (lease) {
      const Held held{record, *lease, place};
      const bool retries = std::holds_alternative<RetryAt>(record->transition);
      (retries ? retried : ended).push_back(held);
      if (std::holds_alternative<Exhausted>(record->transition)) exhausted.push_back(held);
      leases_.end(token);
    }
    ++place;
  }
  taken_.clear();
  if (!retried.empty()) retry(retried);
  if (!exhausted.empty()) retire(exhausted);
  end(std::move(ended));
  for (const auto& [at, account] : taken_)
    transaction_.log.note(account, *records.at(static_cast<std::size_t>(at)));
}

void Recorder::retry(const std::vector<Held>& records) {
  const LeaseColumns lease(records);
  Array due;
  Array attempt;
  for (const Held& held : records) {
    const RetryAt& retry = std::get<RetryAt>(held.record->transition);
    due.add(retry.due);
    attempt.add(std::int64_t{retry.attempt});
  }
  const Rows rows =
      transaction_.connection.run(kRetry, lease.account, lease.job, lease.fire_time, lease.token,
                                  lease.holder, lease.place, due, attempt);
  rows.each([&](const Rows::Row& row) { taken_[row.number(0)] = row.number(1); });
}

void Recorder::retire(const std::vector<Held>& records) {
  const LeaseColumns lease(records);
  transaction_.connection.queue(kDropRetired, lease.account, lease.job);
  transaction_.connection.queue(kRetire, lease.account, lease.job, lease.fire_time, lease.token,
                                lease.holder);
}

// Each by the statement that fits what its job was when it was claimed; the few whose jobs were
// paused, resumed or rearmed meanwhile, by the other one.
void Recorder::end(std::vector<Held> records) {
  const auto kept =
      std::ranges::partition(records, [](const Held& held) { return held.lease.last; });
  const std::vector<Held> lasting(kept.begin(), kept.end());
  records.erase(kept.begin(), kept.end());
  const std::vector<Held> now_lasting = purge(records);
  purge(keep(lasting));
  keep(now_lasting);
}

// Both return those that they have left.
std::vector<Recorder::Held> Recorder::purge(const std::vector<Held>& records) {
  return end_by(kPurge, records,
                [this](std::int64_t account) { transaction_.accounts.count(account, -1); });
}

std::vector<Recorder::Held> Recorder::keep(const std::vector<Held>& records) {
  return end_by(kKeep, records, [](std::int64_t) {});
}

template <class Took>
std::vector<Recorder::Held> Recorder::end_by(const char* statement,
                                             const std::vector<Held>& records,
                                             const Took& took) {
  if (records.empty()) return {};
  const LeaseColumns lease(records);
  const Rows rows = transaction_.connection.run(
      statement, lease.account, lease.job, lease.fire_time, lease.token, lease.holder, lease.place);
  rows.each([&](const Rows::Row& row) {
    taken_[row.number(0)] = row.number(1);
    took(row.number(1));
  });
  std::vector<Held> left;
  std::ranges::copy_if(records, std::back_inserter(left),
                       [&](const Held& held) { return !taken_.contains(held.place); });
  return left;
}

}  // namespace jobsched::pg
