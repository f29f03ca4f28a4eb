#include <algorithm>
#include <optional>
#include <string>

#include "core/cron/hint.h"
#include "core/cron/parse.h"
#include "core/text/ascii.h"

namespace jobsched::cron {

namespace {

// No field has a value or a step as large; digits beyond it change nothing any more.
constexpr int kHuge = 1'000'000;

bool is_either_case(char c, char capital) {
  return c == capital || c == capital - 'A' + 'a';
}

std::string quoted(std::string_view text) {
  return "`" + std::string(text) + "`";
}

// A field's items, one after the other, into the set or the day rule they belong to.
class FieldParser {
 public:
  FieldParser(const FieldText& source, Fields& fields)
      : field_(source.field),
        spec_(spec(source.field)),
        text_(source.text),
        offset_(source.offset),
        fields_(fields) {}

  Result<void> parse();

 private:
  struct Value {
    int number;
    bool named;
    std::size_t begin;
  };

  bool is_day_of_month() const { return field_ == Field::kDayOfMonth; }

  bool is_day_of_week() const { return field_ == Field::kDayOfWeek; }

  bool at_end() const { return at_ == text_.size(); }

  bool at_item_end() const { return at_end() || text_[at_] == ','; }

  bool next_is(char c) const { return !at_end() && text_[at_] == c; }

  bool next_is_letter(char capital) const {
    return !at_end() && is_either_case(text_[at_], capital);
  }

  std::string_view word_here() const;
  tl::unexpected<Error> fail_at(std::size_t position, const std::string& detail) const;

  tl::unexpected<Error> fail_here(const std::string& detail) const { return fail_at(at_, detail); }

  tl::unexpected<Error> fail_junk(std::size_t item) const;
  tl::unexpected<Error> fail_range(const Value& value) const;

  Result<void> parse_item();
  Result<void> parse_last_day();
  Result<void> parse_last_weekday(std::size_t item, const Value& value);
  Result<void> parse_nth_weekday(std::size_t item, const Value& value);
  Result<void> parse_nearest_workday(const Value& value);
  Result<void> parse_values(std::size_t item, std::optional<Value> first);
  Result<Value> parse_range_end(const Value& first);
  Result<Value> parse_value();
  Result<int> parse_step();
  int parse_digits();
  Result<void> end_item(std::size_t item);
  Result<void> alone(std::size_t item, std::string_view what) const;
  void admit(int value);

