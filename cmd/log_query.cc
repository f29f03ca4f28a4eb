#include "cmd/log_query.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "core/codec/delivery_codec.h"
#include "core/time/iso8601.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kPage = 100;  // of deliveries with 20 attempts each the client holds one page

std::string target_of(const LogQuery& query,
                      std::size_t limit,
                      const std::optional<Delivery>& after) {
  std::string target =
      query.job ? "/1/jobs/" + format_job_id(*query.job) + "/deliveries" : "/1/deliveries";
  target += "?limit=" + std::to_string(limit);
  if (query.state) target += "&state=" + std::string(state_name(*query.state));
  if (query.since) target += "&since=" + format_instant(*query.since);
  if (after) target += "&after=" + format_delivery_id(*after);
  return target;
}

}  // namespace

Fallible<LogPage> fetch_log(const Send& send, const LogQuery& query, std::size_t count) {
  LogPage page;
  // What changes while the pages are read moves to the front, and may come twice: a page after such
  // a one has nothing new, but leads on all the same.
  std::set<std::string> seen;
  std::optional<Delivery> after;
  for (;;) {
    // One more than wanted shows whether there are more.
    const std::size_t limit = std::min(kPage, count + 1 - page.deliveries.size());
    const auto answer = send({"GET", target_of(query, limit, after), Format::kJson});
    if (!answer) return tl::unexpected(answer.error());
    auto read = read_deliveries(answer->body);
    if (!read) return fail(ExitCode::kError, read.error().detail);
    const bool last = read->size() < limit || read->back().delivery == after;
    if (!last) after = read->back().delivery;
    for (LoggedDelivery& delivery : *read) {
      if (!seen.insert(format_delivery_id(delivery.delivery)).second) continue;
      page.deliveries.push_back(std::move(delivery));
    }
    page.more = page.deliveries.size() > count;
    if (page.more) page.deliveries.resize(count);
    if (last || page.more) return page;
  }
}

Fallible<LoggedDelivery> fetch_delivery(const Send& send, const Delivery& delivery) {
  const std::string target = "/1/deliveries/" + format_delivery_id(delivery);
  const auto answer = send({"GET", target, Format::kJson});
  if (!answer) return tl::unexpected(answer.error());
  auto logged = read_delivery(answer->body);
  if (!logged) return fail(ExitCode::kError, logged.error().detail);
  return *std::move(logged);
}

}  // namespace jobsched::cmd
