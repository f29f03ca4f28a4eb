#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/cron/fields.h"

namespace jobsched::cron {

// The members of a set, in order.
std::vector<int> members(Bits set);
std::vector<int> members(const YearSet& set);

// Members that follow each other without a gap.
struct Run {
  int first;
  int last;
};

// The members as runs, as few as possible, in order. Runs of less than `shortest` members fall
// apart into runs of one: nobody writes two neighbours as a range.
std::vector<Run> runs(const std::vector<int>& members, std::size_t shortest = 3);

// Members at equal distances.
struct Progression {
  int first;
  int step;
  int last;
};

// The members as one progression; absent if they are not, or fewer than three.
std::optional<Progression> progression(const std::vector<int>& members);

}  // namespace jobsched::cron
