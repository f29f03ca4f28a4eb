#pragma once

#include <memory>

#include "daemon/http/message.h"

namespace jobsched {

// What the daemon answers on its admin listeners, apart from version 1 of the API: whoever reaches
// them is an admin of this daemon, so there are no credentials.
//
// `handle` is called on one thread, which is not that of `Api`.
class AdminApi {
 public:
  // Answers a request, now or later.
  void handle(http::Request request, std::unique_ptr<http::Responder> responder) const;
};

}  // namespace jobsched
