#include "core/codec/job_fields.h"

#include <algorithm>
#include <array>

#include "core/text/base64.h"
#include "core/text/nearest.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

constexpr std::array<std::string_view, kJobFieldCount> kNames{
    "id",   "account", "url",  "signature", "contentType", "data",   "dataEncoding",
    "when", "cron",    "next", "timezone",  "misfire",     "paused", "pauseReason"};

tl::unexpected<Error> unknown_field(std::string_view name) {
  std::string detail = "there is no field " + quote(name);
  if (const auto nearest = nearest_name(name, kNames)) {
    detail += "; write " + std::string(*nearest);
  } else {
    detail +=
        "; the fields are url, signature, contentType, data, when, cron, timezone, misfire and "
        "paused";
  }
  return fail(ErrorKind::kInvalid, std::move(detail), excerpt(name));
}

}  // namespace

std::string_view field_name(JobField field) {
  return kNames[static_cast<std::size_t>(field)];
}

bool is_field_name(std::string_view text) {
  return std::ranges::find(kNames, text) != kNames.end();
}

bool is_boolean(JobField field) {
  return field == JobField::kPaused;
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
    case JobField::kMisfire: return &JobDocument::misfire;
    case JobField::kPauseReason: return &JobDocument::pause_reason;
    case JobField::kDataEncoding:
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
  if (field == JobField::kPaused) {
    if (text != "true" && text != "false") {
      return fail(ErrorKind::kInvalid, quote(text) + " is neither true nor false",
                  std::string(field_name(field)));
    }
    document_.paused = text == "true";
  } else if (field == JobField::kDataEncoding) {
    data_encoding_ = std::move(text);
  } else if (const auto member = field_member(field)) {
    document_.*member = std::move(text);
  }
  return {};
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
