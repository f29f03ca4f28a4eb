#include "core/codec/writer.h"

#include <array>
#include <cstdio>
#include <optional>

#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

void append_json_escape(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  std::array<char, 8> escape{};
  std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned char>(c));
  out += escape.data();
}

bool needs_json_escape(char c) {
  return is_control(c) || c == '"' || c == '\\';
}

// Empty if the character stands for itself.
std::string_view xml_escape(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";  // for the sake of "]]>"
    case '\r': return "&#13;";
    default: return {};
  }
}

// White space at the ends, where some parsers drop it unless it is a reference.
std::string_view xml_space_escape(char c) {
  switch (c) {
    case ' ': return "&#32;";
    case '\t': return "&#9;";
    case '\n': return "&#10;";
    default: return xml_escape(c);
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::optional<CodePoint> found = decode_utf8(text);
    if (!found) {
      out += kReplacementCharacter;
    } else if (needs_json_escape(text.front())) {
      append_json_escape(out, text.front());
    } else {
      out += text.substr(0, found->length);
    }
    text.remove_prefix(found ? found->length : 1);
  }
  out += '"';
}

bool is_xml_text(std::string_view text) {
  while (!text.empty()) {
    const std::optional<CodePoint> found = decode_utf8(text);
    if (!found || !is_xml_char(found->value)) return false;
    text.remove_prefix(found->length);
  }
  return true;
}

void append_xml_text(std::string& out, std::string_view text) {
  bool at_start = true;
  while (!text.empty()) {
    const std::optional<CodePoint> found = decode_utf8(text);
    const bool at_end = text.size() == 1;
    const std::string_view escape =
        at_start || at_end ? xml_space_escape(text.front()) : xml_escape(text.front());
    if (!found || !is_xml_char(found->value)) {
      out += kReplacementCharacter;
    } else {
      out += escape.empty() ? text.substr(0, found->length) : escape;
    }
    text.remove_prefix(found ? found->length : 1);
    at_start = false;
  }
}

void append_xml_attribute(std::string& out, std::string_view text) {
  std::string escaped;
  append_xml_text(escaped, text);
  for (const char c : escaped) {
    switch (c) {
      case '"': out += "&quot;"; break;
      case '\t': out += "&#9;"; break;
      case '\n': out += "&#10;"; break;
      default: out += c;
    }
  }
}

void append_xml_element(std::string& out, std::string_view name, std::string_view text) {
  out.append("<").append(name).append(">");
  append_xml_text(out, text);
  out.append("</").append(name).append(">");
}

}  // namespace jobsched
