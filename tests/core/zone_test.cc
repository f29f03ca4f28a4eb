#include "core/time/zone.h"

#include <cstdlib>
#include <ctime>
#include <set>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/instants.h"
#include "tests/support/zones.h"

namespace jobsched {
namespace {

using std::chrono::hours;
using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

sys_seconds at(std::string_view text) {
  return std::chrono::time_point_cast<seconds>(test::instant(text));
}

// A wall-clock time, written with a Z for want of another notation.
local_seconds local(std::string_view text) {
  return local_seconds{at(text).time_since_epoch()};
}

std::string text_of(local_seconds time) {
  return test::text_of(sys_seconds{time.time_since_epoch()});
}

TEST_CASE("zone: UTC has one period without an offset") {
  CHECK(Zone::utc().name() == "UTC");
  CHECK(Zone::utc().periods().size() == 1);
  for (const sys_seconds instant : {sys_seconds::min(), sys_seconds{}, sys_seconds::max()}) {
    CHECK(Zone::utc().offset_at(instant) == seconds{0});
  }
}

TEST_CASE("zone: the offset changes at the very second") {
  const Zone zone = test::system_zone("Europe/Berlin");

  struct Row {
    std::string_view instant;
    std::string_view what;
    int offset;
  };

  const Row rows[] = {
      {"1800-01-01T00:00:00Z", "local mean time keeps its seconds", 3'208},
      {"2026-03-29T00:59:59Z", "the last second of winter", 3'600},
      {"2026-03-29T01:00:00Z", "the first of summer", 7'200},
      {"2026-10-25T00:59:59Z", "the last of summer", 7'200},
      {"2026-10-25T01:00:00Z", "the first of winter", 3'600},
      {"2199-07-01T00:00:00Z", "by the footer's rules", 7'200},
      {"2199-12-31T23:59:59Z", "to the end", 3'600},
  };
  for (const Row& row : rows) {
    CAPTURE(row.instant);
    CAPTURE(row.what);
    CHECK(zone.offset_at(at(row.instant)).count() == row.offset);
  }
}

TEST_CASE("zone: how far the clock has come, and when it comes to a time") {
  // A gap 02:00-03:00, an overlap 03:00-04:00 later the same day, and a clock that goes forward
  // again before it has caught up.
  const Zone zone("Test", {{sys_seconds::min(), seconds{0}},
                           {at("2026-05-01T02:00:00Z"), hours{1}},
                           {at("2026-05-01T03:00:00Z"), hours{0}},
                           {at("2026-05-01T03:30:00Z"), minutes{15}}});

  struct Frontier {
    std::string_view instant;
    std::string_view frontier;
  };

  const Frontier frontiers[] = {
      {"2026-05-01T01:59:59Z", "2026-05-01T02:00:00Z"},  // the next second
      {"2026-05-01T02:00:00Z", "2026-05-01T03:00:01Z"},  // the gap lies behind
      {"2026-05-01T02:59:59Z", "2026-05-01T04:00:00Z"},
      {"2026-05-01T03:00:00Z", "2026-05-01T04:00:00Z"},  // stands still in the second pass
      {"2026-05-01T03:30:00Z", "2026-05-01T04:00:00Z"},
      {"2026-05-01T03:45:00Z", "2026-05-01T04:00:01Z"},  // caught up
  };
  for (const Frontier& row : frontiers) {
    CAPTURE(row.instant);
    CHECK(text_of(zone.frontier(at(row.instant))) == row.frontier);
  }

  struct Reaching {
    std::string_view time;
    std::string_view instant;
  };

  const Reaching reachings[] = {
      {"2026-05-01T01:59:59Z", "2026-05-01T01:59:59Z"},
      {"2026-05-01T02:00:00Z", "2026-05-01T02:00:00Z"},  // the gap's first time: its end
      {"2026-05-01T02:59:59Z", "2026-05-01T02:00:00Z"},  // the gap's last time: its end
      {"2026-05-01T03:00:00Z", "2026-05-01T02:00:00Z"},
      {"2026-05-01T03:59:59Z", "2026-05-01T02:59:59Z"},  // the first pass
      {"2026-05-01T04:00:00Z", "2026-05-01T03:45:00Z"},
      {"2026-05-02T00:00:00Z", "2026-05-01T23:45:00Z"},
  };
  for (const Reaching& row : reachings) {
    CAPTURE(row.time);
    CHECK(test::text_of(zone.first_reaching(local(row.time))) == row.instant);
  }
}

// The C library reads the same files with other code.
TEST_CASE("zone: every zone of the system has the offsets that the C library finds") {
  std::set<std::string> differing;
  const auto names = test::system_zone_names();
  REQUIRE(names.size() > 300);
  for (const std::string& name : names) {
    const Zone zone = test::system_zone(name);
    setenv("TZ", (":" + name).c_str(), 1);
    tzset();
    const auto check = [&](sys_seconds instant) {
      const std::time_t time = instant.time_since_epoch().count();
      std::tm broken_down{};
      localtime_r(&time, &broken_down);
      if (zone.offset_at(instant).count() != broken_down.tm_gmtoff) {
        differing.insert(name + " " + test::text_of(instant));
      }
    };
    for (const Zone::Period& period : zone.periods()) {
      if (period.begin == sys_seconds::min()) continue;
      check(period.begin - seconds{1});
      check(period.begin);
    }
    for (sys_seconds t = at("1900-01-01T00:00:00Z"); t < at("2200-01-01T00:00:00Z");
         t += hours{24 * 53}) {
      check(t);
    }
  }
  unsetenv("TZ");
  tzset();
  std::string all;
  for (const std::string& one : differing)
    all += one + "; ";
  CHECK(all == "");
}

}  // namespace
}  // namespace jobsched
