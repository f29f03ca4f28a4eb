#include "core/delivery/job_filter.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/text/suggestion.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

constexpr std::size_t kMaxGlob = 1'024;  // bytes; a name has 128 characters
constexpr std::string_view kActive = "active";
constexpr std::string_view kPaused = "paused";

// Not "cancelled": such a delivery has no job.
constexpr std::array<std::string_view, 8> kStates{kActive,    kPaused,     "waiting",    "inFlight",
                                                  "accepted", "exhausted", "superseded", "skipped"};

}  // namespace

bool JobFilter::passes(const Job& job) const {
  if (name && !(job.spec.name && name->matches(*job.spec.name))) return false;
  return !paused || *paused == (job.spec.paused || job.pause_reason);
}

bool JobFilter::passes(const std::optional<LoggedDelivery>& last_delivery) const {
  return !last || (last_delivery && last_delivery->state == *last);
}

Result<void> set_name(JobFilter& filter, std::string_view glob) {
  if (glob.empty() || glob.size() > kMaxGlob || find_invalid_utf8(glob)) {
    return fail(ErrorKind::kMalformed, quote(glob) +
                                           " is not a pattern for names; write one like "
                                           "nightly-*, in UTF-8, of at most " +
                                           std::to_string(kMaxGlob) + " bytes");
  }
  filter.name = Glob(glob);
  return {};
}

Result<void> set_state(JobFilter& filter, std::string_view state) {
  const auto* const known = std::ranges::find(kStates, state);
  if (known == kStates.end()) {
    const std::string hint = did_you_mean(state, kStates);
    std::string list;
    for (const std::string_view name : kStates)
      list.append(list.empty() ? "" : ", ").append(name);
    return fail(ErrorKind::kMalformed, "there is no state " + quote(state) +
                                           (hint.empty() ? "; the states are " + list : hint));
  }
  if (state == kActive || state == kPaused) {
    filter.paused = state == kPaused;
  } else {
    filter.last = parse_state(state);
  }
  return {};
}

std::optional<std::string_view> state_of(const JobFilter& filter) {
  if (filter.paused) return *filter.paused ? kPaused : kActive;
  if (filter.last) return state_name(*filter.last);
  return std::nullopt;
}

}  // namespace jobsched
