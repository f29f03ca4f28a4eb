#pragma once

#include <functional>
#include <memory>

#include "core/error.h"
#include "daemon/api/call.h"
#include "daemon/http/message.h"

namespace jobsched {

// What supervisors and load balancers ask, on every listener, without credentials, for any host and
// with any query:
//
//   GET /healthz   200: the daemon is alive and answers
//   GET /readyz    200: it can do its work; else 503 with the reason
//
// Thread-safe if `ready` is.
class HealthApi {
 public:
  // `ready` fails with kUnavailable while the daemon cannot do its work.
  explicit HealthApi(std::function<Result<void>()> ready) : ready_(std::move(ready)) {}

  // Whether a request is one of these.
  static bool takes(const http::Request& request);

  // Answers one that is.
  void handle(http::Request request, std::unique_ptr<http::Responder> responder) const;

 private:
  std::function<Result<void>()> ready_;
};

}  // namespace jobsched
