#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "daemon/api/accounts_api.h"
#include "daemon/api/health_api.h"
#include "daemon/api/host_names.h"
#include "daemon/http/message.h"

namespace jobsched {

// What the daemon answers on its admin listeners, apart from version 1 of the API: whoever reaches
// them is an admin of this daemon, so there are no credentials; web pages are kept out.
//
//   GET /metrics             for Prometheus
//   GET /healthz, /readyz    as on every listener
//
// `handle` is called on one thread, which is not that of `Api`.
class AdminApi {
 public:
  struct Dependencies {
    const HealthApi& health;
    std::function<std::string()> metrics;  // in the text format of Prometheus
    AccountsApi accounts;
    HostNames hosts = HostNames();  // of the listeners
  };

  explicit AdminApi(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}

  // Answers a request, now or later.
  void handle(http::Request request, std::unique_ptr<http::Responder> responder) const;

 private:
  void answer_metrics(const Call& call) const;

  Dependencies dependencies_;
};

}  // namespace jobsched
