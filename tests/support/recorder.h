#pragma once

#include <optional>
#include <utility>

#include "daemon/http/message.h"

namespace jobsched::testing {

// Keeps the answer it is given, for the test to look at.
class Recorder final : public http::Responder {
 public:
  explicit Recorder(std::optional<http::Response>& answer) : answer_(answer) {}

  void respond(http::Response response) override { answer_ = std::move(response); }

 private:
  std::optional<http::Response>& answer_;
};

}  // namespace jobsched::testing
