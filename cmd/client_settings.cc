#include "cmd/client_settings.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include <yaml-cpp/yaml.h>

#include "cmd/console.h"
#include "cmd/payload.h"
#include "core/text/suggestion.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kMaxBytes = 1'048'576;  // a page is plenty

struct Key {
  std::string_view name;
  std::optional<ClientSettings::Value> ClientSettings::*member;
  bool is_path;
};

constexpr std::array kKeys{
    Key{"server", &ClientSettings::server, false}, Key{"key_file", &ClientSettings::key_file, true},
    Key{"cacert", &ClientSettings::cacert, true}, Key{"output", &ClientSettings::output, false}};

class Reader {
 public:
  Reader(const std::string& path, const Environment& environment, std::vector<std::string>& faults)
      : path_(path), environment_(environment), faults_(faults) {}

  ClientSettings read(const std::string& text) {
    try {
      const auto documents = YAML::LoadAll(text);
      if (documents.size() > 1) {
        fault(documents[1].Mark(), "there is a second document; only one is read");
      } else if (!documents.empty() && !documents[0].IsNull()) {
        map(documents[0]);
      }
    } catch (const YAML::Exception& error) {
      fault(error.mark, "this is not YAML: " + error.msg);
    }
    return std::move(settings_);
  }

 private:
  std::string place(const YAML::Mark& mark) const {
    if (mark.is_null()) return path_;
    return path_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  }

  void fault(const YAML::Mark& mark, const std::string& message) {
    faults_.push_back(place(mark) + ": " + message);
  }

  void map(const YAML::Node& node) {
    if (!node.IsMap()) return fault(node.Mark(), "the file must be a map of settings");
    for (const auto& member : node) {
      if (member.first.IsScalar()) {
        this->member(member.first.Scalar(), member.first.Mark(), member.second);
      } else {
        fault(member.first.Mark(), "a key must be a word");
      }
    }
  }

  void member(const std::string& name, const YAML::Mark& mark, const YAML::Node& node) {
    std::array<std::string_view, kKeys.size()> names;
    std::ranges::transform(kKeys, names.begin(), &Key::name);
    const auto* const key = std::ranges::find(kKeys, name, &Key::name);
    if (key == kKeys.end()) {
      return fault(mark, "unknown key " + quote(name) + did_you_mean(name, names));
    }
    const std::string subject = name + ": ";
    auto& setting = settings_.*(key->member);
    if (setting) return fault(mark, "duplicate key " + quote(name));
    if (!node.IsScalar()) {
      return fault(node.IsNull() ? mark : node.Mark(),
                   subject + (node.IsNull() ? "has no value; give one or leave the key out"
                                            : "takes a single value"));
    }
    setting = ClientSettings::Value{node.Scalar(), place(node.Mark()) + ": " + name};
    if (setting->text.empty()) return fault(node.Mark(), subject + "is empty");
    if (key->is_path) resolve(setting->text, node.Mark(), subject);
  }

  void resolve(std::string& path, const YAML::Mark& mark, const std::string& subject) {
    if (!path.starts_with("~/")) {
      path = (std::filesystem::path(path_).parent_path() / path).string();
      return;
    }
    const std::string home = variable(environment_, "HOME");
    if (home.empty()) return fault(mark, subject + "there is no HOME for ~ to stand for");
    path.replace(0, 1, home);
  }

  const std::string& path_;
  const Environment& environment_;
  std::vector<std::string>& faults_;
  ClientSettings settings_;
};

// Not there also where nobody lets this user look: then it is not this user's.
bool is_there(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  return status.type() != std::filesystem::file_type::not_found &&
         error != std::errc::permission_denied && error != std::errc::not_a_directory;
}

}  // namespace

std::optional<std::string> user_client_file(const Environment& environment) {
  constexpr std::string_view kName = "/jobsched/client.yaml";
  // The specification says to ignore relative paths.
  const std::string config = variable(environment, "XDG_CONFIG_HOME");
  if (config.starts_with('/')) return config + std::string(kName);
  const std::string home = variable(environment, "HOME");
  if (home.starts_with('/')) return home + "/.config" + std::string(kName);
  return std::nullopt;
}

void read_client_file(const std::string& path,
                      const std::string& text,
                      const Environment& environment,
                      ClientSettings& settings,
                      std::vector<std::string>& faults) {
  ClientSettings read = Reader(path, environment, faults).read(text);
  for (const Key& key : kKeys) {
    auto& setting = settings.*(key.member);
    if (!setting) setting = std::move(read.*(key.member));
  }
}

Fallible<ClientSettings> load_client_settings(const std::optional<std::string>& user_file,
                                              const std::string& system_file,
                                              const Environment& environment) {
  ClientSettings settings;
  std::vector<std::string> faults;
  for (const auto& path : {user_file, std::optional(system_file)}) {
    if (!path || !is_there(*path)) continue;
    const auto text = read_file(*path, kMaxBytes, ExitCode::kConfiguration);
    if (text) {
      read_client_file(*path, *text, environment, settings, faults);
    } else {
      faults.push_back(text.error().message);
    }
  }
  for (const std::string& fault : faults)
    say(fault);
  if (!faults.empty()) return fail(ExitCode::kConfiguration, {});
  return settings;
}

}  // namespace jobsched::cmd
