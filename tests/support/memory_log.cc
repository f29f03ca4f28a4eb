#include "tests/support/memory_log.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace jobsched::testing {

namespace {

bool same_key(const Delivery& a, const Delivery& b) {
  return std::tie(a.job, a.fire_time, a.epoch) == std::tie(b.job, b.fire_time, b.epoch);
}

DeliveryState state_after(const Transition& transition) {
  constexpr DeliveryState kStates[]{DeliveryState::kAccepted, DeliveryState::kExhausted,
                                    DeliveryState::kSuperseded, DeliveryState::kWaiting};
  return kStates[transition.index()];
}

std::string reason_of(const Transition& transition) {
  if (const auto* exhausted = std::get_if<Exhausted>(&transition)) return exhausted->reason;
  if (std::holds_alternative<Superseded>(transition)) {
    return "the job's next fire time comes before the next attempt";
  }
  return {};
}

}  // namespace

void MemoryLog::note(const std::string& account, const AttemptRecord& record) {
  if (!record.started) return;
  const AttemptResult& result = record.result;
  rows_.push_back({account, record.delivery, record.ended, state_after(record.transition),
                   reason_of(record.transition),
                   LoggedAttempt{record.delivery.attempt, *record.started, result.fault,
                                 result.status, result.timings, result.error, result.response}});
}

void MemoryLog::note_end(const std::string& account,
                         const Delivery& delivery,
                         DeliveryState state,
                         std::string reason,
                         Instant at) {
  rows_.push_back({account, delivery, at, state, std::move(reason), {}});
}

void MemoryLog::forget(std::string_view account) {
  std::erase_if(rows_, [&](const Row& row) { return row.account == account; });
}

Pruned MemoryLog::prune(Instant before) {
  const auto old = [before](const Row& row) { return row.at < before; };
  return {std::erase_if(rows_, old), false};
}

bool MemoryLog::knows(JobId job) const {
  return std::ranges::any_of(rows_, [job](const Row& row) { return row.delivery.job == job; });
}

std::optional<LoggedDelivery> MemoryLog::find(std::string_view account,
                                              const Delivery& key,
                                              const OutstandingByJob& outstanding) const {
  LoggedDelivery found{.delivery = key, .account = std::string(account)};
  bool any = false;
  for (const Row& row : rows_) {
    if (row.account != account || !same_key(row.delivery, key)) continue;
    any = true;
    found.delivery = row.delivery;
    found.state = row.state;
    found.reason = row.reason;
    found.ended = is_terminal(row.state) ? std::optional{row.at} : std::nullopt;
    if (row.attempt) found.attempts.push_back(*row.attempt);
  }
  const auto entry = outstanding.find(key.job);
  if (entry == outstanding.end() || !same_key(entry->second.delivery, key)) {
    return any ? std::optional{found} : std::nullopt;
  }
  const auto& [delivery, due, in_flight] = entry->second;
  found.delivery = delivery;
  found.state = in_flight ? DeliveryState::kInFlight : DeliveryState::kWaiting;
  if (!in_flight) found.due = due;
  found.ended.reset();
  found.reason.clear();
  return found;
}

std::optional<std::size_t> MemoryLog::last_row(std::string_view account,
                                               const Delivery& key) const {
  for (std::size_t i = rows_.size(); i-- > 0;) {
    if (rows_[i].account == account && same_key(rows_[i].delivery, key)) return i;
  }
  return std::nullopt;
}

// All keys that a list may hold, in its order.
std::vector<Delivery> MemoryLog::in_order(std::string_view account,
                                          const DeliveryFilter& filter,
                                          const OutstandingByJob& outstanding) const {
  std::vector<Delivery> keys;
  const bool of_state = filter.state && !is_terminal(*filter.state) && !filter.job;
  for (std::size_t i = rows_.size(); i-- > 0 && !of_state;) {
    const Row& row = rows_[i];
    if (row.account == account && last_row(account, row.delivery) == i)
      keys.push_back(row.delivery);
  }
  if (!filter.job && !of_state) return keys;
  for (const auto& [job, entry] : outstanding) {
    const auto known = [&](const Delivery& key) { return same_key(key, entry.delivery); };
    if (std::ranges::none_of(keys, known)) keys.push_back(entry.delivery);
  }
  if (filter.job) std::erase_if(keys, [&](const Delivery& key) { return key.job != *filter.job; });
  std::ranges::sort(keys, [](const Delivery& a, const Delivery& b) {
    return std::tie(a.job, a.fire_time, a.epoch) > std::tie(b.job, b.fire_time, b.epoch);
  });
  return keys;
}

std::vector<LoggedDelivery> MemoryLog::list(std::string_view account,
                                            const DeliveryFilter& filter,
                                            std::optional<Delivery> after,
                                            std::size_t limit,
                                            const OutstandingByJob& outstanding) const {
  std::vector<Delivery> keys = in_order(account, filter, outstanding);
  if (after) {
    const auto is_after = [&](const Delivery& key) { return same_key(key, *after); };
    const auto place = std::ranges::find_if(keys, is_after);
    keys.erase(keys.begin(), place == keys.end() ? place : std::next(place));
  }
  std::vector<LoggedDelivery> found;
  for (const Delivery& key : keys) {
    if (found.size() == limit) break;
    const std::optional<std::size_t> row = last_row(account, key);
    if (filter.since && row && rows_[*row].at < *filter.since) continue;
    LoggedDelivery delivery = *find(account, key, outstanding);
    if (!filter.state || delivery.state == *filter.state) found.push_back(std::move(delivery));
  }
  return found;
}

}  // namespace jobsched::testing
