#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/time/instant.h"
#include "daemon/engine/turns.h"
#include "daemon/store/values.h"

namespace jobsched {

// Claimed deliveries that wait for a free place at their target (`callback_target`), and how busy
// each target is. Accounts take turns, and so do an account's targets that have a free place;
// within an account and a target the order is that of arrival. Memory is bounded by the claims and
// attempts under way: an idle target is forgotten.
//
// Claims that would wait too long are handed back, to be claimed again later: by then the places
// they held are free for other targets. Those of a crowded target come back one after another at
// the pace at which it has been serving, so that it neither idles nor floods the queue again.
class HostQueues {
 public:
  struct Taken {
    std::string target;
    Claim claim;
  };

  struct HandedBack {
    Claim claim;
    Instant due;  // when it is to be claimed again
  };

  // Requires: per_host >= 1.
  explicit HostQueues(std::size_t per_host) : per_host_(per_host) {}

  // Changes how many attempts may be in flight to one target. Fewer end none; of more, what waits
  // can be taken at once. Requires: per_host >= 1.
  void set_per_host(std::size_t per_host);

  // Adds a claim that arrives at `now`. Beyond the allowance that `defer_surplus` gave its target
  // it is handed back at once.
  void add(Claim claim, Instant now);

  // The next claim to start; it counts as in flight at its target until `finished`. Absent if
  // nothing waits at a target with a free place.
  std::optional<Taken> take(Instant now);

  // Says that an attempt at `target` has ended after `duration`.
  void finished(const std::string& target, Millis duration, Instant now);

  // Hands back the newest claims of each target, so that at most `keep` wait in all, shared evenly
  // between the targets, and a target's share between the accounts.
  void defer_surplus(std::size_t keep, Instant now);

  // The targets without a free place that have as many claims waiting as they will start before
  // more can be claimed, or their allowance: what else is due at them had better not be claimed.
  std::vector<FullTarget> full_targets(Instant now) const;

  // Says that the store has put off as many deliveries to a full target.
  void put_off(const Deferred& deferred);

  // Hands back what has waited longer than `longest`.
  void hand_back_stale(Millis longest, Instant now);

  // Hands back what must not start yet because the clock was set back, due at its fire time.
  void hand_back_early(Instant now);

  // Hands back everything that waits, due at once.
  void hand_back_all(Instant now);

  // What was handed back since the last call.
  std::vector<HandedBack> take_handed_back();

  // How many claims wait.
  std::size_t waiting() const { return waiting_; }

 private:
  struct Waiting {
    Claim claim;
    Instant since;
  };

  struct Host;
  using Hosts = std::unordered_map<std::string, Host>;

  // What waits of one account at one target.
  struct Lane {
    Hosts::value_type* host = nullptr;
    std::deque<Waiting> waiting;
    bool in_turn = false;  // listed in turns_
  };

  struct Host {
    std::size_t in_flight = 0;
    std::size_t waiting = 0;               // in all lanes
    std::map<std::string, Lane> lanes;     // by account
    Micros mean_duration{0};               // of the attempts of late
    Instant last_progress;                 // when one ended, or the first began
    std::optional<std::size_t> allowance;  // how many may wait, while …
    FineInstant last_return;               // … those handed back have not all come back
  };

  bool may_start(const Host& host) const;
  void enlist(const std::string& account, Lane& lane);
  void enlist_all(Host& host);
  void forget_if_idle(Hosts::iterator it);
  void hand_back_beyond(Host& host, std::size_t share, Instant now);
  std::size_t enough_for(const Host& host, Instant now) const;
  Micros slot_of(const Host& host, Instant now) const;
  Instant return_time(Host& host, std::size_t ahead, Instant now) const;
  template <class Wanted>
  void hand_back_if(const Wanted& wanted);

  std::size_t per_host_;
  std::size_t waiting_ = 0;
  Hosts hosts_;
  Turns<Lane> turns_;
  std::vector<HandedBack> handed_back_;
};

}  // namespace jobsched
