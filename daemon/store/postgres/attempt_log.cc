#include "daemon/store/postgres/attempt_log.h"

#include <set>
#include <utility>

#include "daemon/store/log_sequel.h"

namespace jobsched::pg {

namespace {

// Ids are given in the order of the arrays.
constexpr auto kNote =
    "INSERT INTO jobsched.attempts (account, id, job, fire_time, epoch, attempt, at, state, reason,"
    " started, fault, status, error, response, dns, connect, tls, first_byte, total)"
    " SELECT account, nextval('jobsched.attempt_ids'), job, fire_time, epoch, attempt, at, state,"
    " reason, started, fault, status, error, response, dns, connect, tls, first_byte, total"
    " FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],"
    " $7::bigint[], $8::bytea[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bytea[],"
    " $13::bytea[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[])"
    " AS v (account, job, fire_time, epoch, attempt, at, state, reason, started, fault, status,"
    " error, response, dns, connect, tls, first_byte, total)";

// Attempts that one step forgets: what it takes of the disk's time others wait for. Ids rise with
// time, but for a clock that was set back: what was recorded while it was ahead stays until its
// time comes, without keeping what comes after it.
constexpr std::int64_t kStep = 500;
constexpr auto kForget =
    "WITH old AS ("
    " SELECT o.account, o.id FROM jobsched.accounts a CROSS JOIN LATERAL"
    " (SELECT account, id, at FROM jobsched.attempts WHERE account = a.id ORDER BY id"
    " LIMIT $2::bigint) o WHERE o.at < $1::bigint LIMIT $2::bigint)"
    " DELETE FROM jobsched.attempts t USING old WHERE t.account = old.account AND t.id = old.id"
    " RETURNING t.account, t.job";
constexpr auto kDropForgotten =
    "DELETE FROM jobsched.retired_jobs r USING unnest($1::bigint[], $2::uuid[]) AS v (account, job)"
    " WHERE r.account = v.account AND r.id = v.job"
    " AND NOT EXISTS (SELECT FROM jobsched.attempts WHERE job = r.id)";

std::int64_t number_of(auto value) {
  return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> micros(std::optional<Micros> time) {
  return time ? std::optional{std::int64_t{time->count()}} : std::nullopt;
}

constexpr std::optional<std::int64_t> kNoNumber;
constexpr std::optional<Blob> kNoBytes;

}  // namespace

template <class... Values>
void AttemptLog::add(const Values&... values) {
  static_assert(sizeof...(values) == kColumns);
  std::size_t column = 0;
  (notes_[column++].add(values), ...);
  noted_ = true;
}

void AttemptLog::note(std::int64_t account, const AttemptRecord& record) {
  if (!record.started) return;
  const auto& [delivery, token, started, ended, result, transition] = record;
  const Sequel sequel = sequel_of(transition);
  const AttemptTimings& timings = result.timings;
  add(account, delivery.job, delivery.fire_time, std::int64_t{delivery.epoch},
      std::int64_t{delivery.attempt}, ended, number_of(sequel.state),
      sequel.reason ? std::optional{Blob{*sequel.reason}} : kNoBytes, *started,
      number_of(result.fault), std::int64_t{result.status}, Blob{result.error},
      Blob{result.response}, micros(timings.dns), micros(timings.connect), micros(timings.tls),
      micros(timings.first_byte), std::int64_t{timings.total.count()});
}

void AttemptLog::note_end(std::int64_t account,
                          const Delivery& delivery,
                          DeliveryState state,
                          const std::string& reason,
                          Instant at) {
  add(account, delivery.job, delivery.fire_time, std::int64_t{delivery.epoch},
      std::int64_t{delivery.attempt}, at, number_of(state), Blob{reason}, kNoNumber, kNoNumber,
      kNoNumber, kNoBytes, kNoBytes, kNoNumber, kNoNumber, kNoNumber, kNoNumber, kNoNumber);
}

void AttemptLog::queue_notes() {
  if (!std::exchange(noted_, false)) return;
  std::apply([this](const auto&... columns) { connection_.queue(kNote, columns...); },
             std::exchange(notes_, {}));
}

void AttemptLog::forget() {
  notes_ = {};
  noted_ = false;
}

Pruned AttemptLog::prune(Instant before) {
  const Rows forgotten = connection_.run(kForget, before, kStep);
  std::set<std::pair<std::int64_t, JobId>> jobs;
  forgotten.each([&](const Rows::Row& row) { jobs.emplace(row.number(0), row.id(1)); });
  if (!jobs.empty()) {
    Array accounts;
    Array ids;
    for (const auto& [account, id] : jobs) {
      accounts.add(account);
      ids.add(id);
    }
    connection_.run(kDropForgotten, accounts, ids);
  }
  return {static_cast<std::uint64_t>(forgotten.size()), forgotten.size() == kStep};
}

}  // namespace jobsched::pg
