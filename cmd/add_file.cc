#include "cmd/add_file.h"

#include <chrono>
#include <cstddef>

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/job_file.h"
#include "cmd/job_text.h"
#include "cmd/local_time.h"
#include "cmd/patience.h"
#include "cmd/progress.h"
#include "core/codec/codec.h"
#include "core/limits.h"

namespace jobsched::cmd {

namespace {

// Within the default of the daemon's limits.body, with room for one more document.
constexpr std::size_t kBatchBytes = 900'000;

// Few enough for the next request to be made, and the one before to be told, soon.
constexpr std::size_t kBatchJobs = 2'000;
static_assert(kBatchJobs <= kMaxBulk);

// The widest limits that a daemon can be given.
Limits widest_limits() {
  Limits limits;
  limits.data = kMaxDataBytes;
  limits.min_interval = std::chrono::seconds{1};
  return limits;
}

// The documents from `first` on that go into one request. Moves `first` behind them.
std::string next_batch(const JobFile& file, std::size_t& first) {
  std::string body = "[";
  for (std::size_t count = 0; first < file.size() && count < kBatchJobs; ++first, ++count) {
    const std::string_view document = file.document(first);
    if (count > 0 && body.size() + document.size() > kBatchBytes) break;
    if (count > 0) body += ',';
    body += document;
  }
  return body + ']';
}

// Stores the jobs of a request; their ids, a line each.
Fallible<std::string> store_batch(Client& client, const std::string& body) {
  const auto answer = client.send({"POST", "/1/jobs", Format::kJson, body});
  if (!answer) return tl::unexpected(answer.error());
  const auto ids = read_id_list(Format::kJson, answer->body);
  if (!ids) return fail(ExitCode::kError, ids.error().detail);
  std::string lines;
  for (const JobId& id : *ids)
    lines += format_job_id(id) + "\n";
  return lines;
}

// Why it ends before all jobs are stored, and how many are.
tl::unexpected<Failure> stop(const Failure& failure, std::size_t stored, std::size_t total) {
  const bool interrupted = failure.code == ExitCode::kInterrupted;
  const std::string why =
      interrupted ? "interrupted; the daemon may store what was just sent" : failure.message;
  return fail(failure.code,
              why + " (" + in_jobs(stored) + " of " + std::to_string(total) + " stored before)");
}

Fallible<void> store(const JobFile& file, const Environment& environment, const ServerAddress& to) {
  // Who ends it must be told how far it has come.
  const HeldInterrupts held;
  Client client(to);
  Progress progress(file.size(), environment);
  for (std::size_t stored = 0; stored < file.size();) {
    progress.show(stored);
    std::size_t next = stored;
    const auto lines = store_batch(client, next_batch(file, next));
    progress.hide();
    if (!lines) return stop(lines.error(), stored, file.size());
    stored = next;
    if (const auto printed = print(*lines).and_then(flush); !printed) {
      return fail(printed.error().code, printed.error().message + " (" + in_jobs(stored) + " of " +
                                            std::to_string(file.size()) + " stored)");
    }
  }
  return {};
}

}  // namespace

Fallible<void> add_file(const std::string& path,
                        bool dry_run,
                        Instant now,
                        const Globals& globals) {
  const ZoneLookup zones = zones_of(globals.environment);
  const Limits limits = widest_limits();
  const auto file = read_job_file(path, [&](const JobDocument& document) {
    return check_new_job(document, limits, zones, now).map([](const JobSpec&) {});
  });
  if (!file) return tl::unexpected(file.error());
  const std::string count = in_jobs(file->size());
  if (dry_run) {
    say(count + " would be stored");
    return {};
  }
  const auto stored = store(*file, globals.environment, globals.server);
  if (!stored) return stored;
  say(count + " stored");
  return {};
}

}  // namespace jobsched::cmd
