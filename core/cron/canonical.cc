#include "core/cron/canonical.h"

#include "core/cron/runs.h"

namespace jobsched::cron {

namespace {

// Items of a list, joined by commas.
class List {
 public:
  void add(const std::string& item) {
    if (!text_.empty()) text_ += ',';
    text_ += item;
  }

  void add_values(const std::vector<int>& values) {
    for (const auto& [first, last] : runs(values)) {
      add(first == last ? std::to_string(first)
                        : std::to_string(first) + "-" + std::to_string(last));
    }
  }

  void add_from_end(Bits offsets, const std::string& suffix) {
    for (const int offset : members(offsets)) {
      add((offset == 0 ? "L" : "L-" + std::to_string(offset)) + suffix);
    }
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string field(Bits set, Bits all) {
  if (set == all) return "*";
  List list;
  list.add_values(members(set));
  return list.text();
}

std::string day_of_month(const DayRule& rule) {
  if (rule.days == kAllDays) return "*";
  List list;
  list.add_values(members(rule.days));
  for (const int day : members(rule.workdays)) {
    list.add(std::to_string(day) + "W");
  }
  list.add_from_end(rule.from_end, "");
  list.add_from_end(rule.workdays_from_end, "W");
  return list.text().empty() ? "?" : list.text();
}

std::string day_of_week(const DayRule& rule) {
  if (rule.last_weekday != 0) return std::to_string(rule.last_weekday) + "L";
  if (rule.nth_weekday != 0) {
    return std::to_string(rule.nth_weekday) + "#" + std::to_string(rule.nth);
  }
  return rule.weekdays == 0 ? "?" : field(rule.weekdays, kAllWeekdays);
}

}  // namespace

std::string canonical(const Fields& fields) {
  std::string text = field(fields.seconds, kAllSixty) + " " + field(fields.minutes, kAllSixty) +
                     " " + field(fields.hours, kAllHours) + " " + day_of_month(fields.days) + " " +
                     field(fields.months, kAllMonths) + " " + day_of_week(fields.days);
  const std::vector<int> years = members(fields.years);
  if (years.size() <= kLastYear - kFirstYear) {
    List list;
    list.add_values(years);
    text += " " + list.text();
  }
  return text;
}

}  // namespace jobsched::cron
