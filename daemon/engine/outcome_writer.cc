#include "daemon/engine/outcome_writer.h"

#include <utility>

namespace jobsched {

namespace {

constexpr Millis kStorePause{1'000};  // a full disk is not filled by asking faster

}  // namespace

OutcomeWriter::OutcomeWriter(Store& store, std::function<void(Result<void>)> recorded)
    : store_(store), recorded_(std::move(recorded)), pause_(kStorePause) {}

void OutcomeWriter::add(AttemptRecord record, std::optional<Instant> then_due) {
  next_.records.push_back(std::move(record));
  next_.then_due = earlier(next_.then_due, then_due);
}

std::optional<Instant> OutcomeWriter::answered(const Result<void>& result, Instant now) {
  under_way_ = false;
  if (!result) {
    pause_.begin(now);
    return std::nullopt;
  }
  pause_.stop();
  return std::exchange(group_, {}).then_due;
}

void OutcomeWriter::submit(Instant now) {
  if (under_way_ || unrecorded() == 0 || pause_.end(now)) return;
  if (group_.records.empty()) group_ = std::exchange(next_, {});
  under_way_ = true;
  store_.record(group_.records, recorded_);  // a copy stays, in case the store fails
}

std::optional<Instant> OutcomeWriter::next_wake(Instant now) {
  return under_way_ || unrecorded() == 0 ? std::nullopt : pause_.end(now);
}

}  // namespace jobsched
