#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/delivery/delivery.h"
#include "core/time/instant.h"

namespace jobsched {

// One HTTP request to make: an attempt of a delivery.
struct AttemptRequest {
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  // checked: no control characters
  std::string body;
  Millis connect_timeout{};
  Millis timeout{};  // of the whole attempt, connecting included
};

// The seam to the network: makes attempts, many at a time, in the thread that owns it. Not
// thread-safe. The contract of an attempt: exactly one HTTP request or none at all; no redirect is
// followed, no proxy of the environment used, TLS is verified; connections are made to permitted
// addresses only; it ends within its timeout and reads at most 64 KiB of the answer.
class Deliverer {
 public:
  virtual ~Deliverer() = default;

  // Starts an attempt. `done` is called once, later, from within the owner's event loop and never
  // from `start` itself; it may start further attempts. Never fails: what goes wrong is a result.
  virtual void start(AttemptRequest request, std::function<void(AttemptResult)> done) = 0;

  // Ends every attempt under way; each `done` is called with kInterrupted before this returns.
  virtual void interrupt_all() = 0;

  virtual std::size_t in_flight() const = 0;
};

}  // namespace jobsched
