#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cmd/client.h"
#include "cmd/failure.h"
#include "core/delivery/log.h"
#include "core/job/id.h"
#include "core/time/instant.h"

namespace jobsched::cmd {

// Which deliveries the daemon is asked for.
struct LogQuery {
  std::optional<JobId> job;
  std::optional<DeliveryState> state = {};
  std::optional<Instant> since = {};  // something happened to it at or after
};

// Sends a request: a client's `send`.
using Send = std::function<Fallible<Response>(const ClientRequest&)>;

struct LogPage {
  std::vector<LoggedDelivery> deliveries;  // the latest first
  bool more = false;                       // there are earlier ones
};

// The latest `count` deliveries, asked for in requests of a bounded size.
Fallible<LogPage> fetch_log(const Send& send, const LogQuery& query, std::size_t count);

// One delivery.
Fallible<LoggedDelivery> fetch_delivery(const Send& send, const Delivery& delivery);

}  // namespace jobsched::cmd
