#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/codec/job_fields.h"
#include "core/codec/xml_reader.h"
#include "core/error.h"
#include "core/job/document.h"

namespace jobsched {

// As in documents: <headers><header name="X-A">value</header></headers>.
constexpr std::string_view kHeaderElement = "header";
constexpr std::string_view kNameAttribute = "name";

// Reads one job document in XML. Errors of its elements: kInvalid naming the field.
class JobXmlHandler final : public XmlHandler {
 public:
  Result<void> start(std::string_view name,
                     const XmlAttributes& attributes,
                     std::size_t depth) override;
  Result<void> text(std::string_view piece, std::size_t depth) override;
  Result<void> end(std::size_t depth) override;

  Result<JobDocument> build() { return builder_.build(); }

 private:
  Result<void> start_field(std::string_view name, const XmlAttributes& attributes);
  Result<void> start_member(std::string_view name, const XmlAttributes& attributes);
  Result<void> start_header(std::string_view name, const XmlAttributes& attributes);
  Result<void> end_member();

  // How deep the elements are that hold text: a field, or a member of one.
  std::size_t text_depth() const { return has_members(field_) ? 2 : 1; }

  JobDocumentBuilder builder_;
  JobField field_ = JobField::kNext;
  std::string member_;  // of `retry`: its name; of `headers`: that of the header
  std::string text_;
};

}  // namespace jobsched
