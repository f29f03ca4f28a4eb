#include "cmd/settings_file.h"

#include "cmd/console.h"

namespace jobsched::cmd {

Fallible<SettingsResult> load_settings(const SettingsSource& source) {
  SettingsResult result = read_settings(source);
  for (const SettingsFault& fault : result.faults)
    say(fault.place + ": " + fault.message);
  if (!result.faults.empty()) return fail(ExitCode::kConfiguration, {});
  return result;
}

}  // namespace jobsched::cmd
