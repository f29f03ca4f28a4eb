#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/clock.h"
#include "daemon/http/message.h"
#include "daemon/log.h"
#include "daemon/metrics/metrics.h"

namespace jobsched {

// Sees to it that every answer of a listener carries the request's id, X-Request-Id, is counted,
// and is in the log under that id: at level `debug`, or `error` with status 500. The id is the
// client's own, if it has one of 1 to 128 letters, digits, `.`, `_` and `-`, or else a fresh one.
//
// `handle` and `refused` are called on one thread; answers may come on any.
class RequestLog {
 public:
  struct Dependencies {
    const Log& log;
    const Clock& clock;
    HttpMetrics& metrics;
    std::uint64_t seed;  // of the fresh ids, by chance
  };

  RequestLog(Dependencies dependencies, http::Handler handler)
      : dependencies_(dependencies), handler_(std::move(handler)), last_id_(dependencies.seed) {}

  // Has the handler answer the request. One that throws, or lets the responder go, has answered
  // with 500.
  void handle(http::Request request, std::unique_ptr<http::Responder> responder);

  // Takes the answer to a request that never came to the handler, which may be known in part.
  http::Response refused(http::Response response, const http::Request* partial);

 private:
  std::string id_of(const http::Request* request);

  Dependencies dependencies_;
  http::Handler handler_;
  std::uint64_t last_id_;
};

// Whether a client may choose this id for its request.
bool is_request_id(std::string_view text);

// A path as the log may show it: what stands between two slashes and is not a word of the API, an
// id or an instant, as a callback's URL is, shows as `*`.
std::string loggable_path(std::string_view path);

}  // namespace jobsched
