#include "core/cron/runs.h"

namespace jobsched::cron {

std::vector<int> members(Bits set) {
  std::vector<int> members;
  for (; set != 0; set &= set - 1) {
    members.push_back(static_cast<int>(least(set)));
  }
  return members;
}

std::vector<int> members(const YearSet& set) {
  std::vector<int> members;
  for (auto year = set.next(kFirstYear); year; year = set.next(*year + 1)) {
    members.push_back(*year);
  }
  return members;
}

std::vector<Run> runs(const std::vector<int>& members, std::size_t shortest) {
  std::vector<Run> runs;
  for (std::size_t begin = 0; begin < members.size();) {
    std::size_t end = begin + 1;
    while (end < members.size() && members[end] == members[end - 1] + 1) {
      ++end;
    }
    if (end - begin < shortest) end = begin + 1;
    runs.push_back({members[begin], members[end - 1]});
    begin = end;
  }
  return runs;
}

std::optional<Progression> progression(const std::vector<int>& members) {
  if (members.size() < 3) return {};
  const int step = members[1] - members[0];
  for (std::size_t i = 2; i < members.size(); ++i) {
    if (members[i] - members[i - 1] != step) return {};
  }
  return Progression{members.front(), step, members.back()};
}

}  // namespace jobsched::cron
