#include "daemon/engine/host_queues.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/scheduler_rig.h"

using namespace std::chrono_literals;
using namespace jobsched::testing;
using jobsched::Claim;
using jobsched::HostQueues;
using jobsched::Instant;
using jobsched::Millis;

namespace {

Claim claim(std::uint32_t n, std::string_view host) {
  return {{job_id(n), kStart, 1}, n, one_time_job(n, kStart, host)};
}

void add(HostQueues& queues, std::uint32_t first, std::uint32_t last, std::string_view host) {
  for (std::uint32_t n = first; n <= last; ++n)
    queues.add(claim(n, host), kStart);
}

// The tokens of all that may start now: "1 3".
std::string take_all(HostQueues& queues, Instant now = kStart) {
  std::string text;
  while (const auto taken = queues.take(now)) {
    text += (text.empty() ? "" : " ") + std::to_string(taken->claim.token);
  }
  return text;
}

// What was handed back, with the time from the start on: "3+10ms".
std::string handed_back(HostQueues& queues) {
  std::string text;
  for (const auto& [claim, due] : queues.take_handed_back()) {
    text += (text.empty() ? "" : " ") + std::to_string(claim.token) + '+' +
            std::to_string((due - kStart).count()) + "ms";
  }
  return text;
}

}  // namespace

TEST_CASE("targets take turns, and within one the order is that of arrival") {
  HostQueues queues(3);
  add(queues, 1, 3, "a");
  add(queues, 4, 5, "b");
  add(queues, 6, 6, "c");
  CHECK(take_all(queues) == "1 4 6 2 5 3");
  CHECK(queues.waiting() == 0);
}

TEST_CASE("a full target waits until one of its attempts has ended") {
  HostQueues queues(2);
  add(queues, 1, 4, "a");
  CHECK(take_all(queues) == "1 2");
  CHECK(queues.waiting() == 2);
  queues.finished("a:80", 1s, kStart + 1s);
  CHECK(take_all(queues) == "3");
  CHECK(take_all(queues).empty());
}

TEST_CASE("what waits for a place can start once a target has more of them") {
  HostQueues queues(1);
  add(queues, 1, 5, "a");
  CHECK(take_all(queues) == "1");
  queues.set_per_host(3);
  CHECK(take_all(queues) == "2 3");
  CHECK(queues.waiting() == 2);
}

TEST_CASE("fewer places at a target end nothing; the next starts when enough have ended") {
  HostQueues queues(3);
  add(queues, 1, 5, "a");
  CHECK(take_all(queues) == "1 2 3");
  queues.set_per_host(1);
  for (const std::string_view next : {"", "", "4"}) {
    queues.finished("a:80", 1s, kStart + 1s);
    CHECK(take_all(queues) == next);
  }
}

TEST_CASE("places that are taken back before they are used are not") {
  HostQueues queues(1);
  add(queues, 1, 3, "a");
  CHECK(take_all(queues) == "1");
  queues.set_per_host(3);
  queues.set_per_host(1);
  CHECK(take_all(queues).empty());
  queues.finished("a:80", 1s, kStart + 1s);
  CHECK(take_all(queues) == "2");
}

TEST_CASE("the surplus comes back in order, at the pace of the target") {
  HostQueues queues(2);
  add(queues, 1, 9, "a");
  CHECK(take_all(queues) == "1 2");
  queues.finished("a:80", 100ms, kStart);
  CHECK(take_all(queues) == "3");
  // Attempts of 100 ms in two places: one place in 50 ms, the two that are kept come first.
  queues.defer_surplus(2, kStart);
  CHECK(queues.waiting() == 2);
  CHECK(handed_back(queues) == "6+150ms 7+200ms 8+250ms 9+300ms");
}

TEST_CASE("a target that was silent for long is given as long again, up to a minute") {
  HostQueues queues(1);
  add(queues, 1, 4, "a");
  CHECK(take_all(queues) == "1");
  queues.defer_surplus(0, kStart + 20s);
  CHECK(handed_back(queues) == "2+40000ms 3+60000ms 4+80000ms");
}

TEST_CASE("a crowded target takes no more than its allowance until its claims are back") {
  HostQueues queues(1);
  add(queues, 1, 4, "a");
  CHECK(take_all(queues) == "1");
  queues.finished("a:80", 1s, kStart);
  CHECK(take_all(queues) == "2");
  queues.defer_surplus(1, kStart);
  CHECK(handed_back(queues) == "4+2000ms");
  queues.add(claim(5, "a"), kStart);
  CHECK(handed_back(queues) == "5+3000ms");
  queues.add(claim(6, "b"), kStart);
  CHECK(take_all(queues) == "6");
  CHECK(handed_back(queues).empty());
  queues.add(claim(5, "a"), kStart + 3s);
  CHECK(handed_back(queues).empty());
  CHECK(queues.waiting() == 2);
}

TEST_CASE("a target is full when it has no free place and enough waiting") {
  HostQueues queues(2);
  add(queues, 1, 5, "a");
  add(queues, 10, 10, "b");
  CHECK(take_all(queues) == "1 10 2");
  CHECK(queues.full_targets(kStart).empty());  // three wait
  queues.add(claim(6, "a"), kStart);
  const auto full = queues.full_targets(kStart + 100ms);
  REQUIRE(full.size() == 1);
  CHECK(full[0].target == "a:80");
  CHECK(full[0].slot == 50ms);  // as long as it has been silent, by two places
  CHECK(full[0].last == kStart + 100ms + 4 * 50ms);
  CHECK(full[0].latest == kStart + 100ms + 60s);

  queues.put_off({{job_id(20), kStart, 1}, "a:80", kStart + 350ms});
  CHECK(queues.full_targets(kStart + 100ms).at(0).last == kStart + 350ms);
  queues.put_off({{job_id(20), kStart, 1}, "unknown:80", kStart});
  queues.finished("a:80", 100ms, kStart + 100ms);
  CHECK(queues.full_targets(kStart + 100ms).empty());  // it has a free place
}

