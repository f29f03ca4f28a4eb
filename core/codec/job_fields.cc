#include "core/codec/job_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

#include "core/text/base64.h"
#include "core/text/nearest.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

constexpr std::array<std::string_view, kJobFieldCount> kNames{
    "id",      "account", "url",     "signature", "contentType", "data",   "dataEncoding",
    "when",    "cron",    "next",    "timezone",  "name",        "method", "headers",
    "timeout", "retry",   "misfire", "paused",    "pauseReason"};

tl::unexpected<Error> unknown_field(std::string_view name) {
  std::string detail = "there is no field " + quote(name);
  if (const auto nearest = nearest_name(name, kNames)) {
    detail += "; write " + std::string(*nearest);
  } else {
    detail +=
        "; the fields are url, signature, contentType, data, when, cron, timezone, name, method, "
        "headers, timeout, retry, misfire and paused";
  }
  return fail(ErrorKind::kInvalid, std::move(detail), excerpt(name));
}

// A whole number in 64 bits; one that is further from zero becomes the last that is not.
Result<std::int64_t> read_number(std::string_view text, std::string_view what, JobField field) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) {
    return fail(ErrorKind::kInvalid,
                "the " + std::string(what) + " is a whole number, not " + quote(text),
                std::string(field_name(field)));
  }
  if (error == std::errc{}) return number;
  using Range = std::numeric_limits<std::int64_t>;
  return text.starts_with('-') ? Range::min() : Range::max();
}

tl::unexpected<Error> retry_member_twice(std::string_view name) {
  return fail(ErrorKind::kInvalid,
              "retry has " + std::string(name) + " twice; leave one of them out",
              std::string(field_name(JobField::kRetry)));
}

}  // namespace

std::string_view field_name(JobField field) {
  return kNames[static_cast<std::size_t>(field)];
}

bool is_field_name(std::string_view text) {
  return std::ranges::find(kNames, text) != kNames.end();
}

FieldType field_type(JobField field) {
  switch (field) {
    case JobField::kPaused: return FieldType::kBoolean;
    case JobField::kTimeout: return FieldType::kNumber;
    case JobField::kHeaders: return FieldType::kHeaders;
    case JobField::kRetry: return FieldType::kRetry;
    default: return FieldType::kText;
  }
}

bool has_members(JobField field) {
  return field == JobField::kHeaders || field == JobField::kRetry;
}

std::optional<std::string> JobDocument::*field_member(JobField field) {
  switch (field) {
    case JobField::kId: return &JobDocument::id;
    case JobField::kAccount: return &JobDocument::account;
    case JobField::kUrl: return &JobDocument::url;
    case JobField::kSignature: return &JobDocument::signature;
    case JobField::kContentType: return &JobDocument::content_type;
    case JobField::kData: return &JobDocument::data;
    case JobField::kWhen: return &JobDocument::when;
    case JobField::kCron: return &JobDocument::cron;
    case JobField::kTimezone: return &JobDocument::timezone;
    case JobField::kName: return &JobDocument::name;
    case JobField::kMethod: return &JobDocument::method;
    case JobField::kMisfire: return &JobDocument::misfire;
    case JobField::kPauseReason: return &JobDocument::pause_reason;
    case JobField::kDataEncoding:
    case JobField::kHeaders:
    case JobField::kTimeout:
    case JobField::kRetry:
    case JobField::kPaused:
    case JobField::kNext: break;
  }
  return nullptr;
}

Result<JobField> JobDocumentBuilder::begin(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return unknown_field(name);
  const auto index = static_cast<std::size_t>(found - kNames.begin());
  if (seen_[index]) {
    return fail(ErrorKind::kInvalid, "the field is given twice; leave one of them out",
                std::string(name));
  }
  seen_.set(index);
  return static_cast<JobField>(index);
}

Result<void> JobDocumentBuilder::set(JobField field, std::string text) {
  switch (field_type(field)) {
    case FieldType::kBoolean: return set_paused(text);
    case FieldType::kNumber: return set_timeout(text);
    case FieldType::kHeaders: document_.headers.emplace(); return {};
    case FieldType::kRetry: document_.retry.emplace(); return {};
    case FieldType::kText: break;
  }
  if (field == JobField::kDataEncoding) {
    data_encoding_ = std::move(text);
  } else if (const auto member = field_member(field)) {
    document_.*member = std::move(text);
  }
  return {};
}

Result<void> JobDocumentBuilder::set_paused(std::string_view text) {
  if (text != "true" && text != "false") {
    return fail(ErrorKind::kInvalid, quote(text) + " is neither true nor false",
                std::string(field_name(JobField::kPaused)));
  }
  document_.paused = text == "true";
  return {};
}

Result<void> JobDocumentBuilder::set_timeout(std::string_view text) {
  return read_number(text, "timeout", JobField::kTimeout).map([&](std::int64_t number) {
    document_.timeout = std::chrono::seconds{number};
  });
}

void JobDocumentBuilder::add_header(std::string name, std::string value) {
  document_.headers->emplace_back(std::move(name), std::move(value));
}

Result<void> JobDocumentBuilder::begin_retry_member(std::string_view name) {
  if (name == kAttemptsMember || name == kBackoffMember) return {};
  return fail(ErrorKind::kInvalid,
              "there is no " + quote(name) + " in retry; it has attempts and backoff",
              std::string(field_name(JobField::kRetry)));
}

Result<void> JobDocumentBuilder::set_attempts(std::string_view text) {
  if (document_.retry->attempts) return retry_member_twice(kAttemptsMember);
  return read_number(text, "number of attempts", JobField::kRetry).map([&](std::int64_t number) {
    document_.retry->attempts = number;
  });
}

Result<void> JobDocumentBuilder::begin_backoff() {
  if (document_.retry->backoff) return retry_member_twice(kBackoffMember);
  document_.retry->backoff.emplace();
  return {};
}

Result<void> JobDocumentBuilder::add_delay(std::string_view text) {
  return read_number(text, "delay of the backoff", JobField::kRetry).map([&](std::int64_t number) {
    auto& backoff = document_.retry->backoff;
    if (!backoff) backoff.emplace();
    backoff->emplace_back(number);
  });
}

Result<JobDocument> JobDocumentBuilder::build() {
  if (!data_encoding_) return std::move(document_);
  if (*data_encoding_ != kBase64Encoding) {
    return fail(ErrorKind::kInvalid,
                "there is no data encoding " + quote(*data_encoding_) +
                    "; write base64, or leave it out for plain text",
                std::string(field_name(JobField::kDataEncoding)));
  }
  if (!document_.data) {
    return fail(ErrorKind::kInvalid, "an encoding needs data to apply to; leave it out or add data",
                std::string(field_name(JobField::kDataEncoding)));
  }
  Result<std::string> bytes = decode_base64(*document_.data);
  if (!bytes) {
    return fail(ErrorKind::kInvalid, std::move(bytes.error().detail),
                std::string(field_name(JobField::kData)));
  }
  document_.data = *std::move(bytes);
  return std::move(document_);
}

}  // namespace jobsched
