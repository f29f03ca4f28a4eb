#include "core/cron/parse.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/cron/hint.h"

namespace jobsched::cron {

namespace {

constexpr std::string_view kOrder =
    "seconds minutes hours day-of-month month day-of-week, then the year if it matters";

constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";

tl::unexpected<Error> fail_at(std::size_t position, std::string detail) {
  return fail(ErrorKind::kInvalid, std::move(detail), "cron", position);
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string hexadecimal(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return {'0', 'x', kDigits[byte >> 4U], kDigits[byte & 0xfU]};
}

Result<void> check_bytes(std::string_view text, std::size_t begin, std::size_t end) {
  const std::string_view body = text.substr(begin, end - begin);
  const auto* const bad =
      std::ranges::find_if(body, [](char c) { return (c < ' ' && c != '\t') || c == '\x7f'; });
  if (bad == body.end()) return {};
  return fail_at(begin + static_cast<std::size_t>(bad - body.begin()),
                 "a cron expression is written in ASCII with blanks between its fields: remove the "
                 "byte " +
                     hexadecimal(*bad));
}

std::vector<FieldText> split(std::string_view text, std::size_t begin, std::size_t end) {
  std::vector<FieldText> fields;
  for (std::size_t at = begin; at < end;) {
    const std::size_t first = at;
    while (at < end && !is_blank(text[at])) {
      ++at;
    }
    if (at > first) {
      const auto field = static_cast<Field>(std::min(fields.size(), kFieldCount - 1));
      fields.push_back({field, text.substr(first, at - first), first});
    }
    if (at < end) ++at;
  }
  return fields;
}

std::vector<std::string_view> texts_of(const std::vector<FieldText>& fields) {
  std::vector<std::string_view> texts(fields.size());
  std::ranges::transform(fields, texts.begin(), &FieldText::text);
  return texts;
}

Result<void> check_count(const std::vector<FieldText>& fields, std::size_t end) {
  if (fields.size() == 6 || fields.size() == kFieldCount) return {};
  const std::string count = std::to_string(fields.size());
  if (fields.empty()) {
    return fail_at(end, "the cron expression is empty: write " + std::string(kOrder));
  }
  if (fields.front().text.starts_with('@')) {
    return fail_at(fields.front().offset, "names such as `@daily` are not understood" +
                                              hint_for_macro(fields.front().text));
  }
  if (fields.size() > kFieldCount) {
    return fail_at(fields[kFieldCount].offset, "a cron expression has six or seven fields, " +
                                                   count + " are too many: write " +
                                                   std::string(kOrder));
  }
  if (fields.size() == 5) {
    std::array<std::string_view, 5> unix_fields;
    std::ranges::copy(texts_of(fields), unix_fields.begin());
    return fail_at(end,
                   "a cron expression has six or seven fields, not the five of Unix cron: the "
                   "seconds come first, and one of the day fields is `?`" +
                       hint_for_unix(unix_fields));
  }
  return fail_at(end, "a cron expression has six or seven fields, " + count +
                          (fields.size() == 1 ? " is" : " are") + " too few: write " +
                          std::string(kOrder));
}

Result<void> check_day_fields(const std::vector<FieldText>& fields) {
  const FieldText& of_month = fields[static_cast<std::size_t>(Field::kDayOfMonth)];
  const FieldText& of_week = fields[static_cast<std::size_t>(Field::kDayOfWeek)];
  const bool month_open = of_month.text == "?";
  const bool week_open = of_week.text == "?";
  if (month_open != week_open) return {};
  const std::string hint = hint_for_days(texts_of(fields));
  if (month_open) {
    return fail_at(of_week.offset, "day of month and day of week cannot both be `?`" + hint);
  }
  return fail_at(of_week.offset,
                 "exactly one of day of month and day of week must be `?`, the one that does not "
                 "decide" +
                     hint);
}

}  // namespace

Result<Fields> parse_fields(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(kWhiteSpace), text.size());
  const std::size_t end = text.find_last_not_of(kWhiteSpace) + 1;
  if (auto checked = check_bytes(text, begin, std::max(begin, end)); !checked) {
    return tl::unexpected(checked.error());
  }
  const std::vector<FieldText> texts = split(text, begin, end);
  if (auto checked = check_count(texts, end); !checked) return tl::unexpected(checked.error());

  Fields fields;
  for (const FieldText& source : texts) {
    if (auto parsed = parse_field(source, fields); !parsed) return tl::unexpected(parsed.error());
  }
  if (texts.size() < kFieldCount) {
    if (auto parsed = parse_field({Field::kYear, "*", end}, fields); !parsed) {
      return tl::unexpected(parsed.error());
    }
  }
  if (auto checked = check_day_fields(texts); !checked) return tl::unexpected(checked.error());
  const DayRule& rule = fields.days;
  if (rule.days == kAllDays || rule.weekdays == kAllWeekdays) fields.days = {.days = kAllDays};
  return fields;
}

}  // namespace jobsched::cron
