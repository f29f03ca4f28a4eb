#include "cmd/log_query.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/codec/delivery_codec.h"

namespace jobsched::cmd {

namespace {

// A daemon's log of so many deliveries, the latest first.
std::vector<LoggedDelivery> log_of(std::size_t count) {
  std::vector<LoggedDelivery> log;
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = static_cast<std::int64_t>(count - i);
    log.push_back({{JobId{{1}}, Instant{Millis{number}}}, "default"});
  }
  return log;
}

std::string value_of(std::string_view target, std::string_view name) {
  const auto begin = target.find(name);
  if (begin == std::string_view::npos) return {};
  const std::string_view value = target.substr(begin + name.size());
  return std::string(value.substr(0, value.find('&')));
}

// Answers as a daemon with the log does; `change` happens to it before each answer.
class Daemon {
 public:
  using Change = std::function<void(std::vector<LoggedDelivery>&, int request)>;

  Daemon(std::vector<LoggedDelivery> log, Change change)
      : log_(std::move(log)), change_(std::move(change)) {}

  Fallible<Response> answer(const std::string& target) {
    change_(log_, ++requests_);
    auto begin = log_.begin();
    if (const auto after = parse_delivery_id(value_of(target, "&after="))) {
      begin = std::ranges::find(log_, *after, &LoggedDelivery::delivery);
      if (begin != log_.end()) ++begin;
    }
    const std::string limit = value_of(target, "?limit=");
    std::ptrdiff_t most = 0;
    std::from_chars(limit.data(), limit.data() + limit.size(), most);
    const std::vector<LoggedDelivery> page(begin, begin + std::min(most, log_.end() - begin));
    return Response{write_deliveries(Format::kJson, page)};
  }

 private:
  std::vector<LoggedDelivery> log_;
  Change change_;
  int requests_ = 0;
};

LogPage fetch(Daemon& daemon, std::size_t count) {
  const auto page = fetch_log(
      [&](const ClientRequest& request) { return daemon.answer(request.target); }, {}, count);
  REQUIRE(page);
  return *page;
}

// How many different ones there are.
std::size_t different(const LogPage& page) {
  std::vector<std::string> ids;
  for (const LoggedDelivery& logged : page.deliveries)
    ids.push_back(format_delivery_id(logged.delivery));
  std::ranges::sort(ids);
  const auto rest = std::ranges::unique(ids);
  return static_cast<std::size_t>(rest.begin() - ids.begin());
}

constexpr std::size_t kAll = 1'000'000;

}  // namespace

TEST_CASE("a log is read page by page") {
  struct Row {
    std::size_t logged;
    std::size_t count;
    std::size_t read;
    bool more;
  };

  const Row rows[] = {
      {0, 10, 0, false},     {10, 10, 10, false},     {11, 10, 10, true},
      {99, kAll, 99, false}, {100, kAll, 100, false}, {250, kAll, 250, false},
      {250, 200, 200, true}, {250, 99, 99, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.logged);
    CAPTURE(row.count);
    Daemon daemon(log_of(row.logged), [](auto&, int) {});
    const LogPage page = fetch(daemon, row.count);
    CHECK(page.deliveries.size() == row.read);
    CHECK(different(page) == row.read);
    CHECK(page.more == row.more);
  }
}

TEST_CASE("what moves to the front at the turn of a page hides nothing behind it") {
  // The last delivery of a page is attempted again before the next page is asked for.
  const auto move_last = [](std::vector<LoggedDelivery>& log, int request) {
    const auto last = log.begin() + 99;
    if (request == 2) std::rotate(log.begin(), last, last + 1);
  };
  Daemon daemon(log_of(350), move_last);
  const LogPage page = fetch(daemon, kAll);
  CHECK(page.deliveries.size() == 350);
  CHECK(different(page) == 350);
}

TEST_CASE("a server that gives the same page again and again is not asked for ever") {
  int requests = 0;
  const auto same = [&](const ClientRequest&) -> Fallible<Response> {
    ++requests;
    return Response{write_deliveries(Format::kJson, log_of(100))};
  };
  CHECK(fetch_log(same, {}, kAll)->deliveries.size() == 100);
  CHECK(requests == 2);
}

}  // namespace jobsched::cmd
