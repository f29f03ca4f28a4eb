#include "cmd/list_table.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "cmd/job_text.h"
#include "cmd/json_answer.h"
#include "core/job/id.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"
#include "core/text/width.h"
#include "core/time/iso8601.h"

namespace jobsched::cmd {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 5> kHeader{"ID", "NAME", "NEXT", "OUTCOME", "TARGET"};
constexpr std::size_t kName = 1;
constexpr std::size_t kTarget = 4;
constexpr std::string_view kNameOrTarget = "NAME OR TARGET";
constexpr std::size_t kReadable = 16;  // columns of a terminal that a name or a target needs
constexpr std::string_view kGap = "  ";
constexpr std::string_view kNone = "-";

// Empty if there is none.
std::string text_member(const Json& json, const char* name) {
  const auto member = json.find(name);
  if (member == json.end() || !member->is_string()) return {};
  std::string text = printable(member->get_ref<const std::string&>());
  std::ranges::replace_if(text, is_space, ' ');
  return text;
}

std::optional<Instant> instant_member(const Json& json, const char* name) {
  const auto instant = parse_instant(text_member(json, name));
  return instant ? std::optional(*instant) : std::nullopt;
}

bool flag_member(const Json& json, const char* name) {
  const auto member = json.find(name);
  return member != json.end() && member->is_boolean() && member->get<bool>();
}

std::optional<JobLine> read_line(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  JobLine line;
  line.id = text_member(json, "id");
  line.name = text_member(json, "name");
  if (!parse_job_id(line.id)) return std::nullopt;
  line.url = text_member(json, "url");
  line.paused = flag_member(json, "paused") || json.contains("pauseReason");
  const auto when = instant_member(json, "when");
  line.next = when ? when : instant_member(json, "next");
  const auto last = json.find("lastDelivery");
  if (last == json.end() || !last->is_object()) return line;
  line.outcome = text_member(*last, "state");
  const auto fire_time = instant_member(*last, "fireTime");
  if (when && fire_time && *fire_time >= *when) line.next.reset();
  return line;
}

tl::unexpected<Error> not_a_list() {
  return jobsched::fail(
      ErrorKind::kMalformed,
      "the server's answer is not a list of jobs; is it jobsched that answers there?");
}

// What people know of it without being told.
std::string without_scheme(const std::string& url) {
  const auto end = url.find("://");
  return end == std::string::npos ? url : url.substr(end + 3);
}

std::string or_none(std::string text) {
  return text.empty() ? std::string(kNone) : std::move(text);
}

}  // namespace

Result<std::vector<JobLine>> read_job_lines(std::string_view json) {
  const auto list = parse_answer(json);
  if (!list || !list->is_array()) return not_a_list();
  std::vector<JobLine> lines;
  for (const Json& one : *list) {
    auto line = read_line(one);
    if (!line) return not_a_list();
    lines.push_back(*std::move(line));
  }
  return lines;
}

JobTable::JobTable(std::size_t width, Instant now, std::span<const JobLine> first) : now_(now) {
  std::ranges::transform(kHeader, widths_.begin(), display_width);
  for (const JobLine& line : first) {
    const Cells shown = cells(line);
    for (std::size_t i = 0; i < kColumns; ++i)
      widths_[i] = std::max(widths_[i], display_width(shown[i]));
  }
  std::size_t taken = (kColumns - 1) * kGap.size();
  for (std::size_t i = 0; i < kColumns; ++i)
    taken += i == kName || i == kTarget ? 0 : widths_[i];
  const std::size_t rest = std::max(width, taken) - taken;
  merged_ = rest < std::min(2 * kReadable, widths_[kName] + widths_[kTarget]);
  if (merged_) {
    widths_[kName] = std::max(rest + kGap.size(), kReadable);
    return;
  }
  // What the name does not need the target gets; else they share.
  const std::size_t target = std::min(widths_[kTarget], std::max(rest / 2, kReadable));
  widths_[kName] = std::min(widths_[kName], rest - target);
  widths_[kTarget] = rest - widths_[kName];
}

std::string JobTable::header() const {
  Cells cells;
  std::ranges::copy(kHeader, cells.begin());
  if (merged_) cells[kName] = kNameOrTarget;
  return join(cells);
}

std::string JobTable::line(const JobLine& line) const {
  Cells shown = cells(line);
  if (merged_ && line.name.empty()) shown[kName] = shown[kTarget];
  return join(shown);
}

JobTable::Cells JobTable::cells(const JobLine& line) const {
  std::string next(kNone);
  if (line.paused) {
    next = "paused";
  } else if (line.next) {
    next = now_ ? short_from_now(*line.next - *now_) : format_instant(*line.next);
  }
  return {line.id, or_none(line.name), next, or_none(line.outcome),
          now_ ? without_scheme(line.url) : line.url};
}

std::string JobTable::join(const Cells& cells) const {
  const std::size_t count = merged_ ? kTarget : kColumns;
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += now_ ? kGap : "\t";
    if (!now_) {
      text += cells[i];
    } else if (i + 1 < count) {
      text += fit_to_width(cells[i], widths_[i]);
    } else {
      text += cut_to_width(cells[i], widths_[i]);
    }
  }
  return text + "\n";
}

}  // namespace jobsched::cmd
