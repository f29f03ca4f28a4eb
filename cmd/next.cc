#include "cmd/next.h"

#include <CLI/CLI.hpp>

#include "cmd/caret.h"
#include "cmd/console.h"
#include "cmd/local_time.h"
#include "cmd/option.h"
#include "core/cron/expression.h"
#include "core/time/iso8601.h"
#include "daemon/clock.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kDefaultCount = 5;
constexpr std::size_t kMaxCount = 1'000'000;  // at a microsecond each still at once

Fallible<void> refuse_expression(const NextOptions& options, const Error& error) {
  std::string message = error.detail;
  if (error.position) message += "\n" + point_at(options.expression, *error.position);
  return fail(ExitCode::kRefused, message);
}

}  // namespace

CLI::App* setup(CLI::App& parent, NextOptions& options) {
  CLI::App* const app =
      parent.add_subcommand("next", "Print the next fire times of a cron expression, in UTC");
  add_argument(*app, "EXPR", options.expression,
               "A Quartz expression: seconds minutes hours day-of-month month\n"
               "day-of-week [year], read in UTC");
  add_text(*app, "-n,--count", options.count, "N", "How many (default 5)");
  add_text(*app, "--from", options.from, "TIME", "After this time rather than after now");
  app->footer(
      "Examples:\n"
      "  jobsched next '0 15 10 ? * MON-FRI'\n"
      "  jobsched next -n 1 --from 2027-01-01T00:00Z '0 0 0 L * ?'");
  return app;
}

Fallible<void> run(const NextOptions& options, const Globals& globals) {
  const auto count =
      parse_count("-n", options.count.value_or(std::to_string(kDefaultCount)), 1, kMaxCount);
  if (!count) return tl::unexpected(count.error());
  Instant after = SystemClock().now();
  if (options.from) {
    const auto from = parse_local_time("--from", *options.from, after, globals.environment);
    if (!from) return tl::unexpected(from.error());
    after = *from;
  }
  const auto expression = cron::Expression::parse(options.expression);
  if (!expression) return refuse_expression(options, expression.error());
  say(expression->describe());

  const bool json = globals.output == Format::kJson;
  Fallible<void> done = print(json ? "[" : "");
  std::size_t printed = 0;
  for (; printed < *count && done; ++printed) {
    const auto next = expression->next(after);
    if (!next) break;
    after = *next;
    const std::string time = format_instant(after);
    const std::string_view between = printed == 0 ? "" : ",";
    done = print(json ? std::string(between) + '"' + time + '"' : time + "\n");
  }
  if (done && json) done = print("]\n");
  if (!done) return done;
  if (printed == 0) return fail(ExitCode::kRefused, "it never fires after that time");
  if (printed < *count) say("it does not fire after that");
  return {};
}

}  // namespace jobsched::cmd
