#include "cmd/settings_file.h"

#include <filesystem>
#include <system_error>

#include "cmd/console.h"
#include "cmd/payload.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kMaxConfig = 1'048'576;  // bytes; a page is plenty

// The text of the file that is named, else of the default one if it is there.
Fallible<std::optional<std::string>> read_config(const std::string& path, bool named) {
  std::error_code error;
  const bool absent =
      std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found;
  if (!named && absent) return std::nullopt;
  auto text = read_file(path, kMaxConfig, ExitCode::kConfiguration);
  if (!text) return fail(ExitCode::kConfiguration, text.error().message);
  return std::optional(std::move(*text));
}

}  // namespace

Fallible<Settings> load_settings(const std::optional<std::string>& config,
                                 const Environment& environment,
                                 const SettingsFlags& flags) {
  const std::string path = config.value_or(std::string(kDefaultConfig));
  const auto yaml = read_config(path, config.has_value());
  if (!yaml) return tl::unexpected(yaml.error());
  auto [settings, faults] = read_settings(path, *yaml, environment, flags);
  for (const SettingsFault& fault : faults)
    say(fault.place + ": " + fault.message);
  if (!faults.empty()) return fail(ExitCode::kConfiguration, {});
  return settings;
}

}  // namespace jobsched::cmd
