#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/job/document.h"
#include "core/job/id.h"
#include "core/limits.h"
#include "core/net/network_rules.h"
#include "daemon/api/call.h"
#include "daemon/api/target.h"
#include "daemon/clock.h"
#include "daemon/store/store.h"

namespace jobsched {

// The spec of a job, or why its callback could never be sent. Errors: kInvalid, kForbidden.
Result<JobSpec> check_target(JobSpec spec, const NetworkRules& network);

// The calls of the API that create jobs. Every document is checked before the first job is stored.
//
// A request with an Idempotency-Key that was carried out before is answered as it was then, without
// creating anything: it is read by the clock of that time, so that a job that was due meanwhile is
// not refused.
//
// The answer of a request without a key is made at once and released by its commit.
//
// Methods are called on one thread; answers may leave on the thread that commits.
class CreateApi {
 public:
  struct Dependencies {
    Store& store;
    const Clock& clock;
    std::function<std::uint64_t()> random;  // for ids
    std::function<void(Instant)> on_due;    // a job due then is stored; called on any thread
    ZoneLookup zones;
    NetworkRules network;
  };

  CreateApi(Limits limits, Dependencies dependencies)
      : limits_(limits), dependencies_(std::move(dependencies)) {}

  // Goes by other limits and rules from the next call on.
  void set(Limits limits, const NetworkRules& network) {
    limits_ = limits;
    dependencies_.network = network;
  }

  // Creates what the documents of the body say.
  void answer(Call call);

  // Creates the job of a path, whose payload is the body.
  void answer(Call call, const PathJobTarget& target);

 private:
  // How a request is carried out.
  struct Creation {
    Instant now;
    std::optional<IdempotencyKey> key = {};
    std::optional<CreatedOnce> before = {};  // what became of it when it came first
  };

  Result<Creation> begin(const Call& call) const;
  void create(Call call, const Creation& creation, const Result<JobDocument>& document);
  void create_all(Call call, const Creation& creation, const std::vector<JobDocument>& documents);

  // The same for a request with a key, whose answer `answer` makes of what became of it.
  using CreatedAnswer = std::function<http::Response(MediaType, const std::vector<Created>&)>;
  void create_once(Call call,
                   const Creation& creation,
                   std::vector<Job> jobs,
                   CreatedAnswer answer);

  Result<Job> make_job(const std::string& account, const JobDocument& document, Instant now);
  Result<std::vector<Job>> make_jobs(const std::string& account,
                                     const std::vector<JobDocument>& documents,
                                     Instant now);
  Result<JobDocument> read_path_document(const http::Request& request,
                                         const PathJobTarget& target) const;

  Limits limits_;
  Dependencies dependencies_;
  JobIdGenerator ids_;
};

}  // namespace jobsched
