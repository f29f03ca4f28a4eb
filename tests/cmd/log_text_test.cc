#include "cmd/log_text.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace jobsched::cmd {

using namespace std::chrono_literals;

namespace {

constexpr Instant kFireTime{Millis{1'795'539'720'000}};  // 2026-11-24T17:02:00Z
constexpr std::string_view kStart =
    "01a20e81-d738-7000-bcf4-e40959758c1a_1795539720000\t2026-11-24T17:02:00Z\t";

LoggedAttempt attempt(std::uint32_t number, Fault fault, int status, Micros total) {
  return {number, kFireTime + (number - 1) * 10s, fault, status, {{}, {}, {}, {}, total}, "", ""};
}

LoggedDelivery delivery(DeliveryState state, std::vector<LoggedAttempt> attempts = {}) {
  LoggedDelivery logged{
      {*parse_job_id("01a20e81-d738-7000-bcf4-e40959758c1a"), kFireTime}, "default", state};
  logged.attempts = std::move(attempts);
  if (state == DeliveryState::kWaiting) logged.due = kFireTime + 60s;
  if (is_terminal(state)) logged.ended = kFireTime + 50s;
  return logged;
}

std::string lines_of(const LoggedDelivery& logged) {
  return log_text(std::vector{logged}, LogLayout::kTabs);
}

// A line whose attempt began, or whose delivery ended, at `time`.
std::string line(std::string_view time, std::string_view rest) {
  return std::string(time) + "\t" + std::string(kStart) + std::string(rest) + "\n";
}

}  // namespace

