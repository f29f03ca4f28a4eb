#include "daemon/metrics/metrics.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/version.h"

namespace jobsched {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// From what an idle daemon shows up to what readiness takes for behind, and a day of standing
// still.
constexpr std::array<Micros, 14> kLatenessBounds{
    milliseconds{1},   milliseconds{2},   milliseconds{5}, milliseconds{10}, milliseconds{25},
    milliseconds{100}, milliseconds{500}, seconds{1},      seconds{2},       seconds{10},
    minutes{1},        minutes{10},       minutes{60},     minutes{1'440}};

// From a disk with a cache of its own to one that is about to fail.
constexpr std::array<Micros, 13> kCommitBounds{
    Micros{100},       Micros{250},       Micros{500},        milliseconds{1},  milliseconds{2},
    milliseconds{5},   milliseconds{10},  milliseconds{25},   milliseconds{50}, milliseconds{100},
    milliseconds{250}, milliseconds{500}, milliseconds{2'000}};

constexpr std::array<std::string_view, HttpMetrics::kClasses> kClassNames{"1xx", "2xx", "3xx",
                                                                          "4xx", "5xx"};

constexpr std::array<std::pair<Outcome, std::string_view>, EngineMetrics::kOutcomes> kOutcomeNames{
    {{Outcome::kAccepted, "accepted"},
     {Outcome::kRejected, "rejected"},
     {Outcome::kTimedOut, "timed_out"},
     {Outcome::kUnreachable, "unreachable"},
     {Outcome::kBlocked, "blocked"},
     {Outcome::kInterrupted, "interrupted"}}};

double seconds_of(std::chrono::duration<double> length) {
  return length.count();
}

void write(Exposition& out, const StoreMetrics& store) {
  out.counter("jobsched_jobs_created_total", "Jobs that were created.", store.created.value());
  out.counter("jobsched_fires_total", "Fire times that became deliveries.", store.fired.value());
  out.counter("jobsched_misfires_skipped_total", "Fire times that were missed and not made up for.",
              store.skipped.value());
  out.histogram("jobsched_store_commit_duration_seconds",
                "How long the store took to commit a group of changes to disk.", store.commits);
  out.counter("jobsched_store_commit_failures_total",
              "Groups of changes that the store could not commit.", store.failed_commits.value());
}

void write(Exposition& out, const EngineMetrics& engine) {
  constexpr std::string_view kAttempts = "jobsched_attempts_total";
  out.counters(kAttempts, "Attempts that have ended, by outcome.");
  for (const auto& [outcome, name] : kOutcomeNames) {
    out.labelled(kAttempts, "outcome", name,
                 engine.ended_by.at(static_cast<std::size_t>(outcome)).value());
  }
  out.gauge("jobsched_attempts_in_flight", "Attempts under way.",
            static_cast<double>(engine.in_flight()));
  out.histogram("jobsched_lateness_seconds", "From a fire time to the start of its first attempt.",
                engine.lateness);
}

void write(Exposition& out, const HttpMetrics& http) {
  constexpr std::string_view kRequests = "jobsched_http_requests_total";
  out.counters(kRequests, "Requests that were answered, by class of the status.");
  for (std::size_t i = 0; i < kClassNames.size(); ++i) {
    out.labelled(kRequests, "status", kClassNames.at(i), http.answers.at(i).value());
  }
}

void write(Exposition& out, const Sample& sample) {
  out.info("jobsched_build_info", "The version of this daemon.", "version", version());
  if (sample.pending) {
    out.gauge("jobsched_jobs_pending", "Jobs in the store.", static_cast<double>(*sample.pending));
  }
  if (sample.overdue) {
    out.gauge("jobsched_overdue_seconds",
              "How late the earliest work is that is due and not claimed; 0 if there is none.",
              seconds_of(*sample.overdue));
  }
  if (sample.instances) {
    out.gauge("jobsched_instances",
              "Daemons that share the store and are alive, this one included.",
              static_cast<double>(*sample.instances));
  }
  out.gauge("jobsched_http_connections", "Connections that are open, but for those of admins.",
            static_cast<double>(sample.connections));
  const ProcessUsage& process = sample.process;
  out.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.",
            seconds_of(sample.started.time_since_epoch()));
  out.counter("process_cpu_seconds_total", "Processor time used.", process.cpu_seconds);
  out.gauge("process_resident_memory_bytes", "Resident memory.",
            static_cast<double>(process.resident_bytes));
  out.gauge("process_open_fds", "File descriptors that are open.",
            static_cast<double>(process.open_descriptors));
  out.gauge("process_max_fds", "File descriptors that may be open.",
            static_cast<double>(process.most_descriptors));
}

}  // namespace

StoreMetrics::StoreMetrics() : commits(kCommitBounds) {}

EngineMetrics::EngineMetrics() : lateness(kLatenessBounds) {}

std::uint64_t EngineMetrics::in_flight() const {
  std::uint64_t ended = 0;
  for (const Counter& counter : ended_by)
    ended += counter.value();
  // Others count meanwhile, so that a moment's difference may be the wrong way round.
  return std::max(attempts.value(), ended) - ended;
}

void EngineMetrics::started(const Delivery& delivery, Instant now) {
  attempts.add();
  if (delivery.attempt == 1) lateness.observe(now - delivery.fire_time);
}

void HttpMetrics::answered(int status) {
  const int first_digit = std::clamp(status / 100, 1, static_cast<int>(kClasses));
  answers[static_cast<std::size_t>(first_digit - 1)].add();
}

std::string Metrics::write(const Sample& sample) const {
  Exposition out;
  jobsched::write(out, sample);
  jobsched::write(out, store);
  jobsched::write(out, engine);
  jobsched::write(out, http);
  return std::move(out).take();
}

}  // namespace jobsched
