#include "cmd/job_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <variant>

#include <nlohmann/json.hpp>

#include "cmd/json_answer.h"
#include "core/job/id.h"
#include "core/text/utf8.h"
#include "core/time/iso8601.h"

namespace jobsched::cmd {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kForetoldFireTimes = 5;  // as many as `jobsched next` prints

constexpr auto kReplace = Json::error_handler_t::replace;

Result<Json> parse_object(std::string_view text) {
  auto json = parse_answer<Json>(text);
  if (!json || !json->is_object()) {
    return jobsched::fail(ErrorKind::kMalformed,
                          "the server's answer is not a job; is it jobsched that answers there?");
  }
  return *std::move(json);
}

std::optional<std::string> text_member(const Json& json, const char* name) {
  const auto member = json.find(name);
  if (member == json.end() || !member->is_string()) return std::nullopt;
  return member->get<std::string>();
}

// With a fraction of a second nobody reads, but that the daemon keeps.
std::string without_fraction(const std::string& instant) {
  const auto dot = instant.find('.');
  return dot == std::string::npos ? instant : instant.substr(0, dot) + "Z";
}

std::string show_value(const Json& value) {
  if (!value.is_string()) return value.dump(-1, ' ', false, kReplace);
  const auto& text = value.get_ref<const std::string&>();
  const bool plain = std::ranges::none_of(
      text, [](char c) { return is_control(static_cast<unsigned char>(c)) && c >= 0; });
  return plain ? text : value.dump(-1, ' ', false, kReplace);
}

}  // namespace

Result<std::string> show_fields(std::string_view json) {
  const auto object = parse_object(json);
  if (!object) return tl::unexpected(object.error());
  std::string text;
  for (const auto& [name, value] : object->items()) {
    text += printable(name) + ": " + printable(show_value(value)) + "\n";
  }
  return text;
}

Result<std::string> indent(std::string_view json) {
  const auto object = parse_object(json);
  if (!object) return tl::unexpected(object.error());
  return object->dump(2, ' ', false, kReplace);
}

Result<Summary> summarize(std::string_view json, Instant now) {
  const auto object = parse_object(json);
  if (!object) return tl::unexpected(object.error());
  auto id = text_member(*object, "id");
  if (!id || !parse_job_id(*id)) {
    return jobsched::fail(ErrorKind::kMalformed,
                          "the server's answer has no id; is it jobsched that answers there?");
  }
  const auto when = text_member(*object, "when");
  const auto time = when ? when : text_member(*object, "next");
  Summary summary{*id, "job " + *id};
  if (!time) {
    summary.sentence += " is stored";
    return summary;
  }
  summary.sentence += (when ? " fires at " : " fires next at ") + without_fraction(*time);
  if (const auto instant = parse_instant(*time)) {
    summary.time = *instant;
    summary.sentence += ", " + from_now(*instant - now);
  }
  return summary;
}

std::string foretell(const JobSpec& job, Instant now) {
  const Schedule& schedule = job.schedule;
  const auto next = next_fire_time(schedule, now);
  if (!next) return "would never fire";
  std::string text =
      "would fire at " + without_fraction(format_instant(*next)) + ", " + from_now(*next - now);
  const auto* const recurring = std::get_if<Recurring>(&schedule);
  if (recurring == nullptr) return text;
  text += ": " + recurring->cron.describe() + ", " + job.timezone.value_or("UTC");
  auto time = next;
  for (int shown = 0; time && shown < kForetoldFireTimes; ++shown) {
    text += "\n  " + format_instant(*time);
    time = next_fire_time(schedule, *time);
  }
  return text;
}

std::string in_jobs(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " job" : " jobs");
}

std::string from_now(Millis length) {
  using std::chrono::seconds;

  struct Unit {
    std::string_view name;
    std::int64_t length;  // seconds
  };

  constexpr std::array kUnits{Unit{"y", 31'536'000}, Unit{"d", 86'400}, Unit{"h", 3'600},
                              Unit{"min", 60}, Unit{"s", 1}};
  if (length < Millis{0}) return "late";
  std::int64_t rest = std::chrono::round<seconds>(length).count();
  // Rounding to the second unit can carry into the first, so it goes before anything is written.
  for (std::size_t i = 0; i + 2 < kUnits.size(); ++i) {
    if (rest < kUnits[i].length) continue;
    const std::int64_t unit = kUnits[i + 1].length;
    rest = (rest + unit / 2) / unit * unit;
    break;
  }
  if (rest == 0) return "now";
  std::string text = "in";
  for (const Unit& unit : kUnits) {
    if (rest < unit.length) continue;
    text += " " + std::to_string(rest / unit.length) + " " + std::string(unit.name);
    rest %= unit.length;
  }
  return text;
}

std::string short_from_now(Millis length) {
  std::string text = from_now(length);
  if (const auto minutes = text.find("min"); minutes != std::string::npos) {
    text.erase(minutes + 1, 2);
  }
  if (text.starts_with("in ")) text.erase(0, 3);
  std::erase(text, ' ');
  return text;
}

}  // namespace jobsched::cmd
