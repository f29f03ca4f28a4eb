#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "daemon/engine/deliverer.h"

namespace jobsched::testing {

// A network on which nothing happens until the test says what.
class FakeDeliverer final : public Deliverer {
 public:
  struct Attempt {
    AttemptRequest request;
    std::function<void(AttemptResult)> done;
  };

  void start(AttemptRequest request, std::function<void(AttemptResult)> done) override {
    open_.push_back({std::move(request), std::move(done)});
    ++started_;
  }

  void interrupt_all() override {
    for (const Attempt& attempt : std::exchange(open_, {})) {
      attempt.done({Outcome::kInterrupted, 0, {}, false, "interrupted"});
    }
  }

  std::size_t in_flight() const override { return open_.size(); }

  // The attempts under way, in the order of their start.
  const std::vector<Attempt>& open() const { return open_; }

  // How many were ever started.
  std::size_t started() const { return started_; }

  // Ends the attempt `index` of `open`.
  void finish(std::size_t index, AttemptResult result) {
    const Attempt attempt = std::move(open_.at(index));
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
    attempt.done(std::move(result));
  }

 private:
  std::vector<Attempt> open_;
  std::size_t started_ = 0;
};

}  // namespace jobsched::testing
