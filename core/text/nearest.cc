#include "core/text/nearest.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/text/ascii.h"

namespace jobsched {

namespace {

// Longer names are not compared: nobody means them, and the work grows with the square.
constexpr std::size_t kMaxName = 64;

// The optimal string alignment distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) {
    row.resize(b.size() + 1);
  }
  for (std::size_t j = 0; j <= b.size(); ++j) {
    rows[0][j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const auto& before_last = rows[(i + 1) % 3];
    const auto& last = rows[(i + 2) % 3];
    auto& row = rows[i % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({changed, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

std::optional<std::string_view> nearest_name(std::string_view text,
                                             std::span<const std::string_view> names) {
  if (text.empty() || text.size() > kMaxName) return std::nullopt;
  const std::string wanted = lower_case(text);
  std::optional<std::string_view> nearest;
  std::size_t least = 0;
  for (const std::string_view name : names) {
    const std::size_t found = distance(wanted, lower_case(name));
    // A third of the letters may be wrong: "cro" means "cron", "cat" does not mean "data".
    if (found > std::max<std::size_t>(1, name.size() / 3)) continue;
    if (nearest && found >= least) continue;
    nearest = name;
    least = found;
  }
  return nearest;
}

}  // namespace jobsched
