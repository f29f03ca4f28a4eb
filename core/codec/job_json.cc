#include "core/codec/job_json.h"

#include <utility>

#include "core/text/utf8.h"

namespace jobsched {

namespace {

tl::unexpected<Error> invalid(std::string detail, std::string_view field = {}) {
  return fail(ErrorKind::kInvalid, std::move(detail), std::string(field));
}

// "the field is a string, not a number"
tl::unexpected<Error> wrong_type(std::string_view what,
                                 std::string_view wanted,
                                 JsonType type,
                                 JobField field) {
  return invalid("the " + std::string(what) + " is " + std::string(wanted) + ", not " +
                     std::string(describe(type)) +
                     (type == JsonType::kNull ? "; leave it out instead" : ""),
                 field_name(field));
}

JsonType json_type(FieldType type) {
  switch (type) {
    case FieldType::kText: return JsonType::kString;
    case FieldType::kBoolean: return JsonType::kBoolean;
    case FieldType::kNumber: return JsonType::kNumber;
    case FieldType::kHeaders:
    case FieldType::kRetry: break;
  }
  return JsonType::kObject;
}

}  // namespace

Result<void> JobJsonHandler::key(std::string name, std::size_t depth) {
  if (depth > 1) {
    if (field_ == JobField::kNext) return {};
    member_ = std::move(name);
    return field_ == JobField::kRetry ? JobDocumentBuilder::begin_retry_member(member_)
                                      : Result<void>{};
  }
  const Result<JobField> field = builder_.begin(name);
  if (!field) return tl::unexpected(field.error());
  field_ = *field;
  return {};
}

Result<void> JobJsonHandler::value(JsonType type, std::string text, std::size_t depth) {
  if (depth == 0) {
    if (type == JsonType::kObject) return {};
    return invalid("a job document is a JSON object with the fields of the job, not " +
                   std::string(describe(type)));
  }
  if (field_ == JobField::kNext) return {};
  if (depth == 1) return field_value(type, std::move(text));
  if (field_ == JobField::kHeaders) return header_value(type, std::move(text));
  return retry_value(type, text, depth);
}

Result<void> JobJsonHandler::field_value(JsonType type, std::string text) {
  const JsonType wanted = json_type(field_type(field_));
  if (type != wanted) return wrong_type("field", describe(wanted), type, field_);
  return builder_.set(field_, std::move(text));
}

Result<void> JobJsonHandler::header_value(JsonType type, std::string text) {
  if (type != JsonType::kString) {
    return wrong_type("header " + excerpt(member_), describe(JsonType::kString), type, field_);
  }
  builder_.add_header(std::move(member_), std::move(text));
  return {};
}

Result<void> JobJsonHandler::retry_value(JsonType type,
                                         const std::string& text,
                                         std::size_t depth) {
  if (depth > 2) {
    if (type != JsonType::kNumber) {
      return wrong_type("delay of the backoff", describe(JsonType::kNumber), type, field_);
    }
    return builder_.add_delay(text);
  }
  if (member_ == kBackoffMember) {
    if (type != JsonType::kArray) {
      return wrong_type(kBackoffMember, describe(JsonType::kArray), type, field_);
    }
    return builder_.begin_backoff();
  }
  if (type != JsonType::kNumber) {
    return wrong_type("number of attempts", describe(JsonType::kNumber), type, field_);
  }
  return builder_.set_attempts(text);
}

}  // namespace jobsched
