#include <cassert>
#include <vector>

#include "core/codec/codec.h"
#include "core/codec/job_fields.h"
#include "core/codec/writer.h"
#include "core/text/base64.h"
#include "core/text/utf8.h"
#include "core/time/iso8601.h"

namespace jobsched {

namespace {

constexpr std::string_view kTrue = "true";
constexpr std::string_view kFalse = "false";

// What a document says, in the order in which it says it.
using Fields = std::vector<std::pair<JobField, std::string_view>>;

void append_json_member(std::string& out, JobField field, std::string_view text) {
  if (out.size() > 1) out += ',';
  append_json_string(out, field_name(field));
  out += ':';
  if (is_boolean(field)) {
    out += text;
  } else {
    append_json_string(out, text);
  }
}

std::string write_json(const Fields& fields) {
  std::string out = "{";
  for (const auto& [field, text] : fields) {
    if (field == JobField::kData && find_invalid_utf8(text)) {
      append_json_member(out, field, encode_base64(text));
      append_json_member(out, JobField::kDataEncoding, kBase64Encoding);
    } else {
      append_json_member(out, field, text);
    }
  }
  return out + '}';
}

std::string write_xml(const Fields& fields) {
  std::string out = std::string(kXmlDeclaration) + "<job>";
  for (const auto& [field, text] : fields) {
    if (field == JobField::kData && !is_xml_text(text)) {
      out.append("<data encoding=\"base64\">").append(encode_base64(text)).append("</data>");
    } else {
      append_xml_element(out, field_name(field), text);
    }
  }
  return out + "</job>";
}

void add(Fields& fields, JobField field, const std::optional<std::string>& text) {
  if (text) fields.emplace_back(field, *text);
}

}  // namespace

std::string write_job(Format format, const Job& job) {
  if (format == Format::kText) return format_job_id(job.id);
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
  if (job.spec.misfire == Misfire::kSkip) fields.emplace_back(JobField::kMisfire, kSkipMisfires);
  if (job.spec.paused) fields.emplace_back(JobField::kPaused, kTrue);
  add(fields, JobField::kPauseReason, job.pause_reason);
  return format == Format::kJson ? write_json(fields) : write_xml(fields);
}

std::string write_document(Format format, const JobDocument& document) {
  assert(format != Format::kText);
  Fields fields;
  for (std::size_t i = 0; i < kJobFieldCount; ++i) {
    const auto field = static_cast<JobField>(i);
    if (const auto member = field_member(field)) add(fields, field, document.*member);
    if (field == JobField::kPaused && document.paused) {
      fields.emplace_back(field, *document.paused ? kTrue : kFalse);
    }
  }
  return format == Format::kJson ? write_json(fields) : write_xml(fields);
}

}  // namespace jobsched
