#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time/instant.h"

namespace jobsched::cmd {

// A job as a line of `jobsched list -l` shows it. Texts are fit for a terminal.
struct JobLine {
  std::string id;
  std::string name;                  // empty if it has none
  std::optional<Instant> next = {};  // absent if it fires no more, or not while it is paused
  bool paused = false;
  std::string outcome;  // the state of its last delivery; empty if it has none
  std::string url;
};

// Reads the daemon's JSON list of jobs with their last deliveries. Errors: kMalformed.
Result<std::vector<JobLine>> read_job_lines(std::string_view json);

// The table ID, NAME, NEXT, OUTCOME, TARGET, with `-` where there is nothing to say.
class JobTable {
 public:
  // For programs: columns between tabs, times in UTC, nothing cut.
  JobTable() = default;

  // For people: aligned columns on a terminal of `width` columns, times from `now`. `first` are the
  // lines by which the columns are made; what does not fit into its column is cut. Where there is
  // no room for both, NAME and TARGET are one column: the target of a job without a name. The id is
  // never cut, so that a terminal of less than 80 columns breaks lines.
  JobTable(std::size_t width, Instant now, std::span<const JobLine> first);

  std::string header() const;
  std::string line(const JobLine& line) const;

 private:
  static constexpr std::size_t kColumns = 5;

  using Cells = std::array<std::string, kColumns>;

  Cells cells(const JobLine& line) const;
  std::string join(const Cells& cells) const;

  std::optional<Instant> now_;  // absent: for programs
  bool merged_ = false;         // NAME is TARGET, too
  std::array<std::size_t, kColumns> widths_{};
};

}  // namespace jobsched::cmd
