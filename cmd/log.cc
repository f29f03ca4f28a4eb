#include "cmd/log.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/ids.h"
#include "cmd/local_time.h"
#include "cmd/log_follow.h"
#include "cmd/log_query.h"
#include "cmd/log_text.h"
#include "cmd/option.h"
#include "core/codec/delivery_codec.h"
#include "core/text/suggestion.h"
#include "core/text/utf8.h"
#include "core/time/duration.h"
#include "core/time/time_text.h"
#include "daemon/clock.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kMaxCount = 1'000'000;  // about a gigabyte in memory
constexpr std::size_t kAtAGlance = 100;       // when nothing says which are wanted
constexpr std::size_t kBeforeFollowing = 10;

Fallible<DeliveryState> read_state(const std::string& text) {
  constexpr std::array kAll{DeliveryState::kWaiting,    DeliveryState::kInFlight,
                            DeliveryState::kAccepted,   DeliveryState::kExhausted,
                            DeliveryState::kSuperseded, DeliveryState::kSkipped,
                            DeliveryState::kCancelled};
  if (const auto state = parse_state(text)) return *state;
  std::vector<std::string_view> names;
  std::ranges::transform(kAll, std::back_inserter(names), state_name);
  std::string list;
  for (const std::string_view name : names)
    list.append(list.empty() ? "" : ", ").append(name);
  const std::string hint = did_you_mean(text, names);
  return fail(ExitCode::kUsage, "--state: there is no state " + quote(text) +
                                    (hint.empty() ? "; the states are " + list : hint));
}

Fallible<Instant> read_since(const std::string& text, Instant now, const Environment& environment) {
  if (const auto length = parse_duration(text)) return now - *length;
  const auto zone = local_zone(environment);
  if (!zone) return tl::unexpected(zone.error());
  const auto since = parse_past_time(text, now, *zone);
  if (!since) {
    return fail(ExitCode::kUsage,
                "--since: " + since.error().detail + "; or how long ago, like 90s or 2d");
  }
  if (*since > now) return fail(ExitCode::kUsage, "--since: " + quote(text) + " is still to come");
  return *since;
}

Fallible<LogQuery> read_query(const LogOptions& options, const Environment& environment) {
  LogQuery query;
  if (options.state) {
    const auto state = read_state(*options.state);
    if (!state) return tl::unexpected(state.error());
    query.state = *state;
  }
  if (options.since) {
    const auto since = read_since(*options.since, SystemClock().now(), environment);
    if (!since) return tl::unexpected(since.error());
    query.since = *since;
  }
  return query;
}

// How many deliveries, of all or of each job: what is asked for by any filter is wanted whole.
Fallible<std::size_t> read_count(const LogOptions& options) {
  if (options.count)
    return parse_count("--count", *options.count, options.follow ? 0 : 1, kMaxCount);
  if (options.follow) return kBeforeFollowing;
  const bool filtered = !options.ids.empty() || options.state || options.since;
  return filtered ? kMaxCount : kAtAGlance;
}

// Collects what is to be printed, the latest last.
class Collection {
 public:
  Collection(Client& client, const LogOptions& options, std::size_t count)
      : client_(client), options_(options), count_(count) {}

  Fallible<void> add(const LogQuery& query) {
    auto page = fetch_log(send_, query, count_);
    if (!page) return tl::unexpected(page.error());
    deliveries_.insert(deliveries_.end(), std::make_move_iterator(page->deliveries.rbegin()),
                       std::make_move_iterator(page->deliveries.rend()));
    if (page->more && !options_.count) say("earlier ones are left out; -n N shows more");
    return {};
  }

  // The deliveries of a job, or one delivery.
  Fallible<void> add(const std::string& word, LogQuery query) {
    query.job = parse_job_id(word);
    if (query.job) return add(query);
    const auto delivery = parse_delivery_id(word);
    if (!delivery) return fail(ExitCode::kNotFound, no_such_log(word));
    auto logged = fetch_delivery(send_, *delivery);
    if (!logged) return tl::unexpected(logged.error());
    deliveries_.push_back(*std::move(logged));
    return {};
  }

  const std::vector<LoggedDelivery>& deliveries() const { return deliveries_; }

 private:
  Client& client_;
  const LogOptions& options_;
  std::size_t count_;
  Send send_ = [this](const ClientRequest& request) { return client_.send(request); };
  std::vector<LoggedDelivery> deliveries_;
};

Fallible<void> print_log(const std::vector<LoggedDelivery>& deliveries, Format output) {
  if (output != Format::kText) return print(write_deliveries(output, deliveries) + "\n");
  return print(log_text(deliveries, log_layout(terminal_width())));
}

}  // namespace

CLI::App* setup(CLI::App& parent, LogOptions& options) {
  CLI::App* const app =
      add_command(parent, "log", "Print how deliveries went, a line an attempt, the latest last");
  add_optional_arguments(*app, "ID", options.ids,
                         "Only of these jobs or deliveries; - reads ids from standard input");
  add_text(*app, "--state", options.state, "STATE",
           "Only deliveries that are waiting, inFlight, accepted, exhausted,\n"
           "superseded, skipped or cancelled");
  add_text(*app, "--since", options.since, "TIME",
           "Only those to which something happened since then: 2026-12-01T15:30,\n"
           "09:00, \"yesterday 9:00\"; or how long ago: 90s, 2d");
  add_text(*app, "-n,--count", options.count, "N",
           "Only the last N deliveries, of each job that is named (default 100 if\n"
           "nothing else says which, 10 with -f)");
  add_flag(*app, "-f,--follow", options.follow, "Go on printing what happens; end it with Ctrl-C");
  add_footer(*app,
             "The columns: time, delivery, fire time, attempt, result, duration, what follows,\n"
             "error; - where there is nothing to say. Times are in UTC. The first 36 characters\n"
             "of a delivery's id are the id of its job.\n"
             "\n"
             "Examples:\n"
             "  jobsched log -f\n"
             "  jobsched log 0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a\n"
             "  jobsched log --state exhausted --since 2d\n"
             "  jobsched log --state exhausted -o json | jq -r '.[].id' | jobsched retry -");
  return app;
}

Fallible<void> run(const LogOptions& options, const Globals& globals) {
  const auto query = read_query(options, globals.environment);
  if (!query) return tl::unexpected(query.error());
  const auto count = read_count(options);
  if (!count) return tl::unexpected(count.error());
  Client client(globals.server);
  if (options.follow) return follow_log(client, options.ids, *query, *count, globals.output);
  Collection collection(client, options, *count);
  const auto collected = options.ids.empty()
                             ? collection.add(*query)
                             : for_each_word(options.ids, [&](const std::string& word) {
                                 return collection.add(word, *query);
                               });
  if (!collected && options.ids.empty()) return collected;
  const auto printed = print_log(collection.deliveries(), globals.output);
  return printed ? collected : printed;
}

}  // namespace jobsched::cmd
