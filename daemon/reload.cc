#include "daemon/reload.h"

#include <string>
#include <utility>

#include "daemon/settings/setting.h"

namespace jobsched {

namespace {

std::string list_faults(const std::vector<SettingsFault>& faults) {
  std::string text;
  for (const auto& [place, message] : faults)
    text.append(text.empty() ? "" : "; ").append(place).append(": ").append(message);
  return text;
}

std::string list_keys(const std::vector<std::string_view>& keys) {
  std::string text;
  for (const std::string_view key : keys)
    text.append(text.empty() ? "" : ",").append(key);
  return text;
}

}  // namespace

Reload::Reload(SettingsSource source, Settings started, Apply apply)
    : source_(std::move(source)),
      started_(std::move(started)),
      last_(started_),
      apply_(std::move(apply)) {}

Result<Reload::Changes> Reload::read_again() {
  SettingsResult read = read_settings(source_);
  if (!read.faults.empty()) return fail(ErrorKind::kInvalid, list_faults(read.faults));
  if (const Result<void> applied = apply_(read.settings); !applied) {
    return tl::unexpected(applied.error());
  }
  Changes changes{changed_settings(last_, read.settings, Effect::kAtOnce),
                  changed_settings(started_, read.settings, Effect::kAtRestart)};
  last_ = std::move(read.settings);
  return changes;
}

std::string reload_settings(Reload& reload, const Log& log) {
  const Result<Reload::Changes> changes = reload.read_again();
  if (!changes) {
    log.error("the settings stay as they were, because the new ones cannot be used",
              {{"error", changes.error().detail}});
    return "the new settings cannot be used; the log says why";
  }
  log.info("the settings have been read again",
           {{"changed", changes->applied.empty() ? "none" : list_keys(changes->applied)}});
  if (changes->waiting.empty()) return {};
  std::string waiting = list_keys(changes->waiting);
  log.warning("some settings that have changed take a restart, and are as before until then",
              {{"settings", waiting}});
  return "restart to apply " + std::move(waiting);
}

}  // namespace jobsched
