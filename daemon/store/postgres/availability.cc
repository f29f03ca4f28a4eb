#include "daemon/store/postgres/availability.h"

namespace jobsched::pg {

Result<void> Availability::check(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  if (loss_ && now - loss_->at < kPause) return tl::unexpected(loss_->error);
  return {};
}

void Availability::note_loss(const Error& error, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  loss_ = {error, now};
}

void Availability::note_success() {
  const std::lock_guard lock(mutex_);
  loss_.reset();
}

}  // namespace jobsched::pg
