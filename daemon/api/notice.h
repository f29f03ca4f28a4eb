#pragma once

#include <functional>
#include <optional>

#include "core/time/instant.h"

namespace jobsched {

// What tells `on_due` of a job that has been stored, if it fires at all. `on_due` must outlive it.
inline std::function<void()> notice(const std::function<void(Instant)>& on_due,
                                    std::optional<Instant> next) {
  return [&on_due, next] {
    if (next) on_due(*next);
  };
}

}  // namespace jobsched
