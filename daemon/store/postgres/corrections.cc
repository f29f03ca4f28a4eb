#include "daemon/store/postgres/corrections.h"

#include <tuple>
#include <utility>

namespace jobsched::pg {

namespace {

constexpr auto kCorrect =
    "UPDATE jobsched.jobs j SET next = v.next, fired = v.fired, fire_time = v.fire_time,"
    " fired_in = CASE WHEN v.fire_time IS NULL THEN NULL ELSE j.fired_in END,"
    " attempt = CASE WHEN v.fire_time IS NULL THEN NULL ELSE j.attempt END,"
    " due = CASE WHEN v.leased THEN j.due ELSE v.due END,"
    " token = CASE WHEN v.leased THEN j.token END,"
    " holder = CASE WHEN v.leased THEN j.holder END,"
    " until = CASE WHEN v.leased THEN j.until END,"
    " paused = j.paused OR v.pause_reason IS NOT NULL,"
    " pause_reason = coalesce(v.pause_reason, j.pause_reason)"
    " FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],"
    " $7::boolean[], $8::text[])"
    " AS v (account, id, next, fired, fire_time, due, leased, pause_reason)"
    " WHERE j.account = v.account AND j.id = v.id";
constexpr auto kRemove =
    "DELETE FROM jobsched.jobs j USING unnest($1::bigint[], $2::uuid[]) AS v (account, id)"
    " WHERE j.account = v.account AND j.id = v.id";

}  // namespace

void Corrections::add(const Correction& correction) {
  const auto reason = correction.pause_reason
                          ? std::optional<std::string_view>(*correction.pause_reason)
                          : std::nullopt;
  auto& [account, id, next, fired, fire_time, due, leased, pause_reason] = columns_;
  account.add(correction.account);
  id.add(correction.id);
  next.add(correction.next);
  fired.add(correction.fired);
  fire_time.add(correction.fire_time);
  due.add(correction.due);
  leased.add(correction.leased);
  pause_reason.add(reason);
  any_ = true;
}

void Corrections::remove(std::int64_t account, const JobId& id) {
  removed_[0].add(account);
  removed_[1].add(id);
  any_removed_ = true;
}

void Corrections::queue(Connection& connection) {
  if (std::exchange(any_, false)) {
    std::apply([&](const auto&... columns) { connection.queue(kCorrect, columns...); },
               std::exchange(columns_, {}));
  }
  if (std::exchange(any_removed_, false)) {
    std::apply([&](const auto&... columns) { connection.queue(kRemove, columns...); },
               std::exchange(removed_, {}));
  }
}

}  // namespace jobsched::pg
