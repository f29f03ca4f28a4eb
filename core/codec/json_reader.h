#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"

namespace jobsched {

enum class JsonType { kObject, kArray, kString, kNumber, kBoolean, kNull };

// "an object", "a string", "null".
std::string_view describe(JsonType type);

// Takes in a JSON text piece by piece, so that no tree of it is ever built. `depth` counts the
// objects and arrays around a piece: 0 is the whole text. After an error nothing more comes.
class JsonHandler {
 public:
  virtual ~JsonHandler() = default;

  // The name of the member whose value comes next.
  virtual Result<void> key(std::string name, std::size_t depth) = 0;

  // A value; its members or elements follow. `text` is that of a string or a number, "true" or
  // "false" of a boolean, else empty.
  virtual Result<void> value(JsonType type, std::string text, std::size_t depth) = 0;
};

// Reads a whole JSON text (RFC 8259) into `handler`, with one liberty: a comma may stand before a
// closing brace or bracket, if something stands before it. Memory is a small multiple of the text.
// Errors: kMalformed, with a position, for a text that is not JSON or UTF-8 or is nested deeper
// than kMaxDocumentDepth, whatever the handler says; or else the handler's.
Result<void> read_json(std::string_view text, JsonHandler& handler);

}  // namespace jobsched
