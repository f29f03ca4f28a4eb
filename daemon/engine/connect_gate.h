#pragma once

#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "core/net/network_rules.h"
#include "daemon/clock.h"

namespace jobsched {

// Judges the addresses that are about to be connected to: after the look-up, so that no answer of a
// name server gets around it. Not thread-safe.
class ConnectGate {
 public:
  ConnectGate(NetworkRules rules, const Clock& clock) : rules_(std::move(rules)), clock_(clock) {}

  const NetworkRules& rules() const { return rules_; }

  void set_rules(NetworkRules rules) { rules_ = std::move(rules); }

  Verdict judge(const sockaddr& address);

 private:
  // The addresses of this machine; they may be kOwnAddressesAge old.
  const std::vector<IpAddress>& own_addresses();

  NetworkRules rules_;
  const Clock& clock_;
  std::vector<IpAddress> own_;
  std::optional<std::chrono::steady_clock::time_point> own_listed_;
};

}  // namespace jobsched
