#include "tests/support/zones.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace jobsched::test {

namespace {

const std::filesystem::path kDirectory = "/usr/share/zoneinfo";

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Zone system_zone(const std::string& name) {
  auto zone = parse_tzif(name, content_of(kDirectory / name));
  if (!zone) throw std::runtime_error(zone.error().detail);
  return *std::move(zone);
}

std::vector<std::string> system_zone_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kDirectory)) {
    const std::string name = entry.path().lexically_relative(kDirectory).string();
    // Copies of all the rest, the latter with leap seconds.
    if (name.starts_with("posix/") || name.starts_with("right/")) continue;
    if (entry.is_regular_file() && content_of(entry.path()).starts_with("TZif")) {
      names.push_back(name);
    }
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace jobsched::test
