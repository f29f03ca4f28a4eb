#include "core/codec/json_reader.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/codec/document_text.h"
#include "core/limits.h"
#include "core/text/ascii.h"
#include "core/text/place.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

tl::unexpected<Error> malformed(std::string detail, std::size_t position) {
  return fail(ErrorKind::kMalformed, std::move(detail), "", position);
}

tl::unexpected<Error> too_deep(std::string_view text, std::size_t position) {
  return malformed("the document is nested deeper than " + std::to_string(kMaxDocumentDepth) +
                       " levels at " + describe_place(text, position),
                   position);
}

// The part of a message of nlohmann's that says what is wrong, without its prefixes and without
// the text read, which may be all of the document:
// "[…] parse error at line 1, column 2: syntax error while parsing object - REASON; last read: '…'"
std::string reason_of(std::string_view message) {
  const std::size_t syntax_error = message.find("syntax error");
  const std::size_t dash = message.find(" - ", std::min(syntax_error, message.size()));
  if (dash == std::string_view::npos) return "a number is out of range";
  const std::string_view reason = message.substr(dash + 3);
  return printable(reason.substr(0, reason.find("; last read: ")));
}

// How far back the fault begins from the last byte read: a token that is out of place is named by
// its first byte, a broken one by the byte at fault. The library keeps the text of strings and
// numbers only.
std::size_t fault_length(std::string_view reason, std::size_t last_token_length) {
  if (reason.starts_with("unexpected string") || reason.starts_with("unexpected number")) {
    return last_token_length;
  }
  if (reason.starts_with("unexpected false")) return 5;
  if (reason.starts_with("unexpected true") || reason.starts_with("unexpected null")) return 4;
  return 1;
}

// Turns nlohmann's events into the handler's; false stops the parser.
class SaxAdapter {
 public:
  SaxAdapter(std::string_view source, JsonHandler& handler) : source_(source), handler_(handler) {}

  std::optional<Error>& error() { return error_; }

  bool null() { return scalar(JsonType::kNull); }

  bool boolean(bool value) { return scalar(JsonType::kBoolean, value ? "true" : "false"); }

  bool number_integer(std::int64_t value) {
    return scalar(JsonType::kNumber, std::to_string(value));
  }

  bool number_unsigned(std::uint64_t value) {
    return scalar(JsonType::kNumber, std::to_string(value));
  }

  bool number_float(double /*value*/, const std::string& text) {
    return scalar(JsonType::kNumber, text);
  }

  bool string(std::string& text) { return scalar(JsonType::kString, std::move(text)); }

  bool binary(nlohmann::json::binary_t& /*bytes*/) { return false; }  // not in JSON texts

  bool start_object(std::size_t /*size*/) { return open(JsonType::kObject); }

  bool start_array(std::size_t /*size*/) { return open(JsonType::kArray); }

  bool end_object() { return close(); }

  bool end_array() { return close(); }

  bool key(std::string& name) { return go_on(handler_.key(std::move(name), depth_)); }

  bool parse_error(std::size_t bytes_read,
                   const std::string& last_token,
                   const nlohmann::json::exception& exception) {
    const std::string reason = reason_of(exception.what());
    const std::size_t length = fault_length(reason, last_token.size());
    const std::size_t position =
        std::min(bytes_read - std::min(length, bytes_read), source_.size());
    error_ = malformed(
                 "the document is not JSON: " + reason + " at " + describe_place(source_, position),
                 position)
                 .value();
    return false;
  }

 private:
  bool scalar(JsonType type, std::string text = {}) {
    return go_on(handler_.value(type, std::move(text), depth_));
  }

  bool open(JsonType type) { return go_on(handler_.value(type, {}, depth_++)); }

  bool close() {
    --depth_;
    return true;
  }

  bool go_on(Result<void> result) {
    if (!result) error_ = std::move(result.error());
    return result.has_value();
  }

  std::string_view source_;
  JsonHandler& handler_;
  std::size_t depth_ = 0;
  std::optional<Error> error_;
};

// The text as the library is to read it: a blank in place of each comma that stands after a value
// and before a closing brace or bracket, so that positions stay as they are.
// Errors: kMalformed if it is nested too deeply for the library.
Result<std::string> prepare(std::string_view text) {
  constexpr std::string_view kNoValue = "{[,:";
  std::string source(text);
  bool in_string = false;
  char previous = '{';
  std::size_t depth = 0;
  std::optional<std::size_t> comma;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const char c = source[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
      continue;
    }
    if (is_space(c)) continue;
    if (c == '{' || c == '[') {
      if (++depth > kMaxDocumentDepth) return too_deep(text, i);
    } else if (c == '}' || c == ']') {
      if (comma) source[*comma] = ' ';
      depth -= std::min<std::size_t>(depth, 1);
    }
    comma.reset();
    if (c == ',' && kNoValue.find(previous) == std::string_view::npos) comma = i;
    in_string = c == '"';
    previous = c;
  }
  return source;
}

}  // namespace

std::string_view describe(JsonType type) {
  switch (type) {
    case JsonType::kObject: return "an object";
    case JsonType::kArray: return "an array";
    case JsonType::kString: return "a string";
    case JsonType::kNumber: return "a number";
    case JsonType::kBoolean: return "a boolean";
    case JsonType::kNull: return "null";
  }
  return "nothing";
}

Result<void> read_json(std::string_view text, JsonHandler& handler) {
  if (auto checked = check_document_text(text); !checked) return checked;
  const Result<std::string> source = prepare(text);
  if (!source) return tl::unexpected(source.error());
  SaxAdapter adapter(text, handler);
  if (nlohmann::json::sax_parse(*source, &adapter)) return {};
  return tl::unexpected(std::move(*adapter.error()));
}

}  // namespace jobsched
