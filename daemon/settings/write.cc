#include "daemon/settings/write.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/text/ascii.h"
#include "daemon/settings/setting.h"

namespace jobsched {

namespace {

// Whether YAML takes the text for itself wherever it stands.
bool is_plain(std::string_view text) {
  constexpr std::array<std::string_view, 3> kNulls{"null", "Null", "NULL"};
  const auto is_harmless = [](char c) {
    return is_letter_or_digit(c) || c == '/' || c == '.' || c == '_' || c == '-';
  };
  return !text.empty() && (is_letter_or_digit(text[0]) || text[0] == '/') &&
         std::ranges::all_of(text, is_harmless) && std::ranges::find(kNulls, text) == kNulls.end();
}

// In double quotes where it must be; UTF-8 stays as it is.
std::string write_scalar(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted.append({'\\', c});
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted.append({'\\', 'x', kHex[byte >> 4U], kHex[byte & 0xFU]});
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string write_value(const Setting& setting, const SettingValues& values) {
  if (!setting.is_list()) return write_scalar(values.front());
  std::string list;
  for (const std::string& value : values)
    list += (list.empty() ? "" : ", ") + write_scalar(value);
  return "[" + list + "]";
}

std::string write_line(const Setting& setting, const SettingsResult& result) {
  const std::string name(setting.name());
  const SettingValues values = setting.get(result.settings);
  if (values.empty() && !setting.is_list()) return "# " + name + ":  # not set\n";
  const auto origin = result.origins.find(setting.key);
  return name + ": " + write_value(setting, values) + "  # " +
         (origin == result.origins.end() ? "default" : origin->second) + "\n";
}

}  // namespace

std::string write_settings(const SettingsResult& result) {
  std::string text;
  std::string_view section;
  for (const Setting& setting : all_settings()) {
    if (setting.section() != section) {
      section = setting.section();
      if (!section.empty()) text += std::string(section) + ":\n";
    }
    text += (section.empty() ? "" : "  ") + write_line(setting, result);
  }
  return text;
}

}  // namespace jobsched
