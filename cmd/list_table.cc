#include "cmd/list_table.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "cmd/job_text.h"
#include "cmd/json_answer.h"
#include "core/job/id.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"
#include "core/time/iso8601.h"

namespace jobsched::cmd {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 5> kHeader{"ID", "NAME", "NEXT", "OUTCOME", "TARGET"};
constexpr std::size_t kName = 1;
constexpr std::size_t kTarget = 4;
constexpr std::size_t kLeast = 6;  // characters of a column that is cut
constexpr std::string_view kGap = "  ";
constexpr std::string_view kNone = "-";
constexpr std::string_view kCut = "\u2026";

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

std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string cut(const std::string& text, std::size_t width) {
  if (length(text) <= width) return text;
  std::size_t end = 0;
  for (std::size_t characters = 0; end < text.size(); ++end) {
    if (begins_character(text[end]) && characters++ == width - 1) break;
  }
  return text.substr(0, end).append(kCut);
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
  std::ranges::transform(kHeader, widths_.begin(), length);
  for (const JobLine& line : first) {
    const Cells shown = cells(line);
    for (std::size_t i = 0; i < kColumns; ++i)
      widths_[i] = std::max(widths_[i], length(shown[i]));
  }
  std::size_t taken = (kColumns - 1) * kGap.size();
  for (std::size_t i = 0; i < kColumns; ++i)
    taken += i == kName || i == kTarget ? 0 : widths_[i];
  // What the name does not need the target gets; else they share.
  const std::size_t rest = std::max(width, taken + 2 * kLeast) - taken;
  const std::size_t target = std::min(widths_[kTarget], std::max(rest / 2, kLeast));
  widths_[kName] = std::min(widths_[kName], rest - target);
  widths_[kTarget] = rest - widths_[kName];
}

std::string JobTable::header() const {
  Cells cells;
  std::ranges::copy(kHeader, cells.begin());
  return join(cells);
}

std::string JobTable::line(const JobLine& line) const {
  return join(cells(line));
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
  std::string text;
  for (std::size_t i = 0; i < kColumns; ++i) {
    if (i > 0) text += now_ ? kGap : "\t";
    const std::string cell = now_ ? cut(cells[i], widths_[i]) : cells[i];
    text += cell;
    if (now_ && i + 1 < kColumns) text.append(widths_[i] - length(cell), ' ');
  }
  return text + "\n";
}

}  // namespace jobsched::cmd
