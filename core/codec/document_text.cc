#include "core/codec/document_text.h"

#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

tl::unexpected<Error> malformed(std::string detail, std::size_t position) {
  return fail(ErrorKind::kMalformed, std::move(detail), "", position);
}

}  // namespace

Result<void> check_document_text(std::string_view text) {
  if (trim(text, is_space).empty()) return malformed("the document is empty", 0);
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return malformed("the document has a NUL after byte " + std::to_string(nul) +
                         "; write it in UTF-8, and any data with a NUL in base64",
                     nul);
  }
  if (const auto invalid = find_invalid_utf8(text)) {
    return malformed("the document is not UTF-8 after byte " + std::to_string(*invalid) +
                         "; write it in UTF-8, and data that is not text in base64",
                     *invalid);
  }
  return {};
}

}  // namespace jobsched
