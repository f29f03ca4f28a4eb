#include "cmd/add_file.h"

#include <chrono>
#include <cstddef>
#include <string_view>

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/job_file.h"
#include "cmd/job_text.h"
#include "cmd/local_time.h"
#include "cmd/progress.h"
#include "core/codec/codec.h"
#include "core/limits.h"

namespace jobsched::cmd {

namespace {

// Within the default of the daemon's limits.body, with room for one more document.
constexpr std::size_t kBatchBytes = 900'000;

// The widest limits that a daemon can be given.
Limits widest_limits() {
  Limits limits;
  limits.data = kMaxDataBytes;
  limits.min_interval = std::chrono::seconds{1};
  return limits;
}

Fallible<void> check(const JobFile& file, Instant now, const Globals& globals) {
  const ZoneLookup zones = zones_of(globals.environment);
  for (std::size_t i = 0; i < file.documents.size(); ++i) {
    const auto job = check_new_job(file.documents[i], widest_limits(), zones, now);
    if (job) continue;
    return fail(exit_code(job.error().kind),
                file.place(i) + ": " + name_field(job.error().field, job.error().detail));
  }
  return {};
}

// The documents from `first` on that go into one request. Moves `first` behind them.
std::string next_batch(const JobFile& file, std::size_t& first) {
  std::string body = "[";
  for (std::size_t count = 0; first < file.documents.size() && count < kMaxBulk; ++first, ++count) {
    const std::string document = write_document(Format::kJson, file.documents[first]);
    if (count > 0 && body.size() + document.size() > kBatchBytes) break;
    if (count > 0) body += ',';
    body += document;
  }
  return body + ']';
}

Fallible<void> store_batch(Client& client, const std::string& body) {
  const auto answer = client.send({"POST", "/1/jobs", Format::kJson, body});
  if (!answer) return tl::unexpected(answer.error());
  const auto ids = read_id_list(Format::kJson, answer->body);
  if (!ids) return fail(ExitCode::kError, ids.error().detail);
  std::string lines;
  for (const JobId& id : *ids)
    lines += format_job_id(id) + "\n";
  return print(lines).and_then(flush);
}

Fallible<void> store(const JobFile& file, const Globals& globals) {
  const std::size_t total = file.documents.size();
  Client client(globals.server);
  Progress progress(total);
  for (std::size_t stored = 0; stored < total;) {
    std::size_t next = stored;
    const std::string body = next_batch(file, next);
    const auto done = store_batch(client, body);
    if (!done) {
      return fail(done.error().code, done.error().message + " (" + in_jobs(stored) + " of " +
                                         std::to_string(total) + " stored before)");
    }
    stored = next;
    progress.show(stored);
  }
  return {};
}

}  // namespace

Fallible<void> add_file(const std::string& path,
                        bool dry_run,
                        Instant now,
                        const Globals& globals) {
  const auto file = read_job_file(path);
  if (!file) return tl::unexpected(file.error());
  if (const auto checked = check(*file, now, globals); !checked) return checked;
  const std::string count = in_jobs(file->documents.size());
  if (dry_run) {
    say(count + " would be stored");
    return {};
  }
  if (const auto stored = store(*file, globals); !stored) return stored;
  say(count + " stored");
  return {};
}

}  // namespace jobsched::cmd
