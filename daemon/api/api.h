#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/codec/format.h"
#include "core/error.h"
#include "core/job/document.h"
#include "core/job/id.h"
#include "core/limits.h"
#include "core/net/network_rules.h"
#include "daemon/api/authenticator.h"
#include "daemon/api/call.h"
#include "daemon/api/create_api.h"
#include "daemon/api/deliveries_api.h"
#include "daemon/api/job_list_api.h"
#include "daemon/api/secrets_api.h"
#include "daemon/api/site_api.h"
#include "daemon/api/target.h"
#include "daemon/clock.h"
#include "daemon/http/message.h"
#include "daemon/store/store.h"

namespace jobsched {

// The HTTP API, version 1: turns requests into the store's events and their results into answers.
// A refused request creates and changes nothing. An answer that reports a change is made at once
// and released by the commit that makes the change durable; a failed commit replaces it.
//
// `handle` is called on one thread; answers may leave on the thread that commits.
class Api {
 public:
  struct Dependencies {
    Store& store;
    const Clock& clock;
    std::function<std::uint64_t()> random;  // for ids and secrets; called by `handle` only
    std::function<void(Instant)> on_due;    // a job due then is stored; called on any thread
    ZoneLookup zones = no_zones;            // called by `handle` only
    NetworkRules network = {};              // where callbacks may go
    Admission admit = admit_everybody;      // called by `handle` only
  };

  Api(Limits limits, Dependencies dependencies);

  // Goes by other limits and rules from the next request on. On the thread of `handle`.
  void set(Limits limits, const NetworkRules& network);

  // Answers a request of the account that it is admitted for, now or later. Others' jobs,
  // deliveries and secrets are to it as if they were not there.
  void handle(http::Request request, std::unique_ptr<http::Responder> responder);

 private:
  void dispatch(Call call, const JobsTarget& target);
  void dispatch(Call call, const JobTarget& target);
  void dispatch(Call call, const DeletionTarget& target);
  void dispatch(Call call, const PathJobTarget& target);
  void dispatch(Call call, const JobActionTarget& target);

  void dispatch(Call call, const SecretsTarget&) { secrets_.answer(std::move(call)); }

  static void dispatch(Call call, const PageTarget&) { answer_page(std::move(call)); }

  static void dispatch(Call call, const OpenApiTarget&) { answer_openapi(std::move(call)); }

  // What answers with deliveries.
  template <class DeliveriesTargets>
  void dispatch(Call call, const DeliveriesTargets& target) {
    deliveries_.answer(std::move(call), target);
  }

  void get(Call call, JobId id) const;
  void replace(Call call, JobId id);
  void remove(Call call, JobId id);
  void remove_all(Call call, std::vector<JobId> ids);
  void pause_or_resume(Call call, const JobActionTarget& target);

  Limits limits_;
  Dependencies dependencies_;
  CreateApi creates_;
  JobListApi list_;
  DeliveriesApi deliveries_;
  SecretsApi secrets_;
};

}  // namespace jobsched
