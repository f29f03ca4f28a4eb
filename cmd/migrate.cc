#include "cmd/migrate.h"

#include <array>
#include <string_view>
#include <utility>

#include "cmd/console.h"
#include "cmd/option.h"
#include "cmd/store_options.h"
#include "daemon/store/transfer/move.h"

namespace jobsched::cmd {

namespace {

// What people know tables by: one row of each, and several.
struct Thing {
  const transfer::Table& table;
  std::string_view one;
  std::string_view many;
};

constexpr std::array kThings{
    Thing{transfer::kAttempts, "attempt", "attempts"},
    Thing{transfer::kRetiredJobs, "retired job", "retired jobs"},
    Thing{transfer::kAccounts, "account", "accounts"},
    Thing{transfer::kSecrets, "secret", "secrets"},
    Thing{transfer::kIdempotencyKeys, "idempotency key", "idempotency keys"},
    Thing{transfer::kZones, "time zone", "time zones"},
};

std::string in_words(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string what(const transfer::Summary& summary) {
  std::string text = in_words(summary.rows(transfer::kJobs), "job", "jobs") + ", " +
                     in_words(summary.deliveries(), "delivery", "deliveries");
  for (const auto& [table, one, many] : kThings)
    text += ", " + in_words(summary.rows(table), one, many);
  return text;
}

Fallible<StoreLocation> location(const std::string& option, const std::string& text) {
  auto location = parse_store_location(text);
  if (!location) return refuse_argument(option, location.error());
  return *std::move(location);
}

Fallible<StoreLocation> find_source(const MigrateOptions& options, const Globals& globals) {
  if (options.from) return location("--from", *options.from);
  const auto settings = load_settings({{}, options.config, {}}, globals);
  if (!settings) return tl::unexpected(settings.error());
  return location("store", settings->store);
}

}  // namespace

CLI::App* setup(CLI::App& parent, MigrateOptions& options) {
  CLI::App* const app =
      add_command(parent, "migrate", "Move the store from SQLite to PostgreSQL, or back");
  add_text(*app, "--to", options.to, "STORE",
           "Where to: a new file, or an empty database as\npostgresql://HOST/DATABASE");
  add_text(*app, "--from", options.from, "STORE",
           "The store that is to be moved, if not as the settings say");
  add_text(
      *app, "--config", options.config, "FILE",
      "The daemon's settings (default " + std::string(kDefaultSettingsFile) + ", if it is there)");
  add_footer(*app,
             "Stop every daemon of both stores first, and run it as the daemon's user. All is\n"
             "moved, compared and marked as moved, or nothing is; after it was cut off, run it\n"
             "again. Passwords are better kept in ~/.pgpass than in the command line.\n"
             "\n"
             "Examples:\n"
             "  systemctl stop jobsched\n"
             "  jobsched migrate --to postgresql://jobsched@db.example.com/jobsched\n"
             "  jobsched migrate --from postgresql://db/jobsched --to sqlite:/srv/jobs.db");
  return app;
}

Fallible<void> run(const MigrateOptions& options, const Globals& globals) {
  if (!options.to) {
    return fail(ExitCode::kUsage,
                "--to is required: a file, or a database as postgresql://HOST/DATABASE");
  }
  const auto to = location("--to", *options.to);
  if (!to) return tl::unexpected(to.error());
  const auto from = find_source(options, globals);
  if (!from) return tl::unexpected(from.error());
  std::optional<Progress> bar;
  const auto moved = move_store(*from, *to, show_on(bar, globals.environment));
  bar.reset();
  if (!moved) return fail(exit_code(moved.error().kind), moved.error().detail);
  if (moved->before) {
    say("an earlier run had moved everything from " + from->shown + " to " + to->shown +
        ", but could not mark it: " + what(moved->summary));
  } else {
    say("moved " + what(moved->summary) + " from " + from->shown + " to " + to->shown);
  }
  say(moved->left);
  return {};
}

}  // namespace jobsched::cmd
