#include "daemon/engine/host_queues.h"

#include <algorithm>
#include <utility>

#include "core/delivery/callback.h"

namespace jobsched {

namespace {

constexpr std::chrono::seconds kLongestDeferral{60};  // a target that recovers is noticed by then
constexpr int kMeanOver = 8;  // attempts: the mean follows a target that turns slow within a few

}  // namespace

bool HostQueues::may_start(const Host& host) const {
  return !host.waiting.empty() && host.in_flight < per_host_;
}

void HostQueues::enlist(Hosts::value_type& entry) {
  Host& host = entry.second;
  if (host.in_turn || !may_start(host)) return;
  host.in_turn = true;
  turns_.push_back(&entry);
}

void HostQueues::forget_if_idle(Hosts::iterator it) {
  const Host& host = it->second;
  if (host.in_flight == 0 && host.waiting.empty() && !host.in_turn) hosts_.erase(it);
}

void HostQueues::add(Claim claim, Instant now) {
  const auto [it, is_new] = hosts_.try_emplace(callback_target(claim.job.spec.url));
  Host& host = it->second;
  if (is_new) host.last_progress = now;
  if (host.last_return <= now) host.allowance.reset();
  host.waiting.push_back({std::move(claim), now});
  ++waiting_;
  if (host.allowance && host.waiting.size() > *host.allowance && !may_start(host)) {
    hand_back_from(host, host.waiting.size() - 1, now);
  }
  enlist(*it);
}

std::optional<HostQueues::Taken> HostQueues::take(Instant now) {
  while (!turns_.empty()) {
    Hosts::value_type& entry = *turns_.front();
    turns_.pop_front();
    auto& [target, host] = entry;
    host.in_turn = false;
    if (!may_start(host)) {  // what waited was handed back since it was listed
      forget_if_idle(hosts_.find(target));
      continue;
    }
    if (host.in_flight == 0) host.last_progress = now;
    ++host.in_flight;
    Taken taken{target, std::move(host.waiting.front().claim)};
    host.waiting.pop_front();
    --waiting_;
    enlist(entry);
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
  enlist(*it);
  forget_if_idle(it);
}

// Every deferred claim of a target takes the next of its slots, which are as far apart as places
// become free there: a mean attempt, or the silence since the last one ended if that is longer,
// divided by the number of places.
Instant HostQueues::return_time(Host& host, std::size_t ahead, Instant now) const {
  const Micros busy = std::max<Micros>(host.mean_duration, now - host.last_progress);
  const Micros slot = std::max(busy / static_cast<Micros::rep>(per_host_), Micros{1});
  const FineInstant queue_done = now + slot * static_cast<Micros::rep>(ahead);
  const FineInstant latest = now + kLongestDeferral;
  host.last_return = std::min(std::max(host.last_return, queue_done) + slot, latest);
  return std::chrono::ceil<Millis>(host.last_return);
}

// Everything that waits from place `first` on.
void HostQueues::hand_back_from(Host& host, std::size_t first, Instant now) {
  const auto begin = host.waiting.begin() + static_cast<std::ptrdiff_t>(first);
  for (auto it = begin; it != host.waiting.end(); ++it) {
    handed_back_.push_back({std::move(it->claim), return_time(host, first, now)});
  }
  waiting_ -= host.waiting.size() - first;
  host.waiting.erase(begin, host.waiting.end());
}

void HostQueues::defer_surplus(std::size_t keep, Instant now) {
  const auto queues = static_cast<std::size_t>(
      std::ranges::count_if(hosts_, [](const auto& e) { return !e.second.waiting.empty(); }));
  if (queues == 0) return;
  const std::size_t share = keep / queues;
  for (auto& [target, host] : hosts_) {
    if (host.waiting.size() <= share) continue;
    hand_back_from(host, share, now);
    host.allowance = share;
  }
}

void HostQueues::hand_back_stale(Millis longest, Instant now) {
  for (auto it = hosts_.begin(); it != hosts_.end();) {
    Host& host = it->second;
    while (!host.waiting.empty() && now - host.waiting.front().since > longest) {
      Claim claim = std::move(host.waiting.front().claim);
      host.waiting.pop_front();
      --waiting_;
      handed_back_.push_back({std::move(claim), return_time(host, host.waiting.size(), now)});
    }
    forget_if_idle(it++);
  }
}

void HostQueues::hand_back_early(Instant now) {
  const auto is_early = [now](const Waiting& w) { return w.claim.delivery.fire_time > now; };
  for (auto it = hosts_.begin(); it != hosts_.end();) {
    auto& waiting = it->second.waiting;
    for (Waiting& entry : waiting) {
      if (!is_early(entry)) continue;
      const Instant due = entry.claim.delivery.fire_time;
      handed_back_.push_back({entry.claim, due});
    }
    waiting_ -= std::erase_if(waiting, is_early);
    forget_if_idle(it++);
  }
}

void HostQueues::hand_back_all(Instant now) {
  for (auto it = hosts_.begin(); it != hosts_.end();) {
    for (Waiting& entry : it->second.waiting) {
      handed_back_.push_back({std::move(entry.claim), now});
    }
    it->second.waiting.clear();
    forget_if_idle(it++);
  }
  waiting_ = 0;
}

std::vector<HostQueues::HandedBack> HostQueues::take_handed_back() {
  return std::exchange(handed_back_, {});
}

}  // namespace jobsched
