#include "daemon/settings/files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "core/text/size.h"

namespace jobsched {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = 1'048'576;  // bytes; a page is plenty
constexpr std::string_view kDropIns = "conf.d";
constexpr std::string_view kExtension = ".yaml";

class Files {
 public:
  void read(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                               std::fclose);
    if (!file) return fault(path, std::generic_category().message(errno));
    std::string text;
    std::array<char, 65'536> piece{};
    while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), file.get())) {
      text.append(piece.data(), count);
      if (text.size() > kMaxFile) {
        return fault(path, "it is longer than the limit of " + format_size(kMaxFile));
      }
    }
    if (std::ferror(file.get()) != 0) return fault(path, std::generic_category().message(errno));
    texts.push_back({path, std::move(text)});
  }

  void read_drop_ins(const fs::path& directory) {
    std::error_code error;
    std::vector<std::string> paths;
    fs::directory_iterator entry(directory, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      const fs::path& path = entry->path();
      if (path.extension() == kExtension && !path.filename().string().starts_with('.')) {
        paths.push_back(path);
      }
    }
    const bool absent =
        error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
    if (error && !absent) return fault(directory, error.message());
    std::ranges::sort(paths);
    for (const std::string& path : paths)
      read(path);
  }

  std::vector<SettingsText> texts;
  std::vector<SettingsFault> faults;

 private:
  void fault(const std::string& path, const std::string& reason) {
    faults.push_back({path, "cannot be read: " + reason});
  }
};

bool is_absent(const std::string& path) {
  std::error_code error;
  return fs::status(path, error).type() == fs::file_type::not_found;
}

}  // namespace

SettingsResult read_settings(const SettingsSource& source) {
  const std::string path = source.config.value_or(std::string(kDefaultSettingsFile));
  Files files;
  if (source.config || !is_absent(path)) files.read(path);
  files.read_drop_ins(fs::path(path).parent_path() / kDropIns);
  SettingsResult result = read_settings(files.texts, source.environment, source.flags);
  result.faults.insert(result.faults.begin(), files.faults.begin(), files.faults.end());
  return result;
}

}  // namespace jobsched
