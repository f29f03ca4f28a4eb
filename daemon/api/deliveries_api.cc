#include "daemon/api/deliveries_api.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/codec/delivery_codec.h"
#include "core/text/utf8.h"
#include "core/time/iso8601.h"
#include "daemon/api/answer.h"
#include "daemon/api/query.h"

namespace jobsched {

namespace {

constexpr std::array<std::string_view, 5> kParameters{"state", "since", "limit", "after", "job"};
constexpr auto kParametersOfJob = std::span(kParameters).first<4>();  // the path names the job

constexpr std::size_t kDefaultPage = 100;
constexpr std::size_t kMaxPage = 1'000;  // deliveries, up to 10 KB each: a page is made in memory

std::string delivery_path(const Delivery& delivery) {
  return "/1/deliveries/" + format_delivery_id(delivery);
}

Error no_such_delivery(const std::string& id) {
  return {ErrorKind::kNotFound, "there is no delivery " + id, {}, {}};
}

Result<Delivery> parse_id(const std::string& text) {
  if (const auto delivery = parse_delivery_id(text)) return *delivery;
  return fail(ErrorKind::kNotFound, "there is no delivery " + quote(text) +
                                        "; the id of a delivery is the webhook-id of its requests");
}

Result<DeliveryState> read_state(const std::string& text) {
  if (const auto state = parse_state(text)) return *state;
  return fail(
      ErrorKind::kMalformed,
      "there is no state " + quote(text) +
          "; the states are waiting, inFlight, accepted, exhausted, superseded, skipped and "
          "cancelled");
}

// The `+` of an offset is a space in a query, unless it was written as %2B.
Result<Instant> read_since(std::string text) {
  std::ranges::replace(text, ' ', '+');
  const Result<Instant> since = parse_instant(text);
  if (since) return since;
  return fail(ErrorKind::kMalformed, "since must be an instant: " + since.error().detail);
}

Result<JobId> read_job_id(const std::string& text) {
  if (const auto id = parse_job_id(text)) return *id;
  return fail(ErrorKind::kMalformed, "job must be the id of a job, a UUID");
}

Result<Delivery> read_after(const std::string& text) {
  if (const auto delivery = parse_delivery_id(text)) return *delivery;
  return fail(ErrorKind::kMalformed, "after must be the id of a delivery");
}

}  // namespace

// What a list is asked for.
struct DeliveriesApi::Page {
  std::string path;  // which says of which job, if `of_job`
  bool of_job;
  DeliveryFilter filter = {};
  std::optional<Delivery> after = {};
  std::size_t limit = kDefaultPage;

