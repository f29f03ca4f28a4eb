#include "daemon/zoneinfo/zoneinfo.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "core/text/ascii.h"
#include "core/text/nearest.h"
#include "core/time/posix_tz.h"

namespace jobsched {

namespace {

namespace fs = std::filesystem;

// The largest zone of the IANA data has 4 KiB.
constexpr std::size_t kMaxFileBytes = 65'536;

// The longest IANA name has 32.
constexpr std::size_t kMaxNameBytes = 128;

// Beyond these the directory is something else than time zones.
constexpr std::size_t kMaxNames = 10'000;
constexpr int kMaxDirectoryDepth = 4;

tl::unexpected<Error> fail_with(std::string detail) {
  return fail(ErrorKind::kInvalid, std::move(detail), "timezone");
}

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  if (name.front() == '/' || name.back() == '/') return false;
  if (name.find("//") != std::string_view::npos) return false;
  return std::ranges::all_of(name, [](char c) {
    return is_letter_or_digit(c) || c == '_' || c == '+' || c == '-' || c == '/';
  });
}

// Absent if there is no such file, or it cannot be read, or it is too large.
std::optional<std::string> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return {};
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kMaxFileBytes + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad() || file.gcount() == 0) return {};
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.size() > kMaxFileBytes) return {};
  return bytes;
}

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator entry(directory, error);
  for (; !error && entry != fs::end(entry) && names.size() < kMaxNames; entry.increment(error)) {
    const std::string name = entry->path().lexically_relative(directory).string();
    // Copies of all the rest.
    if (name == "posix" || name == "right" || entry.depth() >= kMaxDirectoryDepth) {
      entry.disable_recursion_pending();
    } else if (is_name(name) && name != "localtime" && !entry->is_directory(error)) {
      names.push_back(name);
    }
  }
  std::ranges::sort(names);
  return names;
}

std::string_view city_of(std::string_view name) {
  return name.substr(name.rfind('/') + 1);
}

// "berlin" and "Europe/Brelin" mean "Europe/Berlin", "New York" means "America/New_York".
std::optional<std::string> near_name(std::string_view wanted, const fs::path& directory) {
  if (wanted.size() > kMaxNameBytes) return {};
  std::string text = lower_case(wanted);
  std::ranges::replace(text, ' ', '_');
  const std::vector<std::string> names = names_in(directory);
  const auto same = [&](const std::string& name) { return lower_case(name) == text; };
  const auto same_city = [&](const std::string& name) {
    return lower_case(city_of(name)) == city_of(text);
  };
  if (const auto found = std::ranges::find_if(names, same); found != names.end()) return *found;
  if (const auto found = std::ranges::find_if(names, same_city); found != names.end()) {
    return *found;
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto found = nearest_name(text, views);
  return found ? std::optional<std::string>(*found) : std::nullopt;
}

tl::unexpected<Error> fail_unknown(std::string_view name, const fs::path& directory) {
  const auto near = near_name(name, directory);
  const std::string what =
      is_name(name) ? "there is no time zone `" + std::string(name) + "`"
                    : "a time zone name has only letters, digits, `_`, `+`, `-` and single `/`";
  return fail_with(
      what + ": " +
      (near ? "did you mean `" + *near + "`?" : "write an IANA name such as `Europe/Berlin`"));
}

// The IANA name of the file that a path leads to, or else the path.
std::string name_of(const fs::path& path) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  const std::string text = error ? path.string() : target.string();
  constexpr std::string_view kParent = "/zoneinfo/";
  const std::size_t at = text.find(kParent);
  return at == std::string::npos ? path.string() : text.substr(at + kParent.size());
}

Result<Zone> load_file(const fs::path& path) {
  const auto bytes = read_file(path);
  if (!bytes) {
    return fail_with("the time zone file `" + path.string() +
                     "` cannot be read: set TZ to an IANA name such as `Europe/Berlin`");
  }
  return parse_tzif(name_of(path), *bytes);
}

}  // namespace

std::string zone_directory(const Environment& environment) {
  const auto variable = environment.find("TZDIR");
  return variable == environment.end() ? std::string(kZoneinfoDirectory) : variable->second;
}

Result<Zone> load_zone(std::string_view iana_name, const fs::path& directory) {
  if (iana_name == "UTC") return Zone::utc();
  if (!is_name(iana_name)) return fail_unknown(iana_name, directory);
  const auto bytes = read_file(directory / iana_name);
  if (!bytes) return fail_unknown(iana_name, directory);
  return parse_tzif(std::string(iana_name), *bytes);
}

Result<Zone> load_local_zone(std::optional<std::string_view> tz_variable,
                             const fs::path& directory,
                             const fs::path& localtime_path) {
  if (!tz_variable) {
    std::error_code error;
    return fs::exists(localtime_path, error) ? load_file(localtime_path) : Zone::utc();
  }
  std::string_view text = *tz_variable;
  if (text.starts_with(':')) text.remove_prefix(1);
  if (text.empty()) return Zone::utc();
  if (text.starts_with('/')) return load_file(text);
  if (auto zone = load_zone(text, directory)) return zone;
  if (const auto rules = parse_posix_tz(text)) return to_zone(std::string(text), *rules);
  return fail_unknown(text, directory);
}

}  // namespace jobsched
