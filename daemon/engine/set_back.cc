#include "daemon/engine/set_back.h"

#include <algorithm>
#include <utility>

namespace jobsched {

namespace {

constexpr Millis kSlack{60'000};
constexpr Millis kStorePause{1'000};  // as after a failed claim

}  // namespace

SetBack::SetBack(Store& store,
                 std::function<void(Result<Rearmed>)> rearmed,
                 std::function<void(const SetBackReport&)> watch)
    : store_(store), rearmed_(std::move(rearmed)), watch_(std::move(watch)), pause_(kStorePause) {}

void SetBack::look(Instant now) {
  if (latest_ && now <= *latest_ - kSlack) {
    (step_ ? again_ : step_) = Rearming{*latest_, now, {}};
    latest_ = now;
  }
  latest_ = std::max(latest_.value_or(now), now);
  if (!step_ || under_way_ || pause_.end(now)) return;
  under_way_ = true;
  store_.rearm(*step_, rearmed_);
}

std::optional<Instant> SetBack::answered(const Result<Rearmed>& result, Instant now) {
  under_way_ = false;
  if (!result) {
    pause_.begin(now);
    return std::nullopt;
  }
  pause_.stop();
  jobs_ += result->jobs;
  step_->after = result->rest_after;
  if (!step_->after) {
    watch_({step_->before, step_->now, std::exchange(jobs_, 0)});
    step_ = std::exchange(again_, {});
  }
  return result->next_due;
}

std::optional<Instant> SetBack::next_wake(Instant now) {
  if (!step_ || under_way_) return std::nullopt;
  return pause_.end(now).value_or(now);
}

}  // namespace jobsched
