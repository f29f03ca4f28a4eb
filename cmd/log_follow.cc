#include "cmd/log_follow.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>

#include "cmd/console.h"
#include "cmd/ids.h"
#include "cmd/log_news.h"
#include "cmd/log_text.h"
#include "cmd/patience.h"
#include "core/codec/delivery_codec.h"

namespace jobsched::cmd {

namespace {

constexpr Millis kBetweenReadings = std::chrono::seconds{1};
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max() - 1;

// What is followed: one delivery, or those that pass a filter.
struct Subject {
  LogQuery query;
  std::optional<Delivery> delivery = {};
};

Fallible<Subject> read_subject(const std::vector<std::string>& ids, const LogQuery& query) {
  Subject subject{query};
  if (ids.empty()) return subject;
  if (ids.size() > 1 || ids.front() == "-") {
    return fail(ExitCode::kUsage, "--follow takes one job or delivery, or all; name only one");
  }
  subject.query.job = parse_job_id(ids.front());
  subject.delivery = parse_delivery_id(ids.front());
  if (subject.query.job || subject.delivery) return subject;
  return fail(ExitCode::kNotFound, no_such_log(ids.front()));
}

// The latest last.
Fallible<std::vector<LoggedDelivery>> read(const Send& send,
                                           const Subject& subject,
                                           std::size_t count) {
  if (subject.delivery) {
    return fetch_delivery(send, *subject.delivery).map([](LoggedDelivery logged) {
      return std::vector{std::move(logged)};
    });
  }
  return fetch_log(send, subject.query, count).map([](LogPage page) {
    std::ranges::reverse(page.deliveries);
    return std::move(page.deliveries);
  });
}

Fallible<void> show(const std::vector<LoggedDelivery>& deliveries, Format output) {
  if (output == Format::kText) {
    return print(log_text(deliveries, log_layout(terminal_width()))).and_then(flush);
  }
  std::string lines;
  for (const LoggedDelivery& logged : deliveries)
    lines += write_delivery(Format::kJson, logged) + "\n";
  return print(lines).and_then(flush);
}

// Shows what there is, and takes note of it and of where the log ends, whatever the filters.
Fallible<LogNews> begin(const Send& send,
                        const Subject& subject,
                        std::size_t count,
                        Format output) {
  LogNews news;
  const auto end = read(send, {{subject.query.job}, subject.delivery}, 1);
  if (!end) return tl::unexpected(end.error());
  const auto first = read(send, subject, count);
  if (!first) return tl::unexpected(first.error());
  for (const auto* deliveries : {&*end, &*first}) {
    for (const LoggedDelivery& logged : *deliveries)
      news.skip(logged);
  }
  news.start();
  if (const auto shown = show(*first, output); !shown) return tl::unexpected(shown.error());
  return news;
}

}  // namespace

Fallible<void> follow_log(Client& client,
                          const std::vector<std::string>& ids,
                          const LogQuery& query,
                          std::size_t count,
                          Format output) {
  if (output == Format::kXml) {
    return fail(ExitCode::kUsage, "--follow prints text or json: XML would never be complete");
  }
  auto subject = read_subject(ids, query);
  if (!subject) return tl::unexpected(subject.error());
  auto news = begin([&](const ClientRequest& request) { return client.send(request); }, *subject,
                    count, output);
  if (!news) return tl::unexpected(news.error());
  PatientClient patient(client);
  const Send send = [&](const ClientRequest& request) { return patient.send(request); };
  for (;;) {
    if (const auto since = news->since()) subject->query.since = since;
    const auto read_now = read(send, *subject, kAll);
    if (!read_now) return tl::unexpected(read_now.error());
    std::vector<LoggedDelivery> to_tell;
    for (const LoggedDelivery& logged : *read_now) {
      if (auto told = news->take(logged)) to_tell.push_back(*std::move(told));
    }
    news->forget();
    if (const auto shown = show(to_tell, output); !shown) return shown;
    end_without_reader();
    if (subject->delivery && is_terminal(read_now->front().state)) return {};
    if (const auto paused = pause(kBetweenReadings); !paused) return paused;
  }
}

}  // namespace jobsched::cmd
