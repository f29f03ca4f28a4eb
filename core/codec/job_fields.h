#pragma once

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/job/document.h"

namespace jobsched {

// The fields of a job document, in the documented order. (XML has dataEncoding as an attribute.)
enum class JobField {
  kId,
  kAccount,
  kUrl,
  kSignature,
  kContentType,
  kData,
  kDataEncoding,
  kWhen,
  kCron,
  kNext,
  kTimezone,
  kMisfire,
  kPaused,
  kPauseReason,
};

constexpr std::size_t kJobFieldCount = 14;

// As in documents: "contentType".
std::string_view field_name(JobField field);

// Whether the text is the name of a field.
bool is_field_name(std::string_view text);

// The only value of dataEncoding.
constexpr std::string_view kBase64Encoding = "base64";

// Whether it is true or false; the other fields are text.
bool is_boolean(JobField field);

// The member of a document that holds a field as it is; null for kDataEncoding and kNext, and for
// those that are not text.
std::optional<std::string> JobDocument::*field_member(JobField field);

// Collects the fields of a document in whatever order they come.
class JobDocumentBuilder {
 public:
  // Says which field comes next. Errors: kInvalid, if there is no such field (the detail names the
  // nearest) or it came before.
  Result<JobField> begin(std::string_view name);

  // Gives a field its text; "true" or "false" if it is a boolean. Errors: kInvalid.
  Result<void> set(JobField field, std::string text);

  // The document, its data decoded. Errors: kInvalid.
  Result<JobDocument> build();

 private:
  JobDocument document_;
  std::optional<std::string> data_encoding_;
  std::bitset<kJobFieldCount> seen_;
};

}  // namespace jobsched
