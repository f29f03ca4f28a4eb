#include "cmd/status_text.h"

#include <array>
#include <string_view>
#include <utility>

#include "core/codec/json_reader.h"
#include "core/codec/writer.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

using Fields = std::array<std::pair<std::string_view, std::string_view>, 4>;

std::string_view state_word(DaemonStatus::State state) {
  switch (state) {
    case DaemonStatus::State::kReady: return "ready";
    case DaemonStatus::State::kNotReady: return "notReady";
    case DaemonStatus::State::kNoAnswer: break;
  }
  return "noAnswer";
}

std::string_view state_sentence(DaemonStatus::State state) {
  switch (state) {
    case DaemonStatus::State::kReady: return "ready";
    case DaemonStatus::State::kNotReady: return "up, but not ready";
    case DaemonStatus::State::kNoAnswer: break;
  }
  return "no answer";
}

std::string write_json(const Fields& fields) {
  std::string text = "{";
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    if (text.size() > 1) text += ',';
    append_json_string(text, name);
    text += ':';
    append_json_string(text, value);
  }
  return text + "}\n";
}

std::string write_xml(const Fields& fields) {
  std::string text = std::string(kXmlDeclaration) + "<daemon>";
  for (const auto& [name, value] : fields) {
    if (!value.empty()) append_xml_element(text, name, value);
  }
  return text + "</daemon>\n";
}

// Takes in an object's member `version`.
class VersionHandler final : public JsonHandler {
 public:
  Result<void> key(std::string name, std::size_t depth) override {
    is_next_ = depth == 1 && name == "version";
    return {};
  }

  Result<void> value(JsonType type, std::string text, std::size_t depth) override {
    if (is_next_ && depth == 1 && type == JsonType::kString) version_ = printable(text);
    is_next_ = false;
    return {};
  }

  std::string take() { return std::move(version_); }

 private:
  bool is_next_ = false;
  std::string version_;
};

}  // namespace

std::string show_status(Format format, const DaemonStatus& status) {
  const Fields fields{{{"server", status.server},
                       {"status", state_word(status.state)},
                       {"version", status.version},
                       {"detail", status.detail}}};
  if (format == Format::kJson) return write_json(fields);
  if (format == Format::kXml) return write_xml(fields);
  std::string text = status.server + ": " + std::string(state_sentence(status.state));
  if (!status.version.empty()) text += ", jobsched " + status.version;
  return printable(text) + "\n";
}

std::string read_version(const std::string& json) {
  VersionHandler handler;
  return read_json(json, handler) ? handler.take() : std::string();
}

}  // namespace jobsched::cmd
