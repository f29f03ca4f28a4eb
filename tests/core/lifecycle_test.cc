#include "core/delivery/lifecycle.h"

#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using jobsched::AttemptResult;
using jobsched::Delivery;
using jobsched::Instant;
using jobsched::Millis;
using jobsched::Outcome;

namespace {

constexpr Instant kNow{Millis{1'800'000'000'000}};

AttemptResult answer(int status, std::optional<Millis> retry_after = {}, bool no_retry = false) {
  const Outcome outcome = status >= 200 && status < 300 ? Outcome::kAccepted : Outcome::kRejected;
  return {outcome, status, retry_after, no_retry, {}};
}

AttemptResult failure(Outcome outcome) {
  return {outcome, 0, {}, false, "in words"};
}

// "accepted", "exhausted: …", "superseded" or "attempt 2 after 5000 ms".
std::string in_words(const jobsched::Transition& transition) {
  if (std::holds_alternative<jobsched::Accepted>(transition)) return "accepted";
  if (std::holds_alternative<jobsched::Superseded>(transition)) return "superseded";
  if (const auto* end = std::get_if<jobsched::Exhausted>(&transition)) {
    return "exhausted: " + end->reason;
  }
  const auto& retry = std::get<jobsched::RetryAt>(transition);
  return "attempt " + std::to_string(retry.attempt) + " after " +
         std::to_string((retry.due - kNow).count()) + " ms";
}

jobsched::Job one_time_job(Instant when) {
  return {{}, "default", {"http://example.com/", {}, {}, {}, jobsched::Once{when}}, when};
}

}  // namespace

