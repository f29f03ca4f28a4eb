#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "tests/support/scheduler_rig.h"
#include "tests/support/witness.h"

namespace jobsched::testing {

// A SchedulerRig with a Witness before its store, who is told also what its endpoints see, what
// they answer, and what the scheduler makes of it.
class WitnessedRig {
 public:
  // `reopen` gives the store after each (re)start, with all that was committed.
  WitnessedRig(SchedulerSettings settings, std::function<Store&()> reopen)
      : rig_(settings, [this, backoff = settings.backoff, reopen = std::move(reopen)]() -> Store& {
          Store& store = reopen();
          if (!witness_) witness_.emplace(store, backoff);
          witness_->crash(store);
          looked_at_ = 0;
          return *witness_;
        }) {
    rig_.on_report = [this](const AttemptReport& report) {
      witness_->note_transition(report.delivery, report.transition, rig_.clock.now());
    };
  }

  // Tells the witness what was started since the last look, and says whether anything was. To be
  // called before an attempt ends, and before the clock moves.
  bool look() {
    const auto& open = rig_.deliverer.open();
    const std::size_t started = rig_.deliverer.started();
    const std::size_t fresh = started - std::exchange(looked_at_, started);
    for (std::size_t i = open.size() - fresh; i < open.size(); ++i) {
      witness_->note_start(rig_.header(i, "webhook-id"), attempt(i), rig_.clock.now());
    }
    return fresh > 0;
  }

  // Ends the attempt `index` of those under way.
  void answer(std::size_t index, const AttemptResult& result) {
    witness_->note_answer(rig_.header(index, "webhook-id"), attempt(index), result);
    rig_.deliverer.finish(index, result);
  }

  // The same, and lets the scheduler do what follows.
  void finish(std::size_t index, const AttemptResult& result) {
    look();
    answer(index, result);
    rig_.settle();
  }

  SchedulerRig& rig() { return rig_; }

  const Witness& witness() const { return *witness_; }

 private:
  // The number of the attempt `index` of those under way.
  std::uint32_t attempt(std::size_t index) const {
    return static_cast<std::uint32_t>(std::stoul(rig_.header(index, "Jobsched-Attempt")));
  }

  std::size_t looked_at_ = 0;  // of the attempts that were started in this run of the daemon
  std::optional<Witness> witness_;
  SchedulerRig rig_;
};

}  // namespace jobsched::testing
