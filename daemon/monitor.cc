#include "daemon/monitor.h"

#include <optional>
#include <utility>

namespace jobsched {

Monitor::Monitor(const Log& log, const Clock& clock, std::function<std::size_t()> connections)
    : log_(log),
      clock_(clock),
      connections_(std::move(connections)),
      started_(clock.now()),
      health_(clock) {}

void Monitor::committing() {
  commit_began_ = clock_.steady_now();
}

// Says once that writing fails, and once that it works again, however often it is tried meanwhile.
// Commits without anything to write tell nothing of that.
void Monitor::committed(const CommitReport& report) {
  if (!report.wrote && !report.failure) return;
  StoreMetrics& store = metrics_.store;
  const auto before = health_.committed(report.failure);
  if (report.failure) {
    store.failed_commits.add();
    if (!before) log_.error("the store cannot be written", {{"error", report.failure->detail}});
    return;
  }
  if (before) log_.info("the store can be written again");
  store.commits.observe(std::chrono::floor<Micros>(clock_.steady_now() - commit_began_));
  store.created.add(report.created);
  store.fired.add(report.fired);
  store.skipped.add(report.skipped);
}

std::string Monitor::exposition(const Store& store) const {
  Sample sample;
  if (const Result<StoreCounts> counts = store.counts()) {
    sample.pending = counts->jobs;
    sample.instances = counts->instances;
    sample.overdue = overdue(*counts, clock_.now());
  }
  sample.connections = connections_();
  sample.started = started_;
  sample.process = process_usage();
  return metrics_.write(sample);
}

}  // namespace jobsched