TEST_CASE("a fast target is given more to wait than a slow one") {
  struct Row {
    Millis duration;
    std::uint32_t enough;
  };

  for (const Row& row : {Row{1ms, 40}, Row{2ms, 20}, Row{10ms, 4}, Row{5s, 4}}) {
    CAPTURE(row.duration.count());
    HostQueues queues(2);
    add(queues, 1, 3, "a");
    CHECK(take_all(queues) == "1 2");
    queues.finished("a:80", row.duration, kStart);
    CHECK(take_all(queues) == "3");
    add(queues, 4, row.enough + 2, "a");
    CHECK(queues.full_targets(kStart).empty());
    queues.add(claim(99, "a"), kStart);
    CHECK(queues.full_targets(kStart).size() == 1);
  }
}

TEST_CASE("a target whose surplus was put off is full with its allowance, until that is back") {
  HostQueues queues(2);
  add(queues, 1, 9, "a");
  CHECK(take_all(queues) == "1 2");
  queues.finished("a:80", 100ms, kStart);
  CHECK(take_all(queues) == "3");
  queues.defer_surplus(2, kStart);
  CHECK(handed_back(queues).ends_with("9+300ms"));
  CHECK(queues.full_targets(kStart).at(0).last == kStart + 300ms);
  CHECK(queues.full_targets(kStart + 300ms).empty());  // two is less than enough
}

TEST_CASE("accounts take turns, however many claims and targets one has") {
  HostQueues queues(2);
  const auto add_of = [&](std::uint32_t n, std::string_view account, std::string_view host) {
    Claim one = claim(n, host);
    one.job.account = account;
    queues.add(std::move(one), kStart);
  };
  for (std::uint32_t n = 1; n <= 4; ++n)
    add_of(n, "many", "a");
  add_of(5, "many", "b");
  add_of(6, "many", "c");
  add_of(7, "few", "d");
  add_of(8, "few", "a");
  // Of account "many": a, b, c, a in turn; of "few": d, and then a, which has one place left.
  CHECK(take_all(queues) == "1 7 5 8 6");
  queues.finished("a:80", 1s, kStart);
  CHECK(take_all(queues) == "2");
}

TEST_CASE("at a full target, too, accounts take turns") {
  HostQueues queues(1);
  const auto add_of = [&](std::uint32_t n, std::string_view account) {
    Claim one = claim(n, "a");
    one.job.account = account;
    queues.add(std::move(one), kStart);
  };
  for (std::uint32_t n = 1; n <= 4; ++n)
    add_of(n, "many");
  add_of(5, "few");
  std::string order;
  for (int i = 0; i < 5; ++i) {
    order += take_all(queues) + ' ';
    queues.finished("a:80", 1s, kStart);
  }
  CHECK(order == "1 5 2 3 4 ");
}

TEST_CASE("the surplus is that of the account that has most") {
  HostQueues queues(1);
  add(queues, 1, 5, "a");
  Claim other = claim(6, "a");
  other.job.account = "other";
  queues.add(std::move(other), kStart);
  CHECK(take_all(queues) == "1");
  queues.defer_surplus(2, kStart);
  CHECK(queues.waiting() == 2);
  CHECK(handed_back(queues) == "3+1ms 4+1ms 5+1ms");
}

TEST_CASE("room is shared evenly between the targets that wait") {
  HostQueues queues(1);
  add(queues, 1, 4, "a");
  add(queues, 5, 6, "b");
  CHECK(take_all(queues) == "1 5");
  queues.defer_surplus(2, kStart);
  CHECK(queues.waiting() == 2);
  CHECK(handed_back(queues) == "3+1ms 4+1ms");
}

TEST_CASE("only what has waited too long is stale") {
  HostQueues queues(1);
  add(queues, 1, 2, "a");
  queues.add(claim(3, "a"), kStart + 10s);
  CHECK(take_all(queues) == "1");
  queues.hand_back_stale(60s, kStart + 60s);
  CHECK(queues.take_handed_back().empty());
  queues.hand_back_stale(60s, kStart + 60s + 1ms);
  const auto back = queues.take_handed_back();
  REQUIRE(back.size() == 1);
  CHECK(back[0].claim.token == 2);
  CHECK(queues.waiting() == 1);
}

TEST_CASE("what is early after the clock was set back is handed back until its fire time") {
  HostQueues queues(1);
  add(queues, 1, 3, "a");
  queues.hand_back_early(kStart);
  CHECK(handed_back(queues).empty());
  queues.hand_back_early(kStart - 1ms);
  CHECK(handed_back(queues) == "1+0ms 2+0ms 3+0ms");
  CHECK(queues.waiting() == 0);
  CHECK(take_all(queues).empty());
}

TEST_CASE("when all is handed back nothing is left to start, and the queues go on") {
  HostQueues queues(1);
  add(queues, 1, 2, "a");
  add(queues, 3, 3, "b");
  queues.hand_back_all(kStart + 5s);
  CHECK(queues.waiting() == 0);
  CHECK(queues.take_handed_back().size() == 3);
  CHECK(take_all(queues).empty());
  queues.add(claim(4, "a"), kStart + 5s);
  CHECK(take_all(queues) == "4");
}
