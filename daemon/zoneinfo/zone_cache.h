#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time/zone.h"

namespace jobsched {

// The time zones in use, each loaded once and kept until somebody looks again. There are only as
// many as the directory has files. Thread-safe.
class ZoneCache {
 public:
  // Zones come from `directory`, by the rules of `load_zone`.
  explicit ZoneCache(std::filesystem::path directory);

  // Errors: as of load_zone.
  Result<std::shared_ptr<const Zone>> find(std::string_view iana_name);

  // The same after a look at whether the file is still the one that was loaded: from now on `find`
  // gives what is there now. Null if it is no zone (any more).
  std::shared_ptr<const Zone> look_again(const std::string& iana_name);

 private:
  // What changes when a file is replaced or written to.
  struct Stamp {
    std::uint64_t device;
    std::uint64_t inode;
    std::int64_t size;
    std::int64_t modified;  // nanoseconds

    bool operator==(const Stamp&) const = default;
  };

  struct Kept {
    std::shared_ptr<const Zone> zone;
    std::optional<Stamp> stamp;  // absent where no file is needed
  };

  std::optional<Stamp> stamp(std::string_view iana_name) const;
  Result<std::shared_ptr<const Zone>> load(std::string_view iana_name);

  std::filesystem::path directory_;
  std::mutex mutex_;
  std::map<std::string, Kept, std::less<>> kept_;
};

}  // namespace jobsched