TEST_CASE("what becomes of a delivery after an attempt") {
  struct Row {
    std::string_view rule;
    std::uint32_t attempt;
    AttemptResult result;
    std::optional<Millis> next_fire;  // from now
    double jitter;
    std::string_view expected;
  };

  const Row rows[] = {
      {"2xx ends it", 1, answer(200), {}, 0.5, "accepted"},
      {"any 2xx", 3, answer(299), {}, 0.5, "accepted"},
      {"2xx wins over no-retry", 1, answer(204, {}, true), {}, 0.5, "accepted"},
      {"3xx is a failure", 1, answer(302), {}, 0.5, "attempt 2 after 5000 ms"},
      {"4xx", 1, answer(404), {}, 0.5, "attempt 2 after 5000 ms"},
      {"5xx", 1, answer(500), {}, 0.5, "attempt 2 after 5000 ms"},
      {"timeout", 1, failure(Outcome::kTimedOut), {}, 0.5, "attempt 2 after 5000 ms"},
      {"unreachable", 1, failure(Outcome::kUnreachable), {}, 0.5, "attempt 2 after 5000 ms"},
      {"jitter from -20 %", 1, answer(500), {}, 0.0, "attempt 2 after 4000 ms"},
      {"jitter to +20 %", 1, answer(500), {}, 0.75, "attempt 2 after 5500 ms"},
      {"second delay", 2, answer(500), {}, 0.5, "attempt 3 after 30000 ms"},
      {"third", 3, answer(500), {}, 0.5, "attempt 4 after 120000 ms"},
      {"eighth", 8, answer(500), {}, 0.5, "attempt 9 after 36000000 ms"},
      {"after the last delay", 9, answer(500), {}, 0.5, "exhausted: attempt 9 was the last"},
      {"410", 1, answer(410), {}, 0.5, "exhausted: the endpoint answered 410 Gone"},
      {"no-retry",
       1,
       answer(503, {}, true),
       {},
       0.5,
       "exhausted: the endpoint asked for no further attempt"},
      {"blocked", 1, failure(Outcome::kBlocked), {}, 0.5, "exhausted: in words"},
      {"Retry-After is a floor", 1, answer(503, 60s), {}, 0.5, "attempt 2 after 60000 ms"},
      {"but no ceiling", 2, answer(503, 1s), {}, 0.5, "attempt 3 after 30000 ms"},
      {"at most a day", 1, answer(429, 9'999h), {}, 0.5, "attempt 2 after 86400000 ms"},
      {"retry before the next fire time", 1, answer(500), 5'001ms, 0.5, "attempt 2 after 5000 ms"},
      {"retry at the next fire time", 1, answer(500), 5'000ms, 0.5, "superseded"},
      {"retry after it", 4, answer(500), 60s, 0.5, "superseded"},
      {"accepted after all", 4, answer(200), 60s, 0.5, "accepted"},
      {"exhausted comes first", 9, answer(500), 60s, 0.5, "exhausted: attempt 9 was the last"},
      {"interrupted does not count",
       2,
       failure(Outcome::kInterrupted),
       {},
       0.5,
       "attempt 2 after 0 ms"},
      {"nor is it superseded", 2, failure(Outcome::kInterrupted), 0ms, 0.5, "attempt 2 after 0 ms"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const Delivery delivery{{}, kNow - 1s, row.attempt};
    const auto next = row.next_fire ? std::optional{kNow + *row.next_fire} : std::nullopt;
    CHECK(in_words(jobsched::after_attempt(delivery, row.result, jobsched::default_backoff(), next,
                                           kNow, row.jitter)) == row.expected);
  }
}

TEST_CASE("no retry comes before its fire time, should the clock have been set back") {
  const Delivery delivery{{}, kNow + 60s, 1};
  for (const AttemptResult& result : {answer(500), failure(Outcome::kInterrupted)}) {
    const auto transition =
        jobsched::after_attempt(delivery, result, jobsched::default_backoff(), {}, kNow, 0.5);
    CHECK(std::get<jobsched::RetryAt>(transition).due == kNow + 60s);
  }
}

TEST_CASE("without delays the first attempt is the last") {
  CHECK(in_words(jobsched::after_attempt({}, answer(500), {}, {}, kNow, 0.5)) ==
        "exhausted: attempt 1 was the last");
}

TEST_CASE("a job's own backoff, where the daemon's is 1 s and 2 s") {
  struct Row {
    std::string_view rule;
    jobsched::Retry retry;
    std::vector<Millis> delays;
  };

  const Row rows[] = {
      {"delays without attempts: one attempt more", {{}, {{5s, 30s, 2min}}}, {5s, 30s, 2min}},
      {"attempts without delays: the daemon's", {3, {}}, {1s, 2s}},
      {"fewer attempts than the daemon has", {2, {}}, {1s}},
      {"more attempts: the last delay repeats", {5, {}}, {1s, 2s, 2s, 2s}},
      {"both, as many as there are delays for", {3, {{5s, 30s}}}, {5s, 30s}},
      {"both, with more attempts", {5, {{5s, 30s}}}, {5s, 30s, 30s, 30s}},
      {"both, with fewer attempts", {2, {{5s, 30s}}}, {5s}},
      {"a single attempt", {1, {{5s, 30s}}}, {}},
      {"the most there can be", {20, {{86'400s}}}, std::vector<Millis>(19, 86'400s)},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    CHECK((jobsched::backoff_of(row.retry, {{1s, 2s}}).delays == row.delays));
  }
}

TEST_CASE("a job may ask for attempts that the daemon would not make") {
  const auto usual = jobsched::default_backoff().delays;
  CHECK((jobsched::backoff_of({3, {}}, {}).delays == std::vector<Millis>{usual[0], usual[1]}));
  CHECK(jobsched::backoff_of({1, {}}, {}).delays.empty());
}

TEST_CASE("a one-time job fires at its time, however late, and has no next") {
  for (const Millis late : {0ms, 1ms, 60'000ms, 60'001ms, 86'400'000ms}) {
    CAPTURE(late.count());
    const jobsched::Firing firing = jobsched::fire(one_time_job(kNow - late), kNow, 60s);
    CHECK(firing.fire_time == kNow - late);
    CHECK_FALSE(firing.next.has_value());
  }
}

TEST_CASE("a job that skips misfires does not make up for them") {
  for (const Millis late : {0ms, 60'000ms, 60'001ms, 86'400'000ms}) {
    CAPTURE(late.count());
    jobsched::Job job = one_time_job(kNow - late);
    job.spec.misfire = jobsched::Misfire::kSkip;
    const jobsched::Firing firing = jobsched::fire(job, kNow, 60s);
    CHECK(firing.fire_time == (late > 60s ? std::nullopt : std::optional{kNow - late}));
    CHECK_FALSE(firing.next.has_value());
  }
}

TEST_CASE("a delivery's id names the job and the fire time, and has no full stop") {
  const auto job = jobsched::parse_job_id("0193ba07-0c8b-7a82-9a47-c65e7a8d24af");
  CHECK(jobsched::format_delivery_id({*job, kNow, 3}) ==
        "0193ba07-0c8b-7a82-9a47-c65e7a8d24af_1800000000000");
  CHECK(jobsched::format_delivery_id({*job, kNow, 3, 2}) ==
        "0193ba07-0c8b-7a82-9a47-c65e7a8d24af_1800000000000_2");
}
