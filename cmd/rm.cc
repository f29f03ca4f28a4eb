#include "cmd/rm.h"

#include <vector>

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/ids.h"
#include "cmd/option.h"
#include "core/codec/codec.h"
#include "core/limits.h"

namespace jobsched::cmd {

namespace {

// Deletes jobs, as many in one request as one may ask for.
class Deletion {
 public:
  explicit Deletion(Client& client) : client_(client) {}

  Fallible<void> add(const JobId& id) {
    ids_.push_back(id);
    return ids_.size() < kMaxBulk ? Fallible<void>() : send();
  }

  // Deletes what was added since; says which jobs there were not.
  Fallible<void> send() {
    if (ids_.empty()) return {};
    const std::string body = write_id_list(Format::kJson, ids_);
    ids_.clear();
    const auto answer = client_.send({"POST", "/1/jobs/delete", Format::kJson, body});
    if (!answer) return tl::unexpected(answer.error());
    const auto unknown = read_id_list(Format::kJson, answer->body);
    if (!unknown) return fail(ExitCode::kError, unknown.error().detail);
    for (const JobId& id : *unknown) {
      say("there is no job " + format_job_id(id));
      worst_ = ExitCode::kNotFound;
    }
    return {};
  }

  ExitCode worst() const { return worst_; }

 private:
  Client& client_;
  std::vector<JobId> ids_;
  ExitCode worst_ = ExitCode::kDone;
};

}  // namespace

CLI::App* setup(CLI::App& parent, RmOptions& options) {
  CLI::App* const app = add_command(parent, "rm", "Delete jobs");
  add_arguments(*app, "ID", options.ids, "Which jobs; - reads ids from standard input");
  add_alias(*app, "delete");
  add_footer(*app,
             "Examples:\n"
             "  jobsched rm 0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a\n"
             "  jobsched list | jobsched rm -");
  return app;
}

Fallible<void> run(const RmOptions& options, const Globals& globals) {
  Client client(globals.server);
  Deletion deletion(client);
  const auto each = for_each_id(options.ids, [&](const JobId& id) { return deletion.add(id); });
  const ExitCode met = each ? ExitCode::kDone : each.error().code;
  const auto rest = met == ExitCode::kUnreachable ? Fallible<void>() : deletion.send();
  if (!rest) say(rest.error().message);
  const ExitCode worst =
      worse(worse(met, deletion.worst()), rest ? ExitCode::kDone : rest.error().code);
  if (worst == ExitCode::kDone) return {};
  return fail(worst, {});
}

}  // namespace jobsched::cmd