  Field field_;
  const FieldSpec& spec_;
  std::string_view text_;
  std::size_t offset_;
  std::size_t at_ = 0;
  Fields& fields_;
};

tl::unexpected<Error> FieldParser::fail_at(std::size_t position, const std::string& detail) const {
  return fail(ErrorKind::kInvalid, detail, "cron", offset_ + position);
}

std::string_view FieldParser::word_here() const {
  std::size_t end = at_;
  while (end < text_.size() && is_letter(text_[end])) {
    ++end;
  }
  return text_.substr(at_, end - at_);
}

int FieldParser::parse_digits() {
  int number = 0;
  for (; !at_end() && is_digit(text_[at_]); ++at_) {
    number = std::min(number * 10 + (text_[at_] - '0'), kHuge);
  }
  return number;
}

void FieldParser::admit(int value) {
  if (field_ == Field::kYear) {
    fields_.years.insert(value);
    return;
  }
  const Bits member = bit(static_cast<unsigned>(value));
  switch (field_) {
    case Field::kSeconds: fields_.seconds |= member; break;
    case Field::kMinutes: fields_.minutes |= member; break;
    case Field::kHours: fields_.hours |= member; break;
    case Field::kDayOfMonth: fields_.days.days |= member; break;
    case Field::kMonth: fields_.months |= member; break;
    default: fields_.days.weekdays |= member; break;
  }
}

tl::unexpected<Error> FieldParser::fail_range(const Value& value) const {
  const std::string_view written = text_.substr(value.begin, at_ - value.begin);
  return fail_at(value.begin, std::string(spec_.name) + " must be " + values_of(field_) + ", not " +
                                  std::string(written) + hint_for_value(field_, value.number));
}

tl::unexpected<Error> FieldParser::fail_junk(std::size_t item) const {
  const std::string_view read = text_.substr(item, at_ - item);
  const std::string_view rest = text_.substr(at_, text_.find(',', at_) - at_);
  const std::string where = " after " + quoted(read) + " in " + std::string(spec_.name);
  const char next = text_[at_];
  if (next == '-' && read.find('/') != std::string_view::npos) {
    return fail_here("a range stands before its step: write the " + std::string(spec_.name) +
                     " as in `10-30/5`");
  }
  if (next == '-' && read == "*") {
    return fail_here("`*` in " + std::string(spec_.name) +
                     " already admits everything: write a range as in `1-5`, or `*` alone");
  }
  if (read == "*" && is_digit(next)) {
    return fail_here("unexpected " + quoted(rest) + where + ": write `*/" + std::string(rest) +
                     "` for a step");
  }
  if (is_either_case(next, 'W') || is_either_case(next, 'L') || next == '#') {
    const bool in_place =
        next == '#' ? is_day_of_week()
                    : is_day_of_month() || (is_either_case(next, 'L') && is_day_of_week());
    const std::string what = quoted(rest.substr(0, 1));
    if (in_place) {
      return fail_here(what + " cannot follow " + quoted(read) + " in " + std::string(spec_.name) +
                       ": it takes a single day");
    }
    const std::string_view place = next == '#' ? "day of week" : "day of month";
    return fail_here(what + " belongs in " + std::string(place) + ", not in " +
                     std::string(spec_.name));
  }
  return fail_here("unexpected " + quoted(rest) + where +
                   ": a value may be followed by `-`, `/` or `,`");
}

Result<FieldParser::Value> FieldParser::parse_value() {
  const std::size_t begin = at_;
  if (at_item_end()) {
    return fail_here("a value is missing here in " + std::string(spec_.name) + ": write " +
                     values_of(field_));
  }
  if (is_digit(text_[at_])) {
    const Value value{parse_digits(), false, begin};
    if (value.number < spec_.least || value.number > spec_.greatest) return fail_range(value);
    return value;
  }
  std::string_view word = word_here();
  // FRIL is FRI and L.
  if (is_day_of_week() && word.size() == 4 && is_either_case(word.back(), 'L')) {
    word.remove_suffix(1);
  }
  if (const auto number = value_of_name(field_, word)) {
    at_ += word.size();
    return Value{*number, true, begin};
  }
  if (next_is('?')) {
    if (is_day_of_month() || is_day_of_week()) {
      return fail_here("`?` must stand alone in " + std::string(spec_.name));
    }
    return fail_here("`?` is for day of month and day of week only: write `*` in " +
                     std::string(spec_.name));
  }
  if (next_is('-')) {
    return fail_here("a value is missing before `-` in " + std::string(spec_.name) +
                     ": negative numbers do not exist here");
  }
  const std::string_view found = word.empty() ? text_.substr(at_, 1) : word_here();
  return fail_here(std::string(spec_.name) + " must be " + values_of(field_) + ", not " +
                   quoted(found) + hint_for_name(field_, found));
}

Result<FieldParser::Value> FieldParser::parse_range_end(const Value& first) {
  ++at_;
  Result<Value> last = parse_value();
  if (!last) return last;
  if (first.named != last->named) {
    const auto name = [&](int value) {
      return std::string(spec_.names[static_cast<std::size_t>(value - spec_.least)]);
    };
    return fail_at(first.begin, "a range in " + std::string(spec_.name) +
                                    " is of two names or of two numbers: write `" +
                                    name(first.number) + "-" + name(last->number) + "` or `" +
                                    std::to_string(first.number) + "-" +
                                    std::to_string(last->number) + "`");
  }
  if (field_ == Field::kYear && last->number < first.number) {
    return fail_at(first.begin, "a range of years must rise: write `" +
                                    std::to_string(last->number) + "-" +
                                    std::to_string(first.number) + "`");
  }
  return last;
}

Result<int> FieldParser::parse_step() {
  ++at_;
  if (at_end() || !is_digit(text_[at_])) {
    return fail_here("a step in " + std::string(spec_.name) +
                     " must be a number: write one after `/`, as in `*/2`");
  }
  const std::size_t begin = at_;
  const int step = parse_digits();
  if (step == 0) {
    return fail_at(begin, "a step in " + std::string(spec_.name) +
                              " must be 1 or more: with 0 it would never move on");
  }
  if (step > spec_.greatest_step && field_ != Field::kYear) {
    return fail_at(begin, "a step in " + std::string(spec_.name) + " must be 1 to " +
                              std::to_string(spec_.greatest_step) + ", not " +
                              std::string(text_.substr(begin, at_ - begin)) +
                              hint_for_step(field_, step));
  }
  return step;
}

Result<void> FieldParser::end_item(std::size_t item) {
  if (!at_item_end()) return fail_junk(item);
  return {};
}

Result<void> FieldParser::alone(std::size_t item, std::string_view what) const {
  if (item == 0 && at_end()) return {};
  return fail_at(item,
                 std::string(what) +
                     " must stand alone in day of week: make a job of its own for each other day");
}

// L, L-n, LW, L-nW
Result<void> FieldParser::parse_last_day() {
  const std::size_t item = at_++;
  unsigned offset = 0;
  if (next_is('-')) {
    ++at_;
    const std::size_t begin = at_;
    if (at_end() || !is_digit(text_[at_])) {
      return fail_here(
          "`L-` in day of month needs a number of days: `L-3` is the third day before the last, "
          "`LW` the last weekday");
    }
    const int days = parse_digits();
    if (days > spec_.greatest - spec_.least) {
      return fail_at(begin, "`L-n` in day of month goes from `L-0` to `L-30`: no month has a day " +
                                std::string(text_.substr(begin, at_ - begin)) +
                                " days before its last");
    }
    offset = static_cast<unsigned>(days);
  }
  const bool workday = next_is_letter('W');
  if (workday) ++at_;
  (workday ? fields_.days.workdays_from_end : fields_.days.from_end) |= bit(offset);
  return end_item(item);
}

Result<void> FieldParser::parse_nearest_workday(const Value& value) {
  ++at_;
  fields_.days.workdays |= bit(static_cast<unsigned>(value.number));
  return end_item(value.begin);
}

Result<void> FieldParser::parse_last_weekday(std::size_t item, const Value& value) {
  ++at_;
  fields_.days.last_weekday = static_cast<unsigned>(value.number);
  if (auto ended = end_item(item); !ended) return ended;
  return alone(item, "`L` after a day");
}

Result<void> FieldParser::parse_nth_weekday(std::size_t item, const Value& value) {
  const std::size_t begin = ++at_;
  const int nth = !at_end() && is_digit(text_[at_]) ? parse_digits() : 0;
  if (nth < 1 || nth > 5) {
    return fail_at(
        begin,
        "`#` in day of week must be followed by 1 to 5: `6#3` is the third Friday of the "
        "month");
  }
  fields_.days.nth_weekday = static_cast<unsigned>(value.number);
  fields_.days.nth = static_cast<unsigned>(nth);
  if (auto ended = end_item(item); !ended) return ended;
  return alone(item, "`#`");
}

// *, a, a-b, each with a step or without; a step alone is one of *
Result<void> FieldParser::parse_values(std::size_t item, std::optional<Value> first) {
  int from = first ? first->number : spec_.least;
  int to = first ? first->number : spec_.greatest;
  const bool range = first && next_is('-');
  if (range) {
    const Result<Value> last = parse_range_end(*first);
    if (!last) return tl::unexpected(last.error());
    to = last->number;
  }
  int step = 1;
  if (next_is('/')) {
    const Result<int> read = parse_step();
    if (!read) return tl::unexpected(read.error());
    step = *read;
    if (first && !range) to = spec_.greatest;
  }
  if (auto ended = end_item(item); !ended) return ended;

  const int size = spec_.greatest - spec_.least + 1;
  if (to < from) to += size;
  for (int value = from; value <= to; value += step) {
    admit((value - spec_.least) % size + spec_.least);
  }
  return {};
}

Result<void> FieldParser::parse_item() {
  const std::size_t item = at_;
  if (at_item_end()) {
    return fail_here("an item of the list in " + std::string(spec_.name) +
                     " is empty: write a value or remove the comma");
  }
  if (next_is('*')) {
    ++at_;
    return parse_values(item, {});
  }
  if (next_is('/')) return parse_values(item, {});
  const std::string_view word = word_here();
  if (next_is_letter('L') && (word.size() == 1 || is_either_case(word[1], 'W'))) {
    if (is_day_of_month()) return parse_last_day();
    if (is_day_of_week() && word.size() == 1) {
      ++at_;
      admit(spec_.greatest);
      if (auto ended = end_item(item); !ended) return ended;
      return alone(item, "`L`");
    }
    return fail_here("`" + std::string(word) + "` belongs in day of month, not in " +
                     std::string(spec_.name));
  }
  if (is_day_of_month() && next_is_letter('W')) {
    return fail_here("`W` stands after the day of month: write `15W` or `LW`");
  }
  const Result<Value> first = parse_value();
  if (!first) return tl::unexpected(first.error());
  if (is_day_of_month() && next_is_letter('W')) return parse_nearest_workday(*first);
  if (is_day_of_week() && next_is_letter('L')) return parse_last_weekday(item, *first);
  if (is_day_of_week() && next_is('#')) return parse_nth_weekday(item, *first);
  return parse_values(item, *first);
}

Result<void> FieldParser::parse() {
  if ((is_day_of_month() || is_day_of_week()) && text_ == "?") return {};
  while (true) {
    if (auto item = parse_item(); !item) return item;
    if (at_end()) return {};
    ++at_;
  }
}

}  // namespace

Result<void> parse_field(const FieldText& source, Fields& fields) {
  return FieldParser(source, fields).parse();
}

}  // namespace jobsched::cron
