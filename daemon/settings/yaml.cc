#include "daemon/settings/yaml.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <yaml-cpp/yaml.h>

#include "core/text/suggestion.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

bool is_section(std::string_view key) {
  return std::ranges::any_of(all_settings(), [&](const Setting& s) { return s.section() == key; });
}

// The keys that `section` may have; the names of the sections too if it is the top.
std::vector<std::string_view> right_names(std::string_view section) {
  std::vector<std::string_view> names;
  for (const Setting& setting : all_settings()) {
    const std::string_view of = setting.section();
    const bool heads_section = section.empty() && !of.empty();
    if (heads_section && std::ranges::find(names, of) == names.end()) names.push_back(of);
    if (of == section) names.push_back(setting.name());
  }
  return names;
}

// For a key in the wrong map: where it belongs.
std::string suggest_key(std::string_view section, std::string_view key) {
  const auto near = did_you_mean(key, right_names(section));
  if (!near.empty()) return near;
  const std::string_view last = key.substr(key.rfind('.') + 1);
  const auto elsewhere =
      std::ranges::find_if(all_settings(), [&](const Setting& s) { return s.name() == last; });
  if (elsewhere == all_settings().end()) return {};
  return "; did you mean \"" + std::string(elsewhere->key) + "\"?";
}

class Reader {
 public:
  Reader(std::string_view file_name, std::vector<SettingsFault>& faults)
      : file_name_(file_name), faults_(faults) {}

  std::vector<Assignment> take() { return std::move(assignments_); }

  void document(std::string_view text) {
    try {
      const auto documents = YAML::LoadAll(std::string(text));
      if (documents.size() > 1) {
        return fault(documents[1].Mark(), "there is a second document; only one is read");
      }
      if (!documents.empty() && !documents[0].IsNull()) map({}, documents[0]);
    } catch (const YAML::Exception& error) {
      fault(error.mark, "this is not YAML: " + error.msg);
    }
  }

 private:
  std::string place(const YAML::Mark& mark) const {
    if (mark.is_null()) return file_name_;
    return line(mark) + ":" + std::to_string(mark.column + 1);
  }

  std::string line(const YAML::Mark& mark) const {
    return file_name_ + ":" + std::to_string(mark.line + 1);
  }

  void fault(const YAML::Mark& mark, std::string message) {
    faults_.push_back({place(mark), std::move(message)});
  }

  void map(const std::string& section, const YAML::Node& node) {
    const std::string title = section.empty() ? "the file" : '"' + section + '"';
    if (!node.IsMap()) return fault(node.Mark(), title + " must be a map of settings");
    std::map<std::string, int, std::less<>> lines;
    for (const auto& member : node) {
      if (!member.first.IsScalar()) {
        fault(member.first.Mark(), "a key must be a word");
        continue;
      }
      const std::string& name = member.first.Scalar();
      const YAML::Mark mark = member.first.Mark();
      const auto [first, is_new] = lines.emplace(name, mark.line + 1);
      if (is_new) {
        this->member(section, name, mark, member.second);
      } else {
        fault(mark, "duplicate key " + quote(name) + "; the first is in line " +
                        std::to_string(first->second));
      }
    }
  }

  void member(const std::string& section,
              const std::string& name,
              const YAML::Mark& mark,
              const YAML::Node& node) {
    if (section.empty() && is_section(name)) {
      if (!node.IsNull()) map(name, node);
      return;
    }
    const bool dotted = name.find('.') != std::string::npos;
    const Setting* setting =
        dotted ? nullptr : find_setting(section.empty() ? name : section + "." + name);
    if (setting == nullptr) {
      const std::string in = section.empty() ? "" : " in \"" + section + '"';
      return fault(mark, "unknown key " + quote(name) + in + suggest_key(section, name));
    }
    assign(*setting, mark, node);
  }

  void assign(const Setting& setting, const YAML::Mark& mark, const YAML::Node& node) {
    const std::string subject = std::string(setting.key) + ": ";
    Assignment assignment{&setting, place(mark), line(mark), subject, {}};
    if (node.IsSequence() && setting.is_list()) {
      for (const auto& item : node) {
        if (!item.IsScalar()) return fault(item.Mark(), subject + "is a list of single values");
        assignment.values.push_back({item.Scalar(), place(item.Mark())});
      }
    } else if (node.IsScalar()) {
      assignment.values.push_back({node.Scalar(), place(node.Mark())});
    } else if (node.IsNull()) {
      return fault(mark, subject + "has no value; give one or leave the key out");
    } else {
      const std::string_view takes =
          setting.is_list() ? "takes a value or a list of values" : "takes a single value";
      return fault(node.Mark(), subject + std::string(takes));
    }
    assignments_.push_back(std::move(assignment));
  }

  std::string file_name_;
  std::vector<SettingsFault>& faults_;
  std::vector<Assignment> assignments_;
};

}  // namespace

std::vector<Assignment> read_yaml(std::string_view file_name,
                                  std::string_view text,
                                  std::vector<SettingsFault>& faults) {
  Reader reader(file_name, faults);
  reader.document(text);
  return reader.take();
}

}  // namespace jobsched
