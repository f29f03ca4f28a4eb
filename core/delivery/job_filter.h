#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/delivery/log.h"
#include "core/error.h"
#include "core/job/job.h"
#include "core/text/glob.h"

namespace jobsched {

// Which jobs of a list are wanted: those that pass all that is set.
struct JobFilter {
  std::optional<Glob> name = {};           // a job without a name passes none
  std::optional<bool> paused = {};         // whether it is paused, by its owner or by the daemon
  std::optional<DeliveryState> last = {};  // the state of its last delivery

  bool any() const { return name || paused || last; }

  // By what the job is itself, `name` and `paused`.
  bool passes(const Job& job) const;

  // By its last delivery, absent if it has none.
  bool passes(const std::optional<LoggedDelivery>& last_delivery) const;
};

// Sets `name`. Errors: kMalformed for a pattern that is not UTF-8 or far longer than any name.
Result<void> set_name(JobFilter& filter, std::string_view glob);

// Sets what a state says: "active" and "paused" are those of the job, the others of its last
// delivery. Errors: kMalformed, with the nearest state.
Result<void> set_state(JobFilter& filter, std::string_view state);

// "active", "paused" or the state of a delivery; absent if the filter asks for none.
std::optional<std::string_view> state_of(const JobFilter& filter);

}  // namespace jobsched
