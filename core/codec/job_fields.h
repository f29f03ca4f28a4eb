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
  kName,
  kMethod,
  kHeaders,
  kTimeout,
  kRetry,
  kMisfire,
  kPaused,
  kPauseReason,
};

constexpr std::size_t kJobFieldCount = 19;

// As in documents: "contentType".
std::string_view field_name(JobField field);

// Whether the text is the name of a field.
bool is_field_name(std::string_view text);

// The only value of dataEncoding.
constexpr std::string_view kBase64Encoding = "base64";

// What a field holds.
enum class FieldType { kText, kBoolean, kNumber, kHeaders, kRetry };

FieldType field_type(JobField field);

// Whether a field has members: `headers` and `retry`.
bool has_members(JobField field);

// The members of `retry`.
constexpr std::string_view kAttemptsMember = "attempts";
constexpr std::string_view kBackoffMember = "backoff";

// The member of a document that holds a field as it is; null for kDataEncoding and kNext, and for
// those that are not text.
std::optional<std::string> JobDocument::*field_member(JobField field);

// Collects the fields of a document in whatever order they come.
class JobDocumentBuilder {
 public:
  // Says which field comes next. Errors: kInvalid, if there is no such field (the detail names the
  // nearest) or it came before.
  Result<JobField> begin(std::string_view name);

  // Gives a field its text; "true" or "false" if it is a boolean, a whole number if it is one; to a
  // field with members it gives none so far. Errors: kInvalid.
  Result<void> set(JobField field, std::string text);

  // One more header.
  void add_header(std::string name, std::string value);

  // Says that a member of `retry` comes next. Errors: kInvalid, if there is none of that name.
  static Result<void> begin_retry_member(std::string_view name);

  // The members of `retry`: the attempts; the backoff, of no delay so far; one more delay. Whole
  // numbers as text. Errors: kInvalid, also for what is given twice.
  Result<void> set_attempts(std::string_view text);
  Result<void> begin_backoff();
  Result<void> add_delay(std::string_view text);

  // The document, its data decoded. Errors: kInvalid.
  Result<JobDocument> build();

 private:
  Result<void> set_paused(std::string_view text);
  Result<void> set_timeout(std::string_view text);

  JobDocument document_;
  std::optional<std::string> data_encoding_;
  std::bitset<kJobFieldCount> seen_;
};

}  // namespace jobsched
