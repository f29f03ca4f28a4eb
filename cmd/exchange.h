#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "cmd/awaiting.h"
#include "daemon/http/answer_reader.h"
#include "daemon/http/transport.h"

namespace jobsched::cmd {

// How the exchange of a request and its answer has ended.
enum class ExchangeEnd {
  kComplete,
  kInterrupted,  // by a SIGINT that is held
  kTimeout,
  kSilence,
  kLost,       // the connection broke, or was closed
  kMalformed,  // the answer says why
  kStopped,    // by who takes the answer
};

// One request on one connection. All that it is given outlives it.
class Exchange {
 public:
  static constexpr std::chrono::seconds kSilence{60};  // without a byte in either direction

  Exchange(http::Transport& connection, std::string_view request, http::AnswerReader& answer)
      : connection_(connection), unsent_(request), answer_(answer) {}

  // To its end, at `deadline` at the latest. Called once.
  ExchangeEnd run(SteadyTime deadline);

  // Whether all of the request has been sent.
  bool sent() const { return unsent_.empty(); }

 private:
  static constexpr std::size_t kReadSize = 16'384;

  bool write();
  bool read();

  http::Transport& connection_;
  std::string_view unsent_;
  http::AnswerReader& answer_;
  std::array<char, kReadSize> buffer_{};
  bool cannot_write_ = false;
  std::optional<ExchangeEnd> end_;
};

}  // namespace jobsched::cmd
