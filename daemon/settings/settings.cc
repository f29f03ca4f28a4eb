#include "daemon/settings/settings.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/text/ascii.h"
#include "core/text/suggestion.h"
#include "daemon/settings/exposure.h"
#include "daemon/settings/setting.h"
#include "daemon/settings/yaml.h"
#include "daemon/zoneinfo/zoneinfo.h"

namespace jobsched {

namespace {

constexpr std::string_view kPrefix = "JOBSCHED_";

// Variables of the commands that talk to a daemon; people export them for good.
constexpr std::array<std::string_view, 6> kClientVariables{"JOBSCHED_ADMIN",    "JOBSCHED_CACERT",
                                                           "JOBSCHED_KEY_FILE", "JOBSCHED_OUTPUT",
                                                           "JOBSCHED_SECRET",   "JOBSCHED_SERVER"};

std::vector<Assignment::Value> split_list(std::string_view text, const std::string& place) {
  std::vector<Assignment::Value> values;
  for (;;) {
    const auto comma = text.find(',');
    values.push_back({std::string(trim(text.substr(0, comma), is_space)), place});
    if (comma == std::string_view::npos) return values;
    text.remove_prefix(comma + 1);
  }
}

std::vector<Assignment> read_environment(const Environment& environment,
                                         std::vector<SettingsFault>& faults) {
  std::vector<std::string> names;
  for (const Setting& setting : all_settings())
    names.push_back(variable_name(setting.key));
  const std::vector<std::string_view> right(names.begin(), names.end());

  std::vector<Assignment> assignments;
  for (auto variable = environment.lower_bound(kPrefix);
       variable != environment.end() && variable->first.starts_with(kPrefix); ++variable) {
    const auto& [name, value] = *variable;
    if (std::ranges::find(kClientVariables, name) != kClientVariables.end()) continue;
    const auto index = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
    if (index == names.size()) {
      faults.push_back({name, "unknown variable" + did_you_mean(name, right)});
      continue;
    }
    if (value.empty()) {
      faults.push_back({name, "is empty; give it a value or unset it"});
      continue;
    }
    const Setting& setting = all_settings()[index];
    auto values =
        setting.is_list() ? split_list(value, name) : std::vector<Assignment::Value>{{value, name}};
    assignments.push_back({&setting, name, name, {}, std::move(values)});
  }
  return assignments;
}

std::vector<Assignment> read_flags(const SettingsFlags& flags) {
  std::vector<Assignment> assignments;
  if (!flags.listen.empty()) {
    Assignment listen{find_setting("listen"), "--listen", "--listen", {}, {}};
    for (const std::string& address : flags.listen)
      listen.values.push_back({address, "--listen"});
    assignments.push_back(std::move(listen));
  }
  if (flags.store) {
    assignments.push_back(
        {find_setting("store"), "--store", "--store", {}, {{*flags.store, "--store"}}});
  }
  return assignments;
}

// Where each setting was given last, by its key.
using Places = std::map<std::string_view, std::string>;

void apply(const std::vector<Assignment>& assignments,
           const Environment& environment,
           Places& places,
           SettingsResult& result) {
  for (const Assignment& assignment : assignments) {
    const Setting& setting = *assignment.setting;
    places[setting.key] = assignment.place;
    result.origins[std::string(setting.key)] = assignment.origin;
    if (assignment.values.empty() && !setting.may_be_empty) {
      result.faults.push_back({assignment.place, assignment.subject + "needs at least one value"});
      continue;
    }
    if (setting.is_list()) setting.clear(result.settings);
    for (const auto& [text, place] : assignment.values) {
      auto fault = setting.set(result.settings, text, environment);
      if (fault) result.faults.push_back({place, assignment.subject + *fault});
    }
  }
}

// Each of the two files is of no use without the other.
void check_tls(const Places& places, std::vector<SettingsFault>& faults) {
  constexpr std::array<std::string_view, 2> kKeys{"tls.cert", "tls.key"};
  for (const std::size_t i : {0U, 1U}) {
    const auto given = places.find(kKeys.at(i));
    const std::string missing(kKeys.at(1 - i));
    if (given == places.end() || places.contains(missing)) continue;
    faults.push_back({given->second, std::string(given->first) + " is given without " + missing +
                                         "; give both files, or neither"});
  }
}

}  // namespace

SettingsResult read_settings(const std::vector<SettingsText>& files,
                             const Environment& environment,
                             const SettingsFlags& flags) {
  SettingsResult result;
  result.settings.admin_address = default_admin_address(environment);
  result.settings.store = default_store_path(environment);
  result.settings.zoneinfo = zone_directory(environment);
  Places places;
  for (const auto& [name, yaml] : files)
    apply(read_yaml(name, yaml, result.faults), environment, places, result);
  apply(read_environment(environment, result.faults), environment, places, result);
  apply(read_flags(flags), environment, places, result);
  check_tls(places, result.faults);
  return result;
}

bool listens_locally(const Settings& settings) {
  return std::ranges::all_of(settings.listen, is_local_address);
}

NetworkRules network_rules(const Settings& settings, bool has_accounts) {
  const bool public_only = settings.network == NetworkMode::kAuto
                               ? has_accounts || !listens_locally(settings)
                               : settings.network == NetworkMode::kPublic;
  return {public_only, settings.allow, settings.deny};
}

std::string default_store_path(const Environment& environment) {
  // The XDG base directory specification says to ignore relative paths.
  const std::string state = variable(environment, "XDG_STATE_HOME");
  if (state.starts_with('/')) return state + "/jobsched/jobs.db";
  const std::string home = variable(environment, "HOME");
  if (!home.empty()) return home + "/.local/state/jobsched/jobs.db";
  return "/var/lib/jobsched/jobs.db";
}

}  // namespace jobsched
