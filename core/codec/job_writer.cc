#include <cassert>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "core/codec/codec.h"
#include "core/codec/delivery_codec.h"
#include "core/codec/job_fields.h"
#include "core/codec/job_xml.h"
#include "core/codec/writer.h"
#include "core/text/base64.h"
#include "core/text/utf8.h"
#include "core/time/iso8601.h"

namespace jobsched {

namespace {

constexpr std::string_view kTrue = "true";
constexpr std::string_view kFalse = "false";

// A field's value: text, an integer or true, or what has members.
using Value = std::variant<std::string_view, bool, std::int64_t, const Headers*, const Retry*>;

// What a document says, in the order in which it says it.
using Fields = std::vector<std::pair<JobField, Value>>;

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

void append_json_name(std::string& out, std::string_view name) {
  if (!out.ends_with('{')) out += ',';
  append_json_string(out, name);
  out += ':';
}

void append_json_headers(std::string& out, const Headers& headers) {
  out += '{';
  for (const auto& [name, value] : headers) {
    append_json_name(out, name);
    append_json_string(out, value);
  }
  out += '}';
}

void append_json_retry(std::string& out, const Retry& retry) {
  out += '{';
  if (retry.attempts) {
    append_json_name(out, kAttemptsMember);
    out += std::to_string(*retry.attempts);
  }
  if (retry.backoff) {
    append_json_name(out, kBackoffMember);
    out += '[';
    for (const std::chrono::seconds delay : *retry.backoff) {
      if (!out.ends_with('[')) out += ',';
      out += std::to_string(delay.count());
    }
    out += ']';
  }
  out += '}';
}

void append_json_value(std::string& out, const Value& value) {
  std::visit(Overloaded{[&](std::string_view text) { append_json_string(out, text); },
                        [&](bool flag) { out += flag ? kTrue : kFalse; },
                        [&](std::int64_t number) { out += std::to_string(number); },
                        [&](const Headers* headers) { append_json_headers(out, *headers); },
                        [&](const Retry* retry) { append_json_retry(out, *retry); }},
             value);
}

// The text of a field that XML, or JSON, cannot carry as it is.
template <class Predicate>
std::optional<std::string> encoded(JobField field, const Value& value, const Predicate& carries) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (field != JobField::kData || text == nullptr || carries(*text)) return std::nullopt;
  return encode_base64(*text);
}

std::string write_json(const Fields& fields) {
  std::string out = "{";
  for (const auto& [field, value] : fields) {
    append_json_name(out, field_name(field));
    const auto base64 = encoded(field, value, [](auto text) { return !find_invalid_utf8(text); });
    if (!base64) {
      append_json_value(out, value);
      continue;
    }
    append_json_string(out, *base64);
    append_json_name(out, field_name(JobField::kDataEncoding));
    append_json_string(out, kBase64Encoding);
  }
  return out + '}';
}

// A name that is no token, which only a document that is wrong has, is escaped all the same.
void append_xml_headers(std::string& out, const Headers& headers) {
  out += "<headers>";
  for (const auto& [name, value] : headers) {
    out.append("<").append(kHeaderElement).append(" ").append(kNameAttribute).append("=\"");
    append_xml_attribute(out, name);
    out += "\">";
    append_xml_text(out, value);
    out.append("</").append(kHeaderElement).append(">");
  }
  out += "</headers>";
}

void append_xml_retry(std::string& out, const Retry& retry) {
  out += "<retry>";
  if (retry.attempts) append_xml_element(out, kAttemptsMember, std::to_string(*retry.attempts));
  if (retry.backoff) {
    for (const std::chrono::seconds delay : *retry.backoff) {
      append_xml_element(out, kBackoffMember, std::to_string(delay.count()));
    }
  }
  out += "</retry>";
}

void append_xml_field(std::string& out, JobField field, const Value& value) {
  const std::string_view name = field_name(field);
  std::visit(Overloaded{[&](std::string_view text) { append_xml_element(out, name, text); },
                        [&](bool flag) { append_xml_element(out, name, flag ? kTrue : kFalse); },
                        [&](std::int64_t number) {
                          append_xml_element(out, name, std::to_string(number));
                        },
                        [&](const Headers* headers) { append_xml_headers(out, *headers); },
                        [&](const Retry* retry) { append_xml_retry(out, *retry); }},
             value);
}

std::string write_xml(const Fields& fields) {
  std::string out = "<job>";
  for (const auto& [field, value] : fields) {
    if (const auto base64 = encoded(field, value, is_xml_text)) {
      out.append("<data encoding=\"base64\">").append(*base64).append("</data>");
    } else {
      append_xml_field(out, field, value);
    }
  }
  return out + "</job>";
}

void add(Fields& fields, JobField field, const std::optional<std::string>& text) {
  if (text) fields.emplace_back(field, *text);
}

// What of the fields that have defaults differs from them.
void add_callback_fields(Fields& fields, const JobSpec& spec) {
  if (spec.method != Method::kPost) {
    fields.emplace_back(JobField::kMethod, method_name(spec.method));
  }
  if (!spec.headers.empty()) fields.emplace_back(JobField::kHeaders, &spec.headers);
  if (spec.timeout) fields.emplace_back(JobField::kTimeout, spec.timeout->count());
  if (spec.retry) fields.emplace_back(JobField::kRetry, &*spec.retry);
}

// A field of a document that is not text.
std::optional<Value> other_value(JobField field, const JobDocument& document) {
  if (field == JobField::kPaused && document.paused) return *document.paused;
  if (field == JobField::kHeaders && document.headers) return &*document.headers;
  if (field == JobField::kTimeout && document.timeout) return document.timeout->count();
  if (field == JobField::kRetry && document.retry) return &*document.retry;
  return std::nullopt;
}

// Without an XML declaration. Requires: format is kJson or kXml.
std::string write_fields(Format format, const Job& job) {
  const std::string id = format_job_id(job.id);
  std::string next;
  Fields fields{
      {JobField::kId, id}, {JobField::kAccount, job.account}, {JobField::kUrl, job.spec.url}};
  add(fields, JobField::kSignature, job.spec.signature);
  add(fields, JobField::kContentType, job.spec.content_type);
  add(fields, JobField::kData, job.spec.data);
  if (const Once* once = std::get_if<Once>(&job.spec.schedule)) {
    next = format_instant(once->when);
    fields.emplace_back(JobField::kWhen, next);
  } else {
    fields.emplace_back(JobField::kCron, std::get<Recurring>(job.spec.schedule).cron.text());
    if (job.next) {
      next = format_instant(*job.next);
      fields.emplace_back(JobField::kNext, next);
    }
  }
  add(fields, JobField::kTimezone, job.spec.timezone);
  add(fields, JobField::kName, job.spec.name);
  add_callback_fields(fields, job.spec);
  if (job.spec.misfire == Misfire::kSkip) fields.emplace_back(JobField::kMisfire, kSkipMisfires);
  if (job.spec.paused) fields.emplace_back(JobField::kPaused, true);
  add(fields, JobField::kPauseReason, job.pause_reason);
  return format == Format::kJson ? write_json(fields) : write_xml(fields);
}

}  // namespace

