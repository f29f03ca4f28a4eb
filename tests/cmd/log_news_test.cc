#include "cmd/log_news.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace jobsched::cmd {

using namespace std::chrono_literals;

namespace {

constexpr Instant kFireTime{Millis{1'795'539'720'000}};

// A delivery of a job of its own, whose attempts 1, 2, … ended so many seconds after the fire time.
LoggedDelivery delivery(std::uint8_t job, const std::vector<int>& attempts) {
  LoggedDelivery logged{{JobId{{job}}, kFireTime}, "default"};
  for (const int end : attempts) {
    const auto number = static_cast<std::uint32_t>(logged.attempts.size() + 1);
    logged.attempts.push_back(
        {number, kFireTime + (end - 1) * 1s, Fault::kStatus, 503, {{}, {}, {}, {}, 1s}, "", ""});
  }
  return logged;
}

LoggedDelivery ended(LoggedDelivery logged, DeliveryState state, int seconds) {
  logged.state = state;
  logged.ended = kFireTime + seconds * 1s;
  return logged;
}

// The numbers of the attempts that are news, and "end" if the delivery is over: "1 2 end"; "-" if
// nothing is news.
std::string told(LogNews& news, const LoggedDelivery& logged) {
  const auto taken = news.take(logged);
  if (!taken) return "-";
  std::string text;
  for (const LoggedAttempt& attempt : taken->attempts)
    text += (text.empty() ? "" : " ") + std::to_string(attempt.number);
  if (taken->ended) text += text.empty() ? "end" : " end";
  return text;
}

}  // namespace

TEST_CASE("each attempt, and each end, is told once") {
  LogNews news;
  CHECK(told(news, delivery(1, {})) == "-");
  CHECK(told(news, delivery(1, {1})) == "1");
  CHECK(told(news, delivery(1, {1})) == "-");
  CHECK(told(news, delivery(1, {1, 5, 9})) == "2 3");
  CHECK(told(news, delivery(2, {9})) == "1");
  const auto exhausted = ended(delivery(1, {1, 5, 9, 20}), DeliveryState::kExhausted, 20);
  CHECK(told(news, exhausted) == "4 end");
  CHECK(told(news, exhausted) == "-");
  // … and sent again by hand
  CHECK(told(news, delivery(1, {1, 5, 9, 20})) == "-");
  CHECK(told(news, ended(delivery(1, {1, 5, 9, 20, 40}), DeliveryState::kAccepted, 40)) == "5 end");
}

TEST_CASE("an end without an attempt is told, too") {
  LogNews news;
  CHECK(told(news, ended(delivery(1, {}), DeliveryState::kSkipped, 3)) == "end");
  CHECK(told(news, delivery(2, {1})) == "1");
  CHECK(told(news, ended(delivery(2, {1}), DeliveryState::kCancelled, 7)) == "end");
  CHECK(told(news, ended(delivery(2, {1}), DeliveryState::kCancelled, 7)) == "-");
}

TEST_CASE("what happened before the start is no news, also of deliveries that were not skipped") {
  LogNews news;
  news.skip(delivery(1, {1, 10}));
  news.start();
  CHECK(told(news, delivery(1, {1, 10, 11})) == "3");
  CHECK(told(news, delivery(2, {2, 10, 12})) == "3");
  CHECK(told(news, ended(delivery(3, {3}), DeliveryState::kAccepted, 9)) == "-");
  // its end is logged a little after the attempt
  CHECK(told(news, ended(delivery(4, {3, 10}), DeliveryState::kAccepted, 11)) == "2 end");
  CHECK(told(news, ended(delivery(5, {3, 10}), DeliveryState::kCancelled, 11)) == "end");
}

TEST_CASE("of an empty log everything is news") {
  LogNews news;
  news.start();
  CHECK(!news.since());
  CHECK(told(news, delivery(1, {1})) == "1");
}

TEST_CASE("the next reading begins a little before the latest change, and shows nothing twice") {
  LogNews news;
  const auto accepted = ended(delivery(1, {100}), DeliveryState::kAccepted, 100);
  news.skip(accepted);
  news.start();
  CHECK(news.since() == kFireTime + 95s);
  CHECK(told(news, delivery(2, {104})) == "1");
  CHECK(news.since() == kFireTime + 99s);
  news.forget();
  CHECK(told(news, accepted) == "-");  // still within the next reading
  CHECK(told(news, delivery(2, {104})) == "-");
  CHECK(told(news, delivery(3, {200})) == "1");
  news.forget();
  CHECK(told(news, delivery(2, {104, 201})) == "2");  // outstanding: known for long
}

}  // namespace jobsched::cmd
