#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "daemon/log.h"
#include "daemon/settings/files.h"

namespace jobsched {

// Has a daemon that runs go by its settings when they have changed. Used by one thread.
class Reload {
 public:
  // Has the daemon go by the settings of Effect::kAtOnce; those of the other kind are none of its
  // business. Errors: it goes on as before, in everything.
  using Apply = std::function<Result<void>(const Settings& settings)>;

  // What a reading has brought, as keys of settings.
  struct Changes {
    std::vector<std::string_view> applied;  // since the reading before
    std::vector<std::string_view> waiting;  // for a restart: since the start
  };

  // `started` are the settings of `source` as they were read for the start.
  Reload(SettingsSource source, Settings started, Apply apply);

  // Reads the settings again, as they are read at the start, and applies them: all or nothing.
  // Errors: every fault of the settings with its place, or why they cannot be applied.
  Result<Changes> read_again();

 private:
  const SettingsSource source_;
  const Settings started_;
  Settings last_;  // as they were read when they were applied
  Apply apply_;
};

// Reads the settings again and logs what came of it. Gives what is left to be done about them, in a
// few words; nothing, if all hold.
std::string reload_settings(Reload& reload, const Log& log);

}  // namespace jobsched
