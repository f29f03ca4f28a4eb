#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/delivery/delivery.h"
#include "core/delivery/signature.h"
#include "core/job/job.h"
#include "core/time/instant.h"

namespace jobsched {

// The HTTP request of one attempt, byte for byte what the endpoint is to see.
struct Callback {
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// Makes the request of the attempt `delivery.attempt`, which starts at `now`, with the job's
// method. Its headers:
//
//   Content-Type           the job's, or application/octet-stream; only with a body
//   X-Content-Signature    the job's signature; only if it has one
//   User-Agent             jobsched/VERSION; unless the job has one of its own
//   webhook-id             format_delivery_id: the same on every attempt of a delivery
//   webhook-timestamp      `now`, in whole seconds since 1970
//   Jobsched-Job-Id        the job's id
//   Jobsched-Fire-Time     ISO 8601, UTC
//   Jobsched-Attempt       the attempt's number, from 1
//
// and those that the job adds.
//
// Pure. Requires: job.spec was checked, so that no value has control characters.
Callback make_callback(const Job& job, const Delivery& delivery, Instant now);

// Adds the header `webhook-signature`: one by each of `secrets`, in their order, over the
// callback's own `webhook-id`, `webhook-timestamp` and body. Adds nothing if there are none. Pure.
void add_signature(Callback& callback, std::span<const SigningSecret> secrets);

// Where a request to `url` goes, as "host:port": the host in lower case, the port of the scheme
// where the URL has none. Requests to one target share a limit, however their URLs are spelled.
// Total: a text that is no URL has some target, too.
std::string callback_target(std::string_view url);

}  // namespace jobsched