TEST_CASE("an attempt is a line, and the last one says what follows") {
  LoggedDelivery logged =
      delivery(DeliveryState::kWaiting,
               {attempt(1, Fault::kConnect, 0, 300us), attempt(2, Fault::kStatus, 503, 30'900us)});
  logged.attempts[0].error = "connection refused";
  logged.attempts[1].error = "the endpoint answered 503";
  const std::string first = line("2026-11-24T17:02:00Z", "1\tconnect\t0ms\t-\tconnection refused");
  CHECK(lines_of(logged) ==
        first + line("2026-11-24T17:02:10Z",
                     "2\t503\t31ms\tnext at 2026-11-24T17:03:00Z\tthe endpoint answered 503"));

  struct Row {
    DeliveryState state;
    std::string_view reason;
    std::string_view second;
  };

  const Row rows[] = {
      {DeliveryState::kInFlight, "", "2\t503\t31ms\tin flight\tthe endpoint answered 503"},
      {DeliveryState::kExhausted, "attempt 2 was the last",
       "2\t503\t31ms\texhausted: attempt 2 was the last\tthe endpoint answered 503"},
      {DeliveryState::kExhausted, "", "2\t503\t31ms\texhausted\tthe endpoint answered 503"},
  };
  for (const Row& row : rows) {
    logged.state = row.state;
    logged.reason = row.reason;
    CHECK(lines_of(logged) == first + line("2026-11-24T17:02:10Z", row.second));
  }
  CHECK(lines_of(delivery(DeliveryState::kAccepted, {attempt(1, Fault::kNone, 200, 1'499ms)})) ==
        line("2026-11-24T17:02:00Z", "1\t200\t1.5s\taccepted\t-"));
}

TEST_CASE("an end that no attempt brought about is a line of its own") {
  for (const auto state :
       {DeliveryState::kSkipped, DeliveryState::kSuperseded, DeliveryState::kCancelled}) {
    LoggedDelivery logged = delivery(state);
    logged.reason = "why";
    const std::string name(state_name(state));
    const std::string end = line("2026-11-24T17:02:50Z", "-\t-\t-\t" + name + "\twhy");
    CHECK(lines_of(logged) == end);
    logged.attempts = {attempt(1, Fault::kTimeout, 0, 30s)};
    CHECK(lines_of(logged) == line("2026-11-24T17:02:00Z", "1\ttimeout\t30.0s\t-\t-") + end);
  }
}

TEST_CASE("a delivery of which the log knows no attempt has a line all the same") {
  struct Row {
    DeliveryState state;
    std::string_view time;
    std::string_view rest;
  };

  const Row rows[] = {
      {DeliveryState::kWaiting, "2026-11-24T17:02:00Z", "-\t-\t-\tnext at 2026-11-24T17:03:00Z\t-"},
      {DeliveryState::kInFlight, "2026-11-24T17:02:00Z", "-\t-\t-\tin flight\t-"},
      {DeliveryState::kAccepted, "2026-11-24T17:02:50Z", "-\t-\t-\taccepted\t-"},
      {DeliveryState::kExhausted, "2026-11-24T17:02:50Z", "-\t-\t-\texhausted\t-"},
  };
  for (const Row& row : rows)
    CHECK(lines_of(delivery(row.state)) == line(row.time, row.rest));
}

TEST_CASE("every way to fail has its name, a status stands for itself") {
  struct Row {
    Fault fault;
    int status;
    std::string_view result;
  };

  const Row rows[] = {
      {Fault::kNone, 204, "204"},
      {Fault::kStatus, 410, "410"},
      {Fault::kDns, 0, "dns"},
      {Fault::kConnect, 0, "connect"},
      {Fault::kTls, 0, "tls"},
      {Fault::kTimeout, 200, "timeout"},
      {Fault::kConnection, 0, "connection"},
      {Fault::kProtocol, 0, "protocol"},
      {Fault::kBlocked, 0, "blocked"},
      {Fault::kInterrupted, 0, "interrupted"},
  };
  for (const Row& row : rows) {
    const auto logged =
        delivery(DeliveryState::kInFlight, {attempt(1, row.fault, row.status, 0us)});
    CHECK(lines_of(logged) ==
          line("2026-11-24T17:02:00Z", "1\t" + std::string(row.result) + "\t0ms\tin flight\t-"));
  }
}

TEST_CASE("durations in milliseconds, from a second on in tenths of it") {
  struct Row {
    Micros length;
    std::string_view text;
  };

  const Row rows[] = {{0us, "0ms"},          {499us, "0ms"},       {500us, "0ms"},
                      {501us, "1ms"},        {999'400us, "999ms"}, {1s, "1.0s"},
                      {1'049'999us, "1.0s"}, {9'960ms, "10.0s"},   {30s, "30.0s"}};
  for (const Row& row : rows) {
    const auto logged =
        delivery(DeliveryState::kInFlight, {attempt(1, Fault::kDns, 0, row.length)});
    CHECK(lines_of(logged) ==
          line("2026-11-24T17:02:00Z", "1\tdns\t" + std::string(row.text) + "\tin flight\t-"));
  }
}

TEST_CASE("lines of several deliveries are in the order of time") {
  LoggedDelivery early = delivery(
      DeliveryState::kInFlight, {attempt(1, Fault::kDns, 0, 0us), attempt(3, Fault::kDns, 0, 0us)});
  LoggedDelivery late = delivery(DeliveryState::kInFlight, {attempt(2, Fault::kTls, 0, 0us)});
  const std::string expected = line("2026-11-24T17:02:00Z", "1\tdns\t0ms\t-\t-") +
                               line("2026-11-24T17:02:10Z", "2\ttls\t0ms\tin flight\t-") +
                               line("2026-11-24T17:02:20Z", "3\tdns\t0ms\tin flight\t-");
  CHECK(log_text(std::vector{early, late}, LogLayout::kTabs) == expected);
  CHECK(log_text(std::vector{late, early}, LogLayout::kTabs) == expected);
  CHECK(log_text({}, LogLayout::kTabs).empty());
}

TEST_CASE("aligned, each column begins where it did on the line before") {
  LoggedDelivery logged =
      delivery(DeliveryState::kExhausted,
               {attempt(1, Fault::kConnection, 0, 1s), attempt(12, Fault::kNone, 200, 0us)});
  logged.attempts[0].started += 250ms;
  logged.attempts[0].error = "first";
  logged.attempts[1].error = "second";
  const std::string text = log_text(std::vector{logged}, LogLayout::kAligned);
  const std::string first = text.substr(0, text.find('\n'));
  const std::string second = text.substr(text.find('\n') + 1);
  CHECK(text.find('\t') == std::string::npos);
  CHECK(first.find("  connection") == second.find("  200  "));
  CHECK(first.find("first") == second.find("second"));
}

TEST_CASE("the layout is that of the terminal") {
  CHECK(log_layout({}) == LogLayout::kTabs);
  CHECK(log_layout(80) == LogLayout::kNarrow);
  CHECK(log_layout(159) == LogLayout::kNarrow);
  CHECK(log_layout(160) == LogLayout::kAligned);
}

TEST_CASE("on a narrow terminal each is two lines") {
  LoggedDelivery logged =
      delivery(DeliveryState::kExhausted,
               {attempt(1, Fault::kConnection, 0, 1s), attempt(2, Fault::kStatus, 410, 2ms)});
  logged.attempts[0].started += 250ms;
  logged.attempts[0].error = "refused";
  logged.attempts[1].error = "the endpoint answered 410";
  logged.reason = "the endpoint answered 410 Gone";
  const std::string id = format_delivery_id(logged.delivery);
  CHECK(log_text(std::vector{logged}, LogLayout::kNarrow) ==
        "2026-11-24T17:02:00Z  " + id + "\n    attempt 1: connection after 1.0s: refused\n" +
            "2026-11-24T17:02:10Z  " + id +
            "\n    attempt 2: 410 after 2ms, exhausted: the endpoint answered 410 Gone\n");

  logged = delivery(DeliveryState::kSkipped);
  const auto text_of = [&] {
    const std::string text = log_text(std::vector{logged}, LogLayout::kNarrow);
    return text.substr(text.find('\n') + 1);
  };
  CHECK(text_of() == "    skipped\n");
  logged.reason = "why";
  CHECK(text_of() == "    skipped: why\n");
}

TEST_CASE("what an endpoint has sent stays on its line and off the terminal") {
  LoggedDelivery logged = delivery(DeliveryState::kExhausted, {attempt(1, Fault::kDns, 0, 0us)});
  logged.attempts[0].error = "a\tb\nc\x1b[31m";
  logged.reason = "d\r\ne";
  CHECK(lines_of(logged) ==
        line("2026-11-24T17:02:00Z", "1\tdns\t0ms\texhausted: d  e\ta b c\xEF\xBF\xBD[31m"));
}

TEST_CASE("the last attempt as a sentence") {
  LoggedDelivery logged =
      delivery(DeliveryState::kWaiting,
               {attempt(1, Fault::kDns, 0, 0us), attempt(2, Fault::kStatus, 503, 30'900us)});
  logged.attempts[1].error = "the endpoint answered 503";
  CHECK(describe_last_attempt(logged) ==
        "attempt 2: 503 after 31ms, next at 2026-11-24T17:03:00Z: the endpoint answered 503");
  CHECK(describe_last_attempt(
            delivery(DeliveryState::kAccepted, {attempt(1, Fault::kNone, 200, 2ms)})) ==
        "attempt 1: 200 after 2ms, accepted");
}

}  // namespace jobsched::cmd
