#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobsched {

// A media type as RFC 9110 section 8.3.1 has it: `text/html; charset=utf-8`. The two names and the
// names of the parameters are in lower case; values are unquoted and keep their case. Wildcards
// are tokens, so a media range of an Accept field is read by the same rules.
struct MediaTypeText {
  struct Parameter {
    std::string name;
    std::string value;
  };

  std::string type;
  std::string subtype;
  std::vector<Parameter> parameters;
};

// Absent if `text`, blanks at its ends aside, is not a media type.
std::optional<MediaTypeText> parse_media_type(std::string_view text);

}  // namespace jobsched
