#include "cmd/exchange.h"

#include <algorithm>

namespace jobsched::cmd {

namespace {

using End = http::Transfer::End;

std::optional<ExchangeEnd> end_of(http::AnswerReader::State state) {
  switch (state) {
    case http::AnswerReader::State::kUnderWay: return std::nullopt;
    case http::AnswerReader::State::kComplete: return ExchangeEnd::kComplete;
    case http::AnswerReader::State::kMalformed: return ExchangeEnd::kMalformed;
    case http::AnswerReader::State::kStopped: return ExchangeEnd::kStopped;
  }
  return std::nullopt;
}

}  // namespace

ExchangeEnd Exchange::run(SteadyTime deadline) {
  SteadyTime silence = steady_now() + kSilence;
  for (;;) {
    const bool sent = write();
    const bool received = read();
    if (end_) return *end_;
    const SteadyTime now = steady_now();
    if (is_interrupted()) return ExchangeEnd::kInterrupted;
    if (now >= deadline) return ExchangeEnd::kTimeout;
    if (sent || received) {
      silence = now + kSilence;
      continue;
    }
    const http::Readiness wanted{.readable = true, .writable = !unsent_.empty() && !cannot_write_};
    switch (
        await_ready(connection_.fd(), connection_.awaits(wanted), std::min(deadline, silence))) {
      case Awaited::kInterrupted: return ExchangeEnd::kInterrupted;
      case Awaited::kTimeout:
        return deadline <= silence ? ExchangeEnd::kTimeout : ExchangeEnd::kSilence;
      case Awaited::kReady: break;
    }
  }
}

// Whether anything was written. A server may answer before it has read all, and close: that it
// takes nothing more is not the end.
bool Exchange::write() {
  if (unsent_.empty() || cannot_write_) return false;
  const http::Transfer transfer = connection_.write(unsent_);
  cannot_write_ = transfer.end != End::kNone && transfer.end != End::kWait;
  unsent_.remove_prefix(transfer.bytes);
  return transfer.bytes > 0;
}

// Whether anything was read.
bool Exchange::read() {
  const http::Transfer transfer = connection_.read(buffer_);
  switch (transfer.end) {
    case End::kWait: return false;
    case End::kNone: end_ = end_of(answer_.feed({buffer_.data(), transfer.bytes})); return true;
    case End::kClosed: end_ = end_of(answer_.end()).value_or(ExchangeEnd::kLost); return false;
    case End::kBroken:
    case End::kPlain: break;
  }
  end_ = ExchangeEnd::kLost;
  return false;
}

}  // namespace jobsched::cmd
