#include "core/codec/xml_reader.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <string>

#include <expat.h>

#include "core/codec/document_text.h"
#include "core/limits.h"
#include "core/text/ascii.h"
#include "core/text/place.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

using ParserPtr = std::unique_ptr<XML_ParserStruct, FreeParser>;

tl::unexpected<Error> malformed(std::string detail, std::size_t position) {
  return fail(ErrorKind::kMalformed, std::move(detail), "", position);
}

// Turns expat's events into the handler's. After the first error it stops the parser, and ignores
// what expat still reports.
class ExpatAdapter {
 public:
  ExpatAdapter(std::string_view source, XmlHandler& handler)
      : source_(source), handler_(handler), parser_(XML_ParserCreate(nullptr)) {
    if (!parser_) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_start, on_end);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
    XML_SetXmlDeclHandler(parser_.get(), on_declaration);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
  }

  Result<void> run() {
    const XML_Status status =
        XML_Parse(parser_.get(), source_.data(), static_cast<int>(source_.size()), XML_TRUE);
    if (error_) return tl::unexpected(*std::move(error_));
    if (status == XML_STATUS_OK) return {};
    const std::string reason = XML_ErrorString(XML_GetErrorCode(parser_.get()));
    return malformed(
        "the document is not XML: " + reason + " at " + describe_place(source_, position()),
        position());
  }

 private:
  static ExpatAdapter& self(void* user_data) { return *static_cast<ExpatAdapter*>(user_data); }

  static void on_start(void* user_data, const XML_Char* name, const XML_Char** attributes) {
    self(user_data).start(name, attributes);
  }

  static void on_end(void* user_data, const XML_Char* /*name*/) { self(user_data).end(); }

  static void on_text(void* user_data, const XML_Char* piece, int length) {
    self(user_data).text({piece, static_cast<std::size_t>(length)});
  }

  static void on_declaration(void* user_data,
                             const XML_Char* /*version*/,
                             const XML_Char* encoding,
                             int /*standalone*/) {
    if (encoding != nullptr) self(user_data).declared_encoding(encoding);
  }

  static void on_doctype(void* user_data,
                         const XML_Char* /*name*/,
                         const XML_Char* /*system_id*/,
                         const XML_Char* /*public_id*/,
                         int /*has_internal_subset*/) {
    self(user_data).stop_at("a document type is not accepted; remove the <!DOCTYPE>");
  }

  void start(std::string_view name, const XML_Char** names_and_values) {
    if (error_) return;
    if (depth_ == kMaxDocumentDepth) {
      stop_at("the document is nested deeper than " + std::to_string(kMaxDocumentDepth) +
              " levels");
      return;
    }
    XmlAttributes attributes;
    for (; *names_and_values != nullptr; names_and_values += 2) {
      attributes.emplace_back(names_and_values[0], names_and_values[1]);
    }
    check(handler_.start(name, attributes, depth_++));
  }

  void end() {
    if (!error_) check(handler_.end(--depth_));
  }

  void text(std::string_view piece) {
    if (!error_) check(handler_.text(piece, depth_ - 1));
  }

  void declared_encoding(std::string_view encoding) {
    const std::string name = lower_case(encoding);
    if (name == "utf-8" || name == "us-ascii") return;
    stop_at("the declared encoding is " + quote(encoding) + "; write the document in UTF-8");
  }

  void check(Result<void> result) {
    if (!result) stop(std::move(result.error()));
  }

  void stop_at(std::string detail) {
    if (!error_) stop(Error{ErrorKind::kMalformed, std::move(detail), "", position()});
  }

  void stop(Error error) {
    error_ = std::move(error);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  std::size_t position() const {
    const XML_Index index = XML_GetCurrentByteIndex(parser_.get());
    return index < 0 ? 0 : std::min(static_cast<std::size_t>(index), source_.size());
  }

  std::string_view source_;
  XmlHandler& handler_;
  ParserPtr parser_;
  std::size_t depth_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<void> read_xml(std::string_view text, XmlHandler& handler) {
  if (auto checked = check_document_text(text); !checked) return checked;
  // The library counts in int.
  if (text.size() > std::numeric_limits<int>::max()) {
    return fail(ErrorKind::kTooLarge, "the document has more than 2 GiB");
  }
  return ExpatAdapter(text, handler).run();
}

}  // namespace jobsched
