#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace jobsched::cmd {

// The members of a JSON array as the texts between its commas, which are parts of `json` and not
// looked into: whether they are JSON is for the caller to see. One comma may stand behind the last
// member, as in requests. Absent if the text does not begin and end as an array does.
std::optional<std::vector<std::string_view>> split_json_array(std::string_view json);

}  // namespace jobsched::cmd
