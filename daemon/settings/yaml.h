#pragma once

#include <string_view>
#include <vector>

#include "daemon/settings/setting.h"

namespace jobsched {

// Reads the settings of a YAML document: a map whose members are values, lists of values, or maps
// of these. Every key must be that of a setting and must be there once; a map without a value is
// an empty one, so that all its members can be commented out. What cannot be read is appended to
// `faults`, the rest is returned; the values themselves are not checked.
std::vector<Assignment> read_yaml(std::string_view file_name,
                                  std::string_view text,
                                  std::vector<SettingsFault>& faults);

}  // namespace jobsched