std::string write_job(Format format, const Job& job) {
  switch (format) {
    case Format::kText: return format_job_id(job.id);
    case Format::kJson: return write_fields(format, job);
    case Format::kXml: break;
  }
  return std::string(kXmlDeclaration) + write_fields(format, job);
}

std::string write_job_list(Format format, std::span<const ListedJob> jobs) {
  assert(format != Format::kText);
  const bool is_json = format == Format::kJson;
  const std::string_view end = is_json ? "}" : "</job>";
  std::string out = is_json ? "[" : std::string(kXmlDeclaration) + "<jobs>";
  for (const auto& [job, last] : jobs) {
    if (is_json && out.size() > 1) out += ',';
    const std::string fields = write_fields(format, job);
    if (!last) {
      out += fields;
      continue;
    }
    out += std::string_view(fields).substr(0, fields.size() - end.size());
    if (is_json) out += ',';
    out.append(write_last_delivery(format, *last)).append(end);
  }
  return out + (is_json ? "]" : "</jobs>");
}

std::string write_document(Format format, const JobDocument& document) {
  assert(format != Format::kText);
  Fields fields;
  for (std::size_t i = 0; i < kJobFieldCount; ++i) {
    const auto field = static_cast<JobField>(i);
    if (const auto member = field_member(field)) add(fields, field, document.*member);
    if (const auto value = other_value(field, document)) fields.emplace_back(field, *value);
  }
  return format == Format::kJson ? write_json(fields)
                                 : std::string(kXmlDeclaration) + write_xml(fields);
}

}  // namespace jobsched
