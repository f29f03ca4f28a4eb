#include "cmd/id_text.h"

#include <algorithm>
#include <utility>

#include "core/text/ascii.h"

namespace jobsched::cmd {

std::string IdLines::feed(std::string_view piece) {
  const auto last = piece.rfind(',');
  if (last == std::string_view::npos) {
    incomplete_ += piece;
    return {};
  }
  std::string lines = std::exchange(incomplete_, std::string(piece.substr(last + 1)));
  lines += piece.substr(0, last + 1);
  std::ranges::replace(lines, ',', '\n');
  return lines;
}

std::string IdLines::finish() {
  const std::string id(trim(std::exchange(incomplete_, {}), is_space));
  return id.empty() ? id : id + "\n";
}

}  // namespace jobsched::cmd
