#include "core/job/document.h"

#include <algorithm>
#include <string_view>

#include "core/cron/hint.h"
#include "core/job/url.h"
#include "core/text/ascii.h"
#include "core/text/media_type.h"
#include "core/text/utf8.h"
#include "core/time/duration.h"
#include "core/time/iso8601.h"
#include "core/time/local_instant.h"

namespace jobsched {

namespace {

tl::unexpected<Error> invalid(std::string detail, std::string_view field) {
  return fail(ErrorKind::kInvalid, std::move(detail), std::string(field));
}

// "the data has 2049 bytes; at most 2048 are allowed"
std::string too_long(std::string_view name, std::size_t size, std::size_t max) {
  return "the " + std::string(name) + " has " + std::to_string(size) + " bytes; at most " +
         std::to_string(max) + " are allowed";
}

Result<void> check_url(const std::optional<std::string>& url) {
  if (!url) return invalid("the url is missing; a job needs one to call back", "url");
  if (url->empty()) return invalid("the url must not be empty", "url");
  const Result<CallbackUrl> parsed = parse_callback_url(*url);
  if (!parsed) return tl::unexpected(parsed.error());
  return {};
}

// The rules that signature and content type share: both are sent as the value of a header.
Result<void> check_header_text(const std::optional<std::string>& value,
                               std::string_view field,
                               std::size_t max) {
  if (!value) return {};
  if (value->empty()) {
    return invalid("the " + std::string(field) + " must not be empty; leave the field out instead",
                   field);
  }
  if (value->size() > max) return invalid(too_long(field, value->size(), max), field);
  return check_line(*value, field, field);
}

Result<void> check_content_type(const std::optional<std::string>& content_type) {
  constexpr std::string_view kField = "contentType";
  if (auto checked = check_header_text(content_type, kField, kMaxContentTypeBytes);
      !checked || !content_type) {
    return checked;
  }
  if (!std::ranges::all_of(*content_type, is_ascii) || !parse_media_type(*content_type)) {
    return invalid(quote(*content_type) +
                       " is not a media type; write one like text/plain or "
                       "application/json; charset=utf-8",
                   kField);
  }
  return {};
}

Result<void> check_data(const std::optional<std::string>& data, std::size_t max) {
  if (data && data->size() > max) {
    return invalid(too_long("data", data->size(), max) + " (the daemon's setting limits.data)",
                   "data");
  }
  return {};
}

// The zone of the name; null if none is given.
Result<std::shared_ptr<const Zone>> check_timezone(const std::optional<std::string>& name,
                                                   const ZoneLookup& zones) {
  if (!name) return nullptr;
  if (name->empty()) {
    return invalid("the timezone must not be empty; write an IANA name such as Europe/Berlin",
                   "timezone");
  }
  return zones(*name);
}

// Reads an instant; one without an offset on the clock of `zone`, if there is one.
Result<Instant> read_when(std::string_view text, const Zone* zone) {
  if (zone == nullptr) return parse_instant(text);
  const Result<DateTime> read = parse_date_time(text);
  if (!read || read->offset) return parse_instant(text);
  return to_instant(read->local, *zone);
}

Result<Once> check_when(const std::string& text, const Zone* zone, Instant now) {
  constexpr std::string_view kField = "when";
  if (text.empty()) {
    return invalid("the when must not be empty; write a time like 2026-12-01T15:30:00Z", kField);
  }
  Result<Instant> when = read_when(text, zone);
  if (!when) {
    when.error().field = kField;
    return tl::unexpected(std::move(when.error()));
  }
  if (*when <= now) {
    return invalid("the time must be in the future; " + format_instant(*when) +
                       " is not later than now, " + format_instant(now),
                   kField);
  }
  if (*when > now + kMaxWhenAhead) {
    return invalid("the time may be at most " + std::to_string(kMaxWhenAhead.count()) +
                       " years ahead; " + format_instant(*when) + " is further",
                   kField);
  }
  return Once{*when};
}

// For an expression that is too close to itself only because its steps do not come out even.
std::string hint_for_steps(const std::string& text, const Limits& limits) {
  const std::string even = cron::with_even_steps(text);
  const Result<cron::Expression> expression = cron::Expression::parse(even);
  if (!expression ||
      expression->min_distance().value_or(limits.min_interval) < limits.min_interval) {
    return {};
  }
  return "; its steps start over with each hour or day: write `" + even + "`";
}

Result<Recurring> check_cron(const std::string& text,
                             std::shared_ptr<const Zone> zone,
                             const Limits& limits,
                             Instant now) {
  constexpr std::string_view kField = "cron";
  if (text.empty()) {
    return invalid("the cron must not be empty; write an expression like 0 15 10 ? * *", kField);
  }
  Result<cron::Expression> expression = cron::Expression::parse(text);
  if (!expression) return tl::unexpected(std::move(expression.error()));
  if (!expression->next(now, *zone)) {
    return invalid("the expression never fires after now, " + format_instant(now) +
                       "; check its day, month and year",
                   kField);
  }
  const std::optional<std::chrono::seconds> distance = expression->min_distance();
  if (distance && *distance < limits.min_interval) {
    return invalid("the expression fires " + format_duration(*distance) +
                       " apart at its closest; at least " + format_duration(limits.min_interval) +
                       " are required (the daemon's setting limits.min_interval)" +
                       hint_for_steps(text, limits),
                   kField);
  }
  return Recurring{*std::move(expression), std::move(zone)};
}

Result<Schedule> check_schedule(const JobDocument& document,
                                const Limits& limits,
                                const ZoneLookup& zones,
                                Instant now) {
  if (document.when && document.cron) {
    return invalid("when and cron exclude each other; leave one of them out", "cron");
  }
  Result<std::shared_ptr<const Zone>> zone = check_timezone(document.timezone, zones);
  if (!zone) return tl::unexpected(std::move(zone.error()));
  if (document.when) return check_when(*document.when, zone->get(), now);
  if (document.cron) {
    return check_cron(*document.cron, *zone ? *std::move(zone) : utc_zone(), limits, now);
  }
  return invalid(
      "a job needs to know when it fires; add when for a single time or cron for a schedule",
      "when");
}

// A name is for people, so its characters count, not its bytes.
Result<void> check_name(const std::optional<std::string>& name) {
  constexpr std::string_view kField = "name";
  if (!name) return {};
  if (name->empty()) {
    return invalid("the name must not be empty; leave the field out instead", kField);
  }
  if (auto checked = check_line(*name, kField, kField); !checked) return checked;
  const auto characters = static_cast<std::size_t>(std::ranges::count_if(*name, begins_character));
  if (characters > kMaxNameCharacters) {
    return invalid("the name has " + std::to_string(characters) + " characters; at most " +
                       std::to_string(kMaxNameCharacters) + " are allowed",
                   kField);
  }
  return {};
}

Result<void> check_body(Method method, const std::optional<std::string>& data) {
  if (method != Method::kGet || !data || data->empty()) return {};
  return invalid(
      "a GET has no body to carry the data; leave it out, or write another method such as POST",
      "data");
}

Result<Misfire> check_misfire(const std::optional<std::string>& misfire) {
  if (!misfire || *misfire == kFireMisfires) return Misfire::kFire;
  if (*misfire == kSkipMisfires) return Misfire::kSkip;
  return invalid("there is no misfire rule " + quote(*misfire) +
                     "; write fire to make up for a fire time that was missed, or skip",
                 "misfire");
}

// All fields but id and account.
Result<JobSpec> check_spec(const JobDocument& document,
                           const Limits& limits,
                           const ZoneLookup& zones,
                           Instant now) {
  for (const Result<void>& checked :
       {check_url(document.url),
        check_header_text(document.signature, "signature", kMaxSignatureBytes),
        check_content_type(document.content_type), check_data(document.data, limits.data)}) {
    if (!checked) return tl::unexpected(checked.error());
  }
  Result<Schedule> schedule = check_schedule(document, limits, zones, now);
  if (!schedule) return tl::unexpected(std::move(schedule.error()));
  const Result<Method> method = check_method(document.method);
  const Headers headers = document.headers.value_or(Headers{});
  for (const Result<void>& checked :
       {check_name(document.name), method.map([](Method) {}),
        check_body(method.value_or(Method::kPost), document.data), check_headers(headers),
        check_timeout(document.timeout), check_retry(document.retry)}) {
    if (!checked) return tl::unexpected(checked.error());
  }
  const Result<Misfire> misfire = check_misfire(document.misfire);
  if (!misfire) return tl::unexpected(misfire.error());
  return JobSpec{.url = *document.url,
                 .signature = document.signature,
                 .content_type = document.content_type,
                 .data = document.data,
                 .schedule = *std::move(schedule),
                 .timezone = document.timezone,
                 .misfire = *misfire,
                 .paused = document.paused.value_or(false) && !document.pause_reason,
                 .name = document.name,
                 .method = *method,
                 .headers = headers,
                 .timeout = document.timeout,
                 .retry = document.retry};
}

}  // namespace

Result<JobSpec> check_new_job(const JobDocument& document,
                              const Limits& limits,
                              const ZoneLookup& zones,
                              Instant now) {
  if (document.id) return invalid("the id is assigned by the scheduler; leave it out", "id");
  if (document.account) {
    return invalid("the account is assigned by the scheduler; leave it out", "account");
  }
  return check_spec(document, limits, zones, now);
}

Result<JobSpec> check_replacement(const JobDocument& document,
                                  const Job& current,
                                  const Limits& limits,
                                  const ZoneLookup& zones,
                                  Instant now) {
  if (document.id && parse_job_id(*document.id) != current.id) {
    return invalid(
        "the id of a job cannot be changed; leave it out or write " + format_job_id(current.id),
        "id");
  }
  if (document.account && *document.account != current.account) {
    return invalid("the account of a job cannot be changed; leave it out", "account");
  }
  return check_spec(document, limits, zones, now);
}

}  // namespace jobsched
