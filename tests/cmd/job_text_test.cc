#include "cmd/job_text.h"

#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/instants.h"

namespace jobsched::cmd {

TEST_CASE("lengths of time are told in two units at most") {
  struct Row {
    std::int64_t millis;
    std::string_view expected;
  };

  constexpr std::int64_t kSecond = 1'000;
  constexpr std::int64_t kMinute = 60 * kSecond;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  constexpr Row kRows[] = {
      {-1, "late"},
      {0, "now"},
      {499, "now"},
      {501, "in 1 s"},
      {20 * kSecond, "in 20 s"},
      {10 * kMinute - 3, "in 10 min"},
      {90 * kSecond, "in 1 min 30 s"},
      {3 * kHour, "in 3 h"},
      {3 * kHour - 400, "in 3 h"},
      {3 * kHour + 29 * kSecond, "in 3 h"},
      {3 * kHour + 31 * kSecond, "in 3 h 1 min"},
      {kHour - 400, "in 1 h"},
      {kDay - 20 * kSecond, "in 1 d"},
      {2 * kDay + 4 * kHour + 10 * kMinute, "in 2 d 4 h"},
      {2 * kDay - 10 * kMinute, "in 2 d"},
      {364 * kDay, "in 364 d"},
      {400 * kDay, "in 1 y 35 d"},
      {730 * kDay - kHour, "in 2 y"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.millis);
    CHECK(from_now(Millis{row.millis}) == row.expected);
  }
}

TEST_CASE("the maker of a job is told its id and its time") {
  const std::string id = "0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a";
  const Instant now = test::instant("2026-12-01T12:30:00Z");

  struct Row {
    std::string_view fields;
    std::string_view sentence;
  };

  constexpr Row kRows[] = {
      {R"("when": "2026-12-01T15:30:00.250Z")", " fires at 2026-12-01T15:30:00Z, in 3 h"},
      {R"("cron": "x", "next": "2026-12-01T12:40:00Z")",
       " fires next at 2026-12-01T12:40:00Z, in 10 min"},
      {R"("url": "x")", " is stored"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.fields);
    const auto summary =
        summarize(R"({"id": ")" + id + R"(", )" + std::string(row.fields) + "}", now);
    REQUIRE(summary);
    CHECK(summary->id == id);
    CHECK(summary->sentence == "job " + id + std::string(row.sentence));
  }
}

TEST_CASE("a job that is only checked says when it would fire") {
  const Instant now = test::instant("2026-12-01T12:30:00Z");

  const auto recurring = [](std::string_view cron) {
    return Schedule(Recurring{cron::Expression::parse(cron).value()});
  };

  struct Row {
    Schedule schedule;
    std::string_view text;
  };

  const Row rows[] = {
      {Once{test::instant("2026-12-01T15:30:00Z") + Millis{250}},
       "would fire at 2026-12-01T15:30:00Z, in 3 h"},
      {recurring("0 15 10 ? * *"),
       "would fire at 2026-12-02T10:15:00Z, in 21 h 45 min: at 10:15 every day, UTC\n"
       "  2026-12-02T10:15:00Z\n"
       "  2026-12-03T10:15:00Z\n"
       "  2026-12-04T10:15:00Z\n"
       "  2026-12-05T10:15:00Z\n"
       "  2026-12-06T10:15:00Z"},
      {recurring("0 0 0 1 1 ? 2027-2028"),
       "would fire at 2027-01-01T00:00:00Z, in 30 d 12 h: "
       "at 00:00 on day 1 of January, 2027 and 2028, UTC\n"
       "  2027-01-01T00:00:00Z\n"
       "  2028-01-01T00:00:00Z"},
      {Once{now}, "would never fire"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(foretell({"https://example.org/", {}, {}, {}, row.schedule}, now) == row.text);
  }
}

TEST_CASE("an answer that is not a job is not taken for one") {
  const Instant now = test::instant("2026-12-01T12:30:00Z");
  const std::string deep(100'000, '[');
  for (const std::string& text :
       {std::string("<html>"), std::string(), std::string("[]"), std::string("{}"),
        std::string(R"({"id": 7})"), std::string(R"({"id": "x"})"), R"({"id": )" + deep, deep}) {
    CAPTURE(text.substr(0, 20));
    const auto summary = summarize(text, now);
    REQUIRE(!summary);
    CHECK(summary.error().detail.find("is it jobsched that answers there?") != std::string::npos);
  }
}

TEST_CASE("a job is shown a field a line, safe for a terminal") {
  const auto text = show_fields(
      R"({"id": "a", "data": "one\ntwo\u001b[2J", "n": 7, "list": [1, 2], "name": "b\u009bc"})");
  REQUIRE(text);
  CHECK(*text ==
        "id: a\n"
        "data: \"one\\ntwo\\u001b[2J\"\n"
        "n: 7\n"
        "list: [1,2]\n"
        "name: b\uFFFDc\n");
  CHECK(!show_fields("[]"));
}

TEST_CASE("JSON for people keeps the order of the fields") {
  CHECK(indent(R"({"b":1,"a":"x"})") == "{\n  \"b\": 1,\n  \"a\": \"x\"\n}");
  CHECK(!indent("nonsense"));
}

TEST_CASE("a length of time is shorter in a column") {
  struct Row {
    Millis length;
    std::string_view text;
  };

  using namespace std::chrono_literals;
  constexpr Row kRows[] = {
      {-1ms, "late"},          {0ms, "now"},        {20s, "20s"},
      {90s, "1m30s"},          {3h, "3h"},          {16h + 30min, "16h30m"},
      {52h, "2d4h"},           {24h * 364, "364d"}, {24h * 400, "1y35d"},
      {24h * 365 * 68, "68y"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CHECK(short_from_now(row.length) == row.text);
  }
}

}  // namespace jobsched::cmd
