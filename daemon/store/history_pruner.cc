#include "daemon/store/history_pruner.h"

namespace jobsched {

namespace {

constexpr Millis kEvery{60'000};

}  // namespace

void HistoryPruner::set_keep(Millis keep) {
  if (keep == keep_) return;
  keep_ = keep;
  last_.reset();
}

void HistoryPruner::check(Instant now) {
  const bool too_soon = last_ && now >= *last_ && now - *last_ < kEvery;
  if (too_soon || under_way_.exchange(true)) return;
  last_ = now;
  prune(now - keep_);
}

void HistoryPruner::prune(Instant before) {
  store_.prune(before, [this, before](const Result<Pruned>& pruned) {
    if (pruned && pruned->rest) {
      prune(before);
    } else {
      under_way_ = false;
    }
  });
}

}  // namespace jobsched
