#include "daemon/engine/host_queues.h"

#include <algorithm>
#include <utility>

#include "core/delivery/callback.h"

namespace jobsched {

namespace {

constexpr std::chrono::seconds kLongestDeferral{60};  // a target that recovers is noticed by then
constexpr Micros kAhead{20'000};        // a target's work until more is claimed, at its pace …
constexpr std::size_t kLeastAhead = 2;  // … or as often as this what it has places for
constexpr int kMeanOver = 8;  // attempts: the mean follows a target that turns slow within a few

}  // namespace

bool HostQueues::may_start(const Host& host) const {
  return host.waiting > 0 && host.in_flight < per_host_;
}

void HostQueues::enlist(const std::string& account, Lane& lane) {
  if (lane.in_turn || lane.waiting.empty() || !may_start(lane.host->second)) return;
  lane.in_turn = true;
  turns_.add(account, lane);
}

void HostQueues::enlist_all(Host& host) {
  for (auto& [account, lane] : host.lanes)
    enlist(account, lane);
}

void HostQueues::set_per_host(std::size_t per_host) {
  per_host_ = per_host;
  for (auto& [target, host] : hosts_)
    enlist_all(host);
}

void HostQueues::forget_if_idle(Hosts::iterator it) {
  Host& host = it->second;
  std::erase_if(host.lanes, [](const auto& entry) {
    return entry.second.waiting.empty() && !entry.second.in_turn;
  });
  if (host.in_flight == 0 && host.lanes.empty()) hosts_.erase(it);
}

void HostQueues::add(Claim claim, Instant now) {
  const auto [it, is_new] = hosts_.try_emplace(callback_target(claim.job.spec.url));
  Host& host = it->second;
  if (is_new) host.last_progress = now;
  if (host.last_return <= now) host.allowance.reset();
  if (host.allowance && host.waiting >= *host.allowance && host.in_flight >= per_host_) {
    handed_back_.push_back({std::move(claim), return_time(host, host.waiting, now)});
    return;
  }
  const auto lane = host.lanes.try_emplace(claim.job.account).first;
  lane->second.host = &*it;
  lane->second.waiting.push_back({std::move(claim), now});
  ++host.waiting;
  ++waiting_;
  enlist(lane->first, lane->second);
}

std::optional<HostQueues::Taken> HostQueues::take(Instant now) {
  while (Lane* lane = turns_.next()) {
    auto& [target, host] = *lane->host;
    lane->in_turn = false;
    if (lane->waiting.empty() || !may_start(host)) {  // so it was not when it was listed
      forget_if_idle(hosts_.find(target));
      continue;
    }
    if (host.in_flight == 0) host.last_progress = now;
    ++host.in_flight;
    Taken taken{target, std::move(lane->waiting.front().claim)};
    lane->waiting.pop_front();
    --host.waiting;
    --waiting_;
    enlist(taken.claim.job.account, *lane);
    return taken;
  }
  return std::nullopt;
}

void HostQueues::finished(const std::string& target, Millis duration, Instant now) {
  const auto it = hosts_.find(target);
  Host& host = it->second;
  --host.in_flight;
  host.last_progress = now;
  const Micros took = std::max(duration, Millis{0});
  host.mean_duration = host.mean_duration == Micros{0}
                           ? took
                           : host.mean_duration + (took - host.mean_duration) / kMeanOver;
  enlist_all(host);
  forget_if_idle(it);
}

// As far apart as places become free at a target: a mean attempt, or the silence since the last one
// ended if that is longer, divided by the number of places.
Micros HostQueues::slot_of(const Host& host, Instant now) const {
  const Micros busy = std::max<Micros>(host.mean_duration, now - host.last_progress);
  return std::max(busy / static_cast<Micros::rep>(per_host_), Micros{1});
}

// Every deferred claim of a target takes the next of its slots.
Instant HostQueues::return_time(Host& host, std::size_t ahead, Instant now) const {
  const Micros slot = slot_of(host, now);
  const FineInstant queue_done = now + slot * static_cast<Micros::rep>(ahead);
  const FineInstant latest = now + kLongestDeferral;
  host.last_return = std::min(std::max(host.last_return, queue_done) + slot, latest);
  return std::chrono::ceil<Millis>(host.last_return);
}

// How many claims may wait at a target that has no free place.
std::size_t HostQueues::enough_for(const Host& host, Instant now) const {
  if (host.allowance && host.last_return > now) return *host.allowance;
  const std::size_t least = kLeastAhead * per_host_;
  if (host.mean_duration <= Micros{0}) return least;
  return std::max(least, per_host_ * static_cast<std::size_t>(kAhead / host.mean_duration));
}

std::vector<FullTarget> HostQueues::full_targets(Instant now) const {
  std::vector<FullTarget> full;
  for (const auto& [target, host] : hosts_) {
    if (host.in_flight < per_host_ || host.waiting < enough_for(host, now)) continue;
    const Micros slot = slot_of(host, now);
    const FineInstant queue_done = now + slot * static_cast<Micros::rep>(host.waiting);
    full.push_back({target, std::max(host.last_return, queue_done), slot, now + kLongestDeferral});
  }
  return full;
}

void HostQueues::put_off(const Deferred& deferred) {
  const auto it = hosts_.find(deferred.target);
  if (it == hosts_.end()) return;
  it->second.last_return = std::max<FineInstant>(it->second.last_return, deferred.due);
}

// Of the account that has the most waiting, again and again; the oldest comes back first.
void HostQueues::hand_back_beyond(Host& host, std::size_t share, Instant now) {
  std::vector<Claim> surplus;
  while (host.waiting > share) {
    const auto longest = std::ranges::max_element(
        host.lanes, {}, [](const auto& entry) { return entry.second.waiting.size(); });
    auto& waiting = longest->second.waiting;
    surplus.push_back(std::move(waiting.back().claim));
    waiting.pop_back();
    --host.waiting;
    --waiting_;
  }
  for (auto it = surplus.rbegin(); it != surplus.rend(); ++it) {
    handed_back_.push_back({std::move(*it), return_time(host, share, now)});
  }
}

void HostQueues::defer_surplus(std::size_t keep, Instant now) {
  const auto queues = static_cast<std::size_t>(
      std::ranges::count_if(hosts_, [](const auto& e) { return e.second.waiting > 0; }));
  if (queues == 0) return;
  const std::size_t share = keep / queues;
  for (auto& [target, host] : hosts_) {
    if (host.waiting <= share) continue;
    hand_back_beyond(host, share, now);
    host.allowance = share;
  }
}

// Hands back what `wanted` gives a time for.
template <class Wanted>
void HostQueues::hand_back_if(const Wanted& wanted) {
  for (auto it = hosts_.begin(); it != hosts_.end();) {
    Host& host = it->second;
    for (auto& [account, lane] : host.lanes) {
      const std::size_t gone = std::erase_if(lane.waiting, [&](Waiting& entry) {
        const std::optional<Instant> due = wanted(host, entry);
        if (due) handed_back_.push_back({std::move(entry.claim), *due});
        return due.has_value();
      });
      host.waiting -= gone;
      waiting_ -= gone;
    }
    forget_if_idle(it++);
  }
}

void HostQueues::hand_back_stale(Millis longest, Instant now) {
  hand_back_if([&](Host& host, const Waiting& entry) -> std::optional<Instant> {
    if (now - entry.since <= longest) return std::nullopt;
    return return_time(host, host.waiting, now);
  });
}

void HostQueues::hand_back_early(Instant now) {
  hand_back_if([now](const Host&, const Waiting& entry) -> std::optional<Instant> {
    const Instant fire_time = entry.claim.delivery.fire_time;
    return fire_time > now ? std::optional{fire_time} : std::nullopt;
  });
}

void HostQueues::hand_back_all(Instant now) {
  hand_back_if([now](const Host&, const Waiting&) { return std::optional{now}; });
}

std::vector<HostQueues::HandedBack> HostQueues::take_handed_back() {
  return std::exchange(handed_back_, {});
}

}  // namespace jobsched
