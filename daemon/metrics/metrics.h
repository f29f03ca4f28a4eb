#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/delivery/delivery.h"
#include "core/time/instant.h"
#include "daemon/metrics/counter.h"
#include "daemon/metrics/exposition.h"
#include "daemon/metrics/histogram.h"
#include "daemon/metrics/process.h"

namespace jobsched {

// What happens in a daemon, as numbers that only rise. Each part is given to whoever counts it; any
// thread may read.

struct StoreMetrics {
  StoreMetrics();

  Counter created;  // jobs
  Counter fired;    // fire times that became deliveries
  Counter skipped;  // misfires that their jobs do not make up for
  Histogram commits;
  Counter failed_commits;
};

struct EngineMetrics {
  static constexpr std::size_t kOutcomes = 6;

  EngineMetrics();

  void started(const Delivery& delivery, Instant now);

  void ended(Outcome outcome) { ended_by[static_cast<std::size_t>(outcome)].add(); }

  // Attempts under way.
  std::uint64_t in_flight() const;

  Counter attempts;
  std::array<Counter, kOutcomes> ended_by;  // attempts, by outcome
  Histogram lateness;                       // from fire time to first attempt
};

struct HttpMetrics {
  static constexpr std::size_t kClasses = 5;

  void answered(int status);

  std::array<Counter, kClasses> answers;  // by the first digit of the status
};

// What is looked up for the purpose.
struct Sample {
  std::optional<std::uint64_t> pending;    // jobs; absent if the store cannot say
  std::optional<Millis> overdue;           // likewise: by how much the earliest work due is late
  std::optional<std::uint64_t> instances;  // likewise: daemons that share the store and are alive
  std::size_t connections = 0;             // open, of the API's listeners
  Instant started;                         // the process
  ProcessUsage process;
};

struct Metrics {
  StoreMetrics store;
  EngineMetrics engine;
  HttpMetrics http;

  // All of them with the sample, as Prometheus reads them. Never throws.
  std::string write(const Sample& sample) const;
};

}  // namespace jobsched
