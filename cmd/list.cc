#include "cmd/list.h"

#include <functional>
#include <utility>

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/id_text.h"
#include "cmd/list_pages.h"
#include "cmd/list_table.h"
#include "cmd/option.h"
#include "core/delivery/job_filter.h"
#include "core/text/percent.h"
#include "daemon/clock.h"

namespace jobsched::cmd {

namespace {

// Jobs with their deliveries take the daemon a while, in which it does not answer others.
constexpr std::string_view kJobsAPage = "250";

Fallible<JobFilter> read_filter(const ListOptions& options) {
  JobFilter filter;
  if (options.state) {
    if (const auto set = set_state(filter, *options.state); !set) {
      return refuse_argument("--state", set.error());
    }
  }
  if (options.name) {
    if (const auto set = set_name(filter, *options.name); !set) {
      return refuse_argument("--name", set.error());
    }
  }
  return filter;
}

std::string target_of(const JobFilter& filter, bool whole) {
  std::string query;
  if (whole) query.append("&expand=last&limit=").append(kJobsAPage);
  if (filter.name) query += "&name=" + percent_encode(filter.name->text());
  if (const auto state = state_of(filter)) query.append("&state=").append(*state);
  return "/1/jobs?" + query.substr(1);
}

// Hands each page of a list to `take`.
Fallible<void> for_each_page(Client& client,
                             std::string target,
                             Format accept,
                             const std::function<Fallible<void>(const std::string& page)>& take) {
  for (;;) {
    const auto page = client.send({"GET", target, accept});
    if (!page) return tl::unexpected(page.error());
    if (const auto taken = take(page->body); !taken) return taken;
    auto next = next_page(page->link);
    if (!next || *next == target) return {};
    target = *std::move(next);
    if (const auto flushed = flush(); !flushed) return flushed;
  }
}

Fallible<void> print_joined(Client& client, const std::string& target, Format format) {
  PageJoiner pages(format);
  const auto done = for_each_page(client, target, format, [&](const std::string& page) {
    const auto text = pages.add(page);
    return text ? print(*text) : fail(ExitCode::kError, text.error().detail);
  });
  return done ? print(pages.finish()) : done;
}

Fallible<void> print_table(Client& client, const std::string& target) {
  std::optional<JobTable> table;
  return for_each_page(
      client, target, Format::kJson, [&](const std::string& page) -> Fallible<void> {
        const auto lines = read_job_lines(page);
        if (!lines) return fail(ExitCode::kError, lines.error().detail);
        std::string text;
        if (!table) {
          const auto width = terminal_width();
          table = width ? JobTable(*width, SystemClock().now(), *lines) : JobTable();
          text = table->header();
        }
        for (const JobLine& line : *lines)
          text += table->line(line);
        return print(text);
      });
}

// All ids, which come as one stream.
Fallible<void> print_ids(Client& client, Format format) {
  const ClientRequest request{"GET", "/1/jobs", format};
  if (format == Format::kText) {
    IdLines lines;
    const auto done =
        client.stream(request, [&](std::string_view piece) { return print(lines.feed(piece)); });
    if (!done) return done;
    return print(lines.finish());
  }
  bool ends_line = true;
  const auto done = client.stream(request, [&](std::string_view piece) {
    if (!piece.empty()) ends_line = piece.ends_with('\n');
    return print(piece);
  });
  if (!done || ends_line) return done;
  return print("\n");
}

}  // namespace

CLI::App* setup(CLI::App& parent, ListOptions& options) {
  CLI::App* const app =
      add_command(parent, "list", "Print the ids of jobs, oldest first, one a line, or a table");
  add_flag(*app, "-l,--long", options.table,
           "Print a table: id, name, when it fires next, how its last delivery stands\n"
           "and where it goes; with -o json or xml the jobs themselves");
  add_text(*app, "--state", options.state, "STATE",
           "Only jobs that are active or paused, or whose last delivery is waiting,\n"
           "inFlight, accepted, exhausted, superseded or skipped");
  add_text(*app, "--name", options.name, "GLOB",
           "Only jobs of such a name: * stands for any characters, ? for one,\n"
           "[a-z] for one of a set; quote it");
  add_alias(*app, "ls");
  add_footer(*app,
             "Examples:\n"
             "  jobsched list -l\n"
             "  jobsched list --name 'nightly-*' | jobsched rm -\n"
             "  jobsched list --state exhausted | jobsched fire -\n"
             "  jobsched list -l -o json | jq -r '.[] | .id + \" \" + .url'");
  return app;
}

Fallible<void> run(const ListOptions& options, const Globals& globals) {
  const auto filter = read_filter(options);
  if (!filter) return tl::unexpected(filter.error());
  Client client(globals.server);
  if (!options.table && !filter->any()) return print_ids(client, globals.output);
  const std::string target = target_of(*filter, options.table);
  if (options.table && globals.output == Format::kText) return print_table(client, target);
  return print_joined(client, target, globals.output);
}

}  // namespace jobsched::cmd
