#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace jobsched {

using XmlAttributes = std::vector<std::pair<std::string_view, std::string_view>>;

// Takes in an XML document piece by piece. `depth` counts the elements around a piece: 0 is the
// root. Names are as written, with their prefix if they have one. An error ends the reading.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;

  virtual Result<void> start(std::string_view name,
                             const XmlAttributes& attributes,
                             std::size_t depth) = 0;

  // Some of the text inside the innermost open element; it may come in any number of pieces.
  virtual Result<void> text(std::string_view piece, std::size_t depth) = 0;

  virtual Result<void> end(std::size_t depth) = 0;
};

// Reads a whole XML 1.0 document into `handler`. White space is kept; comments and processing
// instructions are passed over. Memory is a small multiple of the text.
// Errors: the handler's; kMalformed, with a position, for a document that is not well-formed, is
// not UTF-8, has a document type, or is nested deeper than kMaxDocumentDepth.
Result<void> read_xml(std::string_view text, XmlHandler& handler);

}  // namespace jobsched
