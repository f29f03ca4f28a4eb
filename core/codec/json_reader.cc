#include "core/codec/json_reader.h"

#include <rapidjson/reader.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/codec/document_text.h"
#include "core/limits.h"
#include "core/text/place.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

namespace rj = rapidjson;

using Stream = rj::InsituStringStream;

// Numbers come as they are written; UTF-8 has been checked. In place, the library needs no memory
// of its own.
constexpr unsigned kFlags =
    rj::kParseInsituFlag | rj::kParseNumbersAsStringsFlag | rj::kParseTrailingCommasFlag;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr std::string_view kLoneSurrogate = "an escaped surrogate is not one of a pair";
constexpr char kBeforeSurrogate = '\xED';  // the first of its bytes in what passes for UTF-8

tl::unexpected<Error> malformed(std::string detail, std::size_t position) {
  return fail(ErrorKind::kMalformed, std::move(detail), "", position);
}

tl::unexpected<Error> not_json(const std::string& why,
                               std::string_view text,
                               std::size_t position) {
  return malformed("the document is not JSON: " + why + " at " + describe_place(text, position),
                   position);
}

// What stands where something else is expected.
std::string found_at(std::string_view text, std::size_t position) {
  const auto character = decode_utf8(text.substr(position));
  return character ? quote(text.substr(position, character->length)) : "the end of the text";
}

// What is wrong at a position of the text.
std::string fault(rj::ParseErrorCode code, std::string_view text, std::size_t position) {
  const auto expected = [&](std::string_view what) {
    return std::string(what) + " is expected, not " + found_at(text, position);
  };
  switch (code) {
    case rj::kParseErrorDocumentEmpty:
    case rj::kParseErrorValueInvalid: return expected("a value");
    case rj::kParseErrorDocumentRootNotSingular: return expected("the end of the text");
    case rj::kParseErrorObjectMissName: return expected("a name in double quotes");
    case rj::kParseErrorObjectMissColon: return expected("a colon");
    case rj::kParseErrorObjectMissCommaOrCurlyBracket: return expected("a comma or '}'");
    case rj::kParseErrorArrayMissCommaOrSquareBracket: return expected("a comma or ']'");
    case rj::kParseErrorStringMissQuotationMark: return "a string has no closing quote";
    case rj::kParseErrorStringUnicodeEscapeInvalidHex: return "\\u needs four hex digits";
    case rj::kParseErrorStringUnicodeSurrogateInvalid: return std::string(kLoneSurrogate);
    case rj::kParseErrorNumberTooBig: return "a number is out of range";
    case rj::kParseErrorNumberMissFraction: return expected("a digit of a number's fraction");
    case rj::kParseErrorNumberMissExponent: return expected("a digit of a number's exponent");
    default: break;
  }
  const bool is_control =
      position < text.size() && static_cast<unsigned char>(text[position]) < ' ';
  return is_control ? "a control character in a string must be escaped" : "there is no such escape";
}

// Turns the library's events into the handler's until it refuses one: whether the rest is JSON is
// to be known all the same. False stops the library.
class SaxAdapter : public rj::BaseReaderHandler<rj::UTF8<>, SaxAdapter> {
 public:
  SaxAdapter(std::string_view text, Stream& stream, JsonHandler& handler)
      : text_(text), stream_(stream), handler_(handler) {}

  // Why it has stopped the library.
  std::optional<Error>& fault() { return fault_; }

  // What the handler has refused.
  std::optional<Error>& refusal() { return refusal_; }

  // The names are the library's.
  // NOLINTBEGIN(readability-identifier-naming)
  bool Null() { return scalar(JsonType::kNull); }

  bool Bool(bool value) { return scalar(JsonType::kBoolean, value ? "true" : "false"); }

  bool RawNumber(const char* text, rj::SizeType length, bool /*copy*/) {
    return scalar(JsonType::kNumber, {text, length});
  }

  bool String(const char* text, rj::SizeType length, bool /*copy*/) {
    return is_text({text, length}) && scalar(JsonType::kString, {text, length});
  }

  bool Key(const char* text, rj::SizeType length, bool /*copy*/) {
    return is_text({text, length}) && pass_on([&] { return handler_.key({text, length}, depth_); });
  }

  bool StartObject() { return open(JsonType::kObject); }

  bool EndObject(rj::SizeType /*members*/) { return close(); }

  bool StartArray() { return open(JsonType::kArray); }

  bool EndArray(rj::SizeType /*elements*/) { return close(); }

  // NOLINTEND(readability-identifier-naming)

 private:
  // The library lets the second half of a surrogate pair stand alone if it is escaped.
  bool is_text(std::string_view text) {
    for (std::size_t at = text.find(kBeforeSurrogate); at != std::string_view::npos;
         at = text.find(kBeforeSurrogate, at + 1)) {
      if (decode_utf8(text.substr(at))) continue;
      return stop(not_json(std::string(kLoneSurrogate), text_, stream_.Tell()));
    }
    return true;
  }

  bool scalar(JsonType type, std::string_view text = {}) {
    return pass_on([&] { return handler_.value(type, std::string(text), depth_); });
  }

  // The library recurses.
  bool open(JsonType type) {
    if (depth_ == kMaxDocumentDepth) {
      const std::size_t position = stream_.Tell() - 1;
      return stop(malformed("the document is nested deeper than " +
                                std::to_string(kMaxDocumentDepth) + " levels at " +
                                describe_place(text_, position),
                            position));
    }
    scalar(type);
    ++depth_;
    return true;
  }

  bool close() {
    --depth_;
    return true;
  }

  template <class Event>
  bool pass_on(Event event) {
    if (refusal_) return true;
    if (Result<void> taken = event(); !taken) refusal_ = std::move(taken.error());
    return true;
  }

  bool stop(tl::unexpected<Error> fault) {
    fault_ = std::move(fault.value());
    return false;
  }

  std::string_view text_;
  Stream& stream_;  // not const, for it cannot tell its position then
  JsonHandler& handler_;
  std::size_t depth_ = 0;
  std::optional<Error> fault_;
  std::optional<Error> refusal_;
};

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
  std::string source(text);
  if (text.starts_with(kByteOrderMark)) source.replace(0, kByteOrderMark.size(), 3, ' ');
  Stream stream(source.data());
  SaxAdapter adapter(text, stream, handler);
  const rj::ParseResult parsed = rj::Reader().Parse<kFlags>(stream, adapter);
  if (adapter.fault()) return tl::unexpected(*std::move(adapter.fault()));
  if (parsed.IsError()) {
    return not_json(fault(parsed.Code(), text, parsed.Offset()), text, parsed.Offset());
  }
  if (adapter.refusal()) return tl::unexpected(*std::move(adapter.refusal()));
  return {};
}

}  // namespace jobsched
