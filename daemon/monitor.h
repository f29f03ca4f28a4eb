#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "core/error.h"
#include "daemon/clock.h"
#include "daemon/health.h"
#include "daemon/log.h"
#include "daemon/metrics/metrics.h"
#include "daemon/store/commit_report.h"
#include "daemon/store/store.h"

namespace jobsched {

// Watches the parts of a daemon: counts what they do, and says how it goes.
class Monitor {
 public:
  // Both outlive it; the process starts now. `connections` says how many are open.
  Monitor(const Log& log, const Clock& clock, std::function<std::size_t()> connections);

  // Given to whoever counts.
  Metrics& metrics() { return metrics_; }

  const Metrics& metrics() const { return metrics_; }

  // The store is about to commit; it has. On the thread that commits.
  void committing();
  void committed(const CommitReport& report);

  // Whether the daemon can do its work (see `Health::ready`). Any thread.
  Result<void> ready(const Store& store) const { return health_.ready(store); }

  // Why the store cannot be written, from the commit that fails to one that does not. Any thread.
  std::optional<std::string> store_fault() const { return health_.failure(); }

  // The metrics as Prometheus reads them. Any thread.
  std::string exposition(const Store& store) const;

 private:
  const Log& log_;
  const Clock& clock_;
  std::function<std::size_t()> connections_;
  Instant started_;
  Health health_;
  Metrics metrics_;
  std::chrono::steady_clock::time_point commit_began_;
};

}  // namespace jobsched
