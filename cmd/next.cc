#include "cmd/next.h"

#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "cmd/caret.h"
#include "cmd/console.h"
#include "cmd/local_time.h"
#include "cmd/option.h"
#include "core/cron/clock_change.h"
#include "core/cron/expression.h"
#include "core/time/iso8601.h"
#include "core/time/local_text.h"
#include "core/time/zone.h"
#include "daemon/clock.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kDefaultCount = 5;
constexpr std::size_t kMaxCount = 1'000'000;  // at a microsecond each still at once

// What the options say, as values.
struct Question {
  std::size_t count;
  Instant after;
  Zone zone;                  // that the expression is read in
  std::optional<Zone> shown;  // that each fire time is shown in beside UTC
};

Fallible<Question> read_question(const NextOptions& options, const Globals& globals) {
  const auto count =
      parse_count("-n", options.count.value_or(std::to_string(kDefaultCount)), 1, kMaxCount);
  if (!count) return tl::unexpected(count.error());
  Question question{*count, SystemClock().now(), Zone::utc(), std::nullopt};
  if (options.zone) {
    auto zone = named_zone("--tz", *options.zone, globals.environment);
    if (!zone) return tl::unexpected(zone.error());
    question.zone = *std::move(zone);
  }
  if (!options.from && !options.local) return question;
  const auto local = options.zone ? Fallible<Zone>(question.zone) : local_zone(globals.environment);
  if (!local) return tl::unexpected(local.error());
  if (options.from) {
    const auto from = parse_time_in(*local, "--from", *options.from, question.after);
    if (!from) return tl::unexpected(from.error());
    question.after = *from;
  }
  if (options.local) question.shown = *local;
  return question;
}

// One fire time as it is printed.
class Item {
 public:
  Item(Instant time, const cron::Expression& expression, const Question& question)
      : time_(time), shown_(question.shown) {
    if (shown_) change_ = expression.clock_change(time, question.zone);
  }

  std::string line() const {
    return (shown_ ? cron::format_fire_time(time_, *shown_, change_) : format_instant(time_)) +
           "\n";
  }

  std::string json() const {
    if (!shown_) return '"' + format_instant(time_) + '"';
    const auto offset = shown_->offset_at(std::chrono::floor<std::chrono::seconds>(time_));
    nlohmann::ordered_json object{{"utc", format_instant(time_)},
                                  {"local", format_local(time_, offset)},
                                  {"weekday", local_text(time_, offset).weekday}};
    if (change_) object["note"] = cron::describe(*change_, time_, *shown_);
    return object.dump();
  }

 private:
  Instant time_;
  const std::optional<Zone>& shown_;
  std::optional<cron::ClockChange> change_;
};

// Returns how many there were.
Fallible<std::size_t> print_fire_times(const cron::Expression& expression,
                                       const Question& question,
                                       Format format) {
  const bool json = format == Format::kJson;
  Fallible<void> done = print(json ? "[" : "");
  std::size_t printed = 0;
  Instant after = question.after;
  for (; printed < question.count && done; ++printed) {
    const auto next = expression.next(after, question.zone);
    if (!next) break;
    after = *next;
    const Item item(*next, expression, question);
    done = print(json ? (printed == 0 ? "" : ",") + item.json() : item.line());
  }
  if (done && json) done = print("]\n");
  if (!done) return tl::unexpected(done.error());
  return printed;
}

}  // namespace

CLI::App* setup(CLI::App& parent, NextOptions& options) {
  CLI::App* const app =
      add_command(parent, "next", "Print the next fire times of a cron expression, in UTC");
  add_argument(*app, "EXPR", options.expression,
               "A Quartz expression: seconds minutes hours day-of-month month\n"
               "day-of-week [year], read in UTC unless --tz is given");
  add_text(*app, "-n,--count", options.count, "N", "How many (default 5)");
  add_text(*app, "--from", options.from, "TIME", "After this time rather than after now");
  add_text(*app, "--tz", options.zone, "ZONE",
           "Read EXPR and TIME on the clock of a time zone: Europe/Berlin");
  add_flag(*app, "--local", options.local,
           "Also show the wall-clock time in ZONE, or else in the local zone, and\n"
           "where ZONE's daylight saving time moved it");
  add_footer(*app,
             "Examples:\n"
             "  jobsched next '0 15 10 ? * MON-FRI'\n"
             "  jobsched next -n 1 --from 2027-01-01T00:00Z '0 0 0 L * ?'\n"
             "  jobsched next --tz America/New_York --local \\\n"
             "      --from 2027-03-13T00:00 '0 30 2 * * ?'");
  return app;
}

Fallible<void> run(const NextOptions& options, const Globals& globals) {
  const auto question = read_question(options, globals);
  if (!question) return tl::unexpected(question.error());
  const auto expression = cron::Expression::parse(options.expression);
  if (!expression) return refuse_expression(options.expression, expression.error());
  say(expression->describe() + ", " + question->zone.name());
  const auto printed = print_fire_times(*expression, *question, globals.output);
  if (!printed) return tl::unexpected(printed.error());
  if (*printed == 0) {
    return fail(ExitCode::kRefused,
                options.from ? "it never fires after that time" : "it never fires again");
  }
  if (*printed < question->count) say("it does not fire after that");
  return {};
}

}  // namespace jobsched::cmd
