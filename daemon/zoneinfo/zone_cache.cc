#include "daemon/zoneinfo/zone_cache.h"

#include <sys/stat.h>

#include <utility>

#include "daemon/zoneinfo/zoneinfo.h"

namespace jobsched {

ZoneCache::ZoneCache(std::filesystem::path directory) : directory_(std::move(directory)) {}

Result<std::shared_ptr<const Zone>> ZoneCache::find(std::string_view iana_name) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto kept = kept_.find(iana_name); kept != kept_.end()) return kept->second.zone;
  }
  return load(iana_name);
}

std::shared_ptr<const Zone> ZoneCache::look_again(const std::string& iana_name) {
  {
    const std::lock_guard lock(mutex_);
    const auto kept = kept_.find(iana_name);
    if (kept != kept_.end() && kept->second.stamp == stamp(iana_name)) return kept->second.zone;
    if (kept != kept_.end()) kept_.erase(kept);
  }
  return load(iana_name).value_or(nullptr);
}

// The stamp is taken first: a file that is replaced in between is loaded once more.
Result<std::shared_ptr<const Zone>> ZoneCache::load(std::string_view iana_name) {
  const std::optional<Stamp> before = stamp(iana_name);
  Result<Zone> loaded = load_zone(iana_name, directory_);
  if (!loaded) return tl::unexpected(std::move(loaded.error()));
  auto zone = std::make_shared<const Zone>(*std::move(loaded));
  const std::lock_guard lock(mutex_);
  kept_.insert_or_assign(std::string(iana_name), Kept{zone, before});
  return zone;
}

std::optional<ZoneCache::Stamp> ZoneCache::stamp(std::string_view iana_name) const {
  struct stat file {};

  if (::stat((directory_ / iana_name).c_str(), &file) != 0) return std::nullopt;
  return Stamp{file.st_dev, file.st_ino, file.st_size,
               file.st_mtim.tv_sec * std::int64_t{1'000'000'000} + file.st_mtim.tv_nsec};
}

}  // namespace jobsched
