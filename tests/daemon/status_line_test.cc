#include "daemon/status_line.h"

#include <string_view>

#include <doctest/doctest.h>

using namespace std::chrono_literals;

namespace jobsched {

namespace {

constexpr std::string_view kAddress = "http://127.0.0.1:7243";

DaemonState serving(std::optional<std::uint64_t> pending) {
  return {.addresses = std::string(kAddress), .pending = pending};
}

DaemonState draining(std::uint64_t in_flight) {
  DaemonState state = serving(7);
  state.draining = true;
  state.in_flight = in_flight;
  return state;
}

DaemonState with_fault(DaemonState state, std::string_view fault) {
  state.store_fault = fault;
  return state;
}

}  // namespace

TEST_CASE("addresses are listed as clients take them") {
  CHECK(list_addresses({}, "http://") == "off");
  CHECK(list_addresses({"[::1]:80"}, "https://") == "https://[::1]:80");
  CHECK(list_addresses({"127.0.0.1:80", "unix:/run/a", "unix:@b"}, "http://") ==
        "http://127.0.0.1:80,unix:/run/a,unix:@b");
}

TEST_CASE("the status is one line that says what matters most") {
  struct Row {
    DaemonState state;
    std::string_view line;
  };

  const Row rows[] = {
      {serving(0), "serving http://127.0.0.1:7243, 0 jobs pending"},
      {serving(1), "serving http://127.0.0.1:7243, 1 job pending"},
      {serving(12'403), "serving http://127.0.0.1:7243, 12403 jobs pending"},
      {serving({}), "serving http://127.0.0.1:7243"},
      {draining(0), "draining"},
      {draining(1), "draining: 1 callback in flight"},
      {draining(3), "draining: 3 callbacks in flight"},
      {with_fault(serving(7), "the disk is full; make room"),
       "the store cannot be written: the disk is full; make room"},
      {with_fault(draining(3), "the disk is full; make room"),
       "draining: 3 callbacks in flight; the store cannot be written: the disk is full; make room"},
      {with_fault(serving(7), "/a\nMAINPID=1\x1B: é\xFF"),
       "the store cannot be written: /a MAINPID=1�: é�"},
  };
  for (const Row& row : rows)
    CHECK(status_line(row.state) == row.line);
}

TEST_CASE("what changes is news at once, the number of jobs alone once a minute") {
  struct Row {
    std::chrono::milliseconds after;  // the row before
    DaemonState state;
    bool is_news;
  };

  const Row rows[] = {
      {0s, serving(1), true},
      {2s, serving(1), false},
      {2s, serving(2), false},
      {55'999ms, serving(3), false},
      {1ms, serving(3), true},
      {1h, serving(3), false},
      {0s, serving(4), true},
      {1s, with_fault(serving(4), "x"), true},
      {1s, with_fault(serving(5), "x"), false},
      {1s, with_fault(serving(5), "y"), true},
      {1s, serving(5), true},
      {1s, serving({}), false},
      {1s, draining(3), true},
      {0s, draining(3), false},
      {0s, draining(2), true},
      {0s, draining(0), true},
  };
  StatusNews news;
  StatusNews::SteadyTime now{};
  for (const Row& row : rows) {
    now += row.after;
    const std::string line = status_line(row.state);
    CAPTURE(line);
    const auto told = news.look(row.state, now);
    CHECK(told.has_value() == row.is_news);
    if (told) CHECK(*told == line);
  }
}

}  // namespace jobsched