  // The target of the page that follows one with this last delivery.
  std::string next(const Delivery& last) const {
    std::string target = path + "?limit=" + std::to_string(limit);
    if (filter.job && !of_job) target += "&job=" + format_job_id(*filter.job);
    if (filter.state) target += "&state=" + std::string(state_name(*filter.state));
    if (filter.since) target += "&since=" + format_instant(*filter.since);
    return target + "&after=" + format_delivery_id(last);
  }
};

DeliveriesApi::DeliveriesApi(Store& store, const Clock& clock, std::function<void(Instant)> on_due)
    : store_(store), clock_(clock), on_due_(std::move(on_due)) {}

void DeliveriesApi::answer(Call call, const DeliveriesTarget& /*target*/) const {
  if (!call.allow("GET, HEAD") || !call.accept(kDocumentTypes)) return;
  if (!call.take_query(kParameters)) return;
  const Result<Page> page = read_page(call, std::nullopt);
  if (!page) {
    call.refuse(page.error());
    return;
  }
  list(std::move(call), *page);
}

void DeliveriesApi::answer(Call call, const JobDeliveriesTarget& target) const {
  if (!call.allow("GET, HEAD") || !call.accept(kDocumentTypes)) return;
  if (!call.take_query(kParametersOfJob)) return;
  const Result<Page> page = read_page(call, target.id);
  const Result<void> known =
      page.and_then([&](const Page& /*page*/) { return expect_known(call.account, target.id); });
  if (!known) {
    call.refuse(known.error());
    return;
  }
  list(std::move(call), *page);
}

void DeliveriesApi::answer(Call call, const DeliveryTarget& target) const {
  if (!call.allow("GET, HEAD") || !call.accept(kDocumentTypes)) return;
  if (!call.take_no_query()) return;
  const Result<std::optional<LoggedDelivery>> found = parse_id(target.id).and_then(
      [&](const Delivery& key) { return store_.find_delivery(call.account, key); });
  if (!found) {
    call.refuse(found.error());
  } else if (!*found) {
    call.refuse(no_such_delivery(target.id));
  } else {
    call.responder->respond(make_answer(200, call.type, write_delivery(call.type.format, **found)));
  }
}

void DeliveriesApi::answer(Call call, const RetryTarget& target) const {
  if (!call.allow("POST") || !call.accept(kDocumentTypes) || !call.take_no_query()) return;
  const Result<Delivery> key = parse_id(target.id);
  if (!key) {
    call.refuse(key.error());
    return;
  }
  std::string account = call.account;
  store_.retry(std::move(account), *key, clock_.now(), release_started(std::move(call)));
}

void DeliveriesApi::fire(Call call, const JobId& job) const {
  if (!call.accept(kDocumentTypes) || !call.take_no_query()) return;
  std::string account = call.account;
  store_.fire_now(std::move(account), job, clock_.now(), release_started(std::move(call)));
}

Done<LoggedDelivery> DeliveriesApi::release_started(Call call) const {
  return std::move(call).release_made<LoggedDelivery>(
      [this](const LoggedDelivery& started, MediaType type) {
        if (started.due) on_due_(*started.due);
        http::Response response = make_answer(202, type, write_delivery(type.format, started));
        response.headers.emplace_back("Location", delivery_path(started.delivery));
        return response;
      });
}

Result<DeliveriesApi::Page> DeliveriesApi::read_page(const Call& call, std::optional<JobId> job) {
  Page page{std::string(call.request.path()), job.has_value()};
  page.filter.job = job;
  Result<void> read;
  const auto parameter = [&](std::string_view name, const auto& parse, auto& place) {
    const auto text = call.query.find(name);
    if (!read || !text) return;
    const auto value = parse(*text);
    if (value) {
      place = *value;
    } else {
      read = tl::unexpected(value.error());
    }
  };
  parameter("job", read_job_id, page.filter.job);
  parameter("state", read_state, page.filter.state);
  parameter("since", read_since, page.filter.since);
  parameter("after", read_after, page.after);
  parameter(
      "limit", [](const std::string& text) { return parse_limit(text, kMaxPage); }, page.limit);
  if (!read) return tl::unexpected(read.error());
  return page;
}

void DeliveriesApi::list(Call call, const Page& page) const {
  // One more than the page, to know whether there is a next one.
  Result<std::vector<LoggedDelivery>> found =
      store_.deliveries(call.account, page.filter, page.after, page.limit + 1);
  if (!found) {
    call.refuse(found.error());
    return;
  }
  const bool more = found->size() > page.limit;
  if (more) found->pop_back();
  http::Response response = make_answer(200, call.type, write_deliveries(call.type.format, *found));
  if (more) {
    response.headers.emplace_back("Link",
                                  "<" + page.next(found->back().delivery) + ">; rel=\"next\"");
  }
  call.responder->respond(std::move(response));
}

// A job that is gone is known as long as the log has anything of it.
Result<void> DeliveriesApi::expect_known(const std::string& account, const JobId& job) const {
  const Result<std::optional<Job>> found = store_.find(account, job);
  if (!found) return tl::unexpected(found.error());
  if (*found) return {};
  const auto logged = store_.deliveries(account, {.job = job}, std::nullopt, 1);
  if (!logged) return tl::unexpected(logged.error());
  if (!logged->empty()) return {};
  return fail(ErrorKind::kNotFound,
              "there is no job " + format_job_id(job) + ", and the log has nothing of it");
}

}  // namespace jobsched
