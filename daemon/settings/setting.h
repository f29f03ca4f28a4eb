#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/settings/settings.h"

namespace jobsched {

// Takes one value of a setting into `settings`; says what is wrong with a value that it refuses.
using SetValue = std::optional<std::string> (*)(Settings& settings,
                                                std::string_view value,
                                                const Environment& environment);

// The values that a setting has: of a list any number, else one, or none while it has no value.
using SettingValues = std::vector<std::string>;

// When a daemon goes by a new value of a setting: as soon as it reads its settings again, or at its
// next start.
enum class Effect { kAtOnce, kAtRestart };

// One thing that can be set. This is the only list of settings: the keys of the file and the names
// of the environment variables follow from it.
struct Setting {
  std::string_view key;  // in the file: "store", or "limits.data" for a map's member
  SetValue set;          // a list's is called for each of its values
  SettingValues (*get)(const Settings&);  // in the form that `set` takes
  void (*clear)(Settings&) = nullptr;     // of a list, before its values are set; a scalar has none
  bool may_be_empty = false;              // of a list
  Effect effect = Effect::kAtOnce;

  bool is_list() const { return clear != nullptr; }

  // "limits" of "limits.data"; empty for a setting at the top.
  std::string_view section() const;

  // "data" of "limits.data".
  std::string_view name() const;
};

// Every setting, in the order of the documentation.
std::span<const Setting> all_settings();

// The keys of the settings of that effect whose values differ, in the same order.
std::vector<std::string_view> changed_settings(const Settings& before,
                                               const Settings& after,
                                               Effect effect);

// Absent if there is none of that key.
const Setting* find_setting(std::string_view key);

// The environment variable of a setting: "limits.data" is JOBSCHED_LIMITS_DATA.
std::string variable_name(std::string_view key);

// What one source says of one setting, with the places for faults.
struct Assignment {
  struct Value {
    std::string text;
    std::string place;
  };

  const Setting* setting;
  std::string place;
  std::string origin;         // the place again, of a file without the column
  std::string subject;        // how messages begin where the place does not name the setting
  std::vector<Value> values;  // exactly one unless the setting is a list
};

}  // namespace jobsched
