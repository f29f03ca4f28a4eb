#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "core/time/zone.h"
#include "tests/support/instants.h"

namespace jobsched {
namespace {

// A compiled zone file, put together by hand.
struct Block {
  std::vector<std::pair<std::int64_t, int>> transitions;  // time, type
  std::vector<int> offsets{0};                            // of the types
  int leap_seconds = 0;
};

std::string big_endian(std::int64_t number, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = size; i-- > 0; number >>= 8) {
    bytes[i] = static_cast<char>(number & 0xff);
  }
  return bytes;
}

std::string bytes_of(char version, const Block& block, std::size_t time_size) {
  std::string bytes = "TZif";
  bytes += version;
  bytes += std::string(15, '\0');
  bytes += big_endian(0, 4) + big_endian(0, 4) + big_endian(block.leap_seconds, 4);
  bytes += big_endian(std::ssize(block.transitions), 4);
  bytes += big_endian(std::ssize(block.offsets), 4);
  bytes += big_endian(4, 4);
  for (const auto& [time, type] : block.transitions)
    bytes += big_endian(time, time_size);
  for (const auto& [time, type] : block.transitions)
    bytes += static_cast<char>(type);
  for (const int offset : block.offsets)
    bytes += big_endian(offset, 4) + std::string(2, '\0');
  bytes += std::string("LMT\0", 4);
  for (int i = 0; i < block.leap_seconds; ++i) {
    bytes += big_endian(i, time_size) + big_endian(i + 1, 4);
  }
  return bytes;
}

// Version 2 or later: an empty first block, the second one and the footer.
std::string file(const Block& block, std::string_view footer, char version = '2') {
  return bytes_of(version, Block{}, 4) + bytes_of(version, block, 8) + "\n" + std::string(footer) +
         "\n";
}

// "… +0; 2026-03-29T01:00:00Z +7200": the periods, those from 2030 on left out.
std::string periods_of(std::string_view bytes) {
  const auto zone = parse_tzif("Test/Zone", bytes);
  if (!zone) return "invalid: " + zone.error().detail;
  std::string result;
  for (const Zone::Period& period : zone->periods()) {
    const bool first = period.begin == std::chrono::sys_seconds::min();
    if (!first && period.begin >= test::instant("2030-01-01T00:00:00Z")) break;
    result += (first ? "" : "; " + test::text_of(period.begin)) + " " +
              std::to_string(period.offset.count());
  }
  return result;
}

constexpr std::int64_t k2026 = 1'767'225'600;
constexpr std::int64_t k2029 = 1'861'920'000;

TEST_CASE("TZif: what a file says") {
  struct Row {
    std::string_view rule;
    std::string bytes;
    std::string_view periods;
  };

  const Row rows[] = {
      {"version 1 has one block of 32-bit times and no footer",
       bytes_of('\0', {{{k2026, 1}}, {3'600, -75}}, 4), " 3600; 2026-01-01T00:00:00Z -75"},
      {"later versions have a second block of 64-bit times, which holds",
       file({{{-3'000'000'000, 1}}, {0, 60}}, ""), " 0; 1874-12-07T18:40:00Z 60"},
      {"type 0 holds before the first transition", file({{{k2026, 0}}, {900}}, ""), " 900"},
      {"a change of the name alone is no change",
       file({{{k2026, 1}, {k2026 + 1, 2}}, {0, 60, 60}}, ""), " 0; 2026-01-01T00:00:00Z 60"},
      {"an empty footer: the last transition holds for ever", file({{{k2026, 1}}, {0, 60}}, ""),
       " 0; 2026-01-01T00:00:00Z 60"},
      {"the footer goes on after the last transition",
       file({{{k2029, 1}}, {0, 3'600}}, "CET-1CEST,M3.5.0,M10.5.0/3"),
       " 0; 2029-01-01T00:00:00Z 3600; 2029-03-25T01:00:00Z 7200; 2029-10-28T01:00:00Z 3600"},
      {"and only after it",
       file({{{k2029 + 8'000'000, 1}}, {0, 7'200}}, "CET-1CEST,M3.5.0,M10.5.0/3", '3'),
       " 0; 2029-04-03T14:13:20Z 7200; 2029-10-28T01:00:00Z 3600"},
      {"without a transition the footer is all there is", file({}, "IST-5:30"), " 19800"},
      {"all year daylight saving time",
       file({{{k2029, 1}}, {0, -14'400}}, "EST5EDT,0/0,J365/25", '4'),
       " 0; 2029-01-01T00:00:00Z -14400"},
      {"the widest offsets that are allowed", file({{{k2026, 1}}, {-89'999, 93'599}}, ""),
       " -89999; 2026-01-01T00:00:00Z 93599"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    CHECK(periods_of(row.bytes) == row.periods);
  }
}

TEST_CASE("TZif: a footer is expanded from 1900 to the end of 2199") {
  const auto zone = parse_tzif("Test/Zone", file({}, "CET-1CEST,M3.5.0,M10.5.0/3"));
  REQUIRE(zone);
  const auto& periods = zone->periods();
  CHECK(periods.front().offset == std::chrono::hours{1});
  CHECK(test::text_of(periods[1].begin) == "1899-03-26T01:00:00Z");
  CHECK(test::text_of(periods.back().begin) == "2199-10-27T01:00:00Z");
  CHECK(periods.size() == 1 + 2 * 301);
}

TEST_CASE("TZif: what is refused") {
  const std::string good = file({{{k2026, 1}}, {0, 60}}, "CET-1");
  const std::string_view not_tzif = "it is not a compiled time zone file (TZif)";

  struct Row {
    std::string_view rule;
    std::string bytes;
    std::string_view reason;
  };

  const Row rows[] = {
      {"no bytes", "", not_tzif},
      {"a text", std::string(100, 'x'), not_tzif},
      {"a header cut short", good.substr(0, 43), not_tzif},
      {"a first block cut short", good.substr(0, 50), "it ends too early"},
      {"no second header", good.substr(0, 44 + 10), not_tzif},
      {"a second block cut short", good.substr(0, 44 + 10 + 44 + 5), "it ends too early"},
      {"no footer", good.substr(0, good.size() - 7), "its footer is missing"},
      {"a footer cut short", good.substr(0, good.size() - 1), "its footer is not ended"},
      {"no type", file({{}, {}}, ""), "it has no local time type"},
      {"a type that is not there", file({{{k2026, 2}}, {0, 60}}, ""),
       "it uses a local time type that it lacks"},
      {"transitions out of order", file({{{k2026, 1}, {k2026, 0}}, {0, 60}}, ""),
       "its transitions are not in order"},
      {"an offset of more than a day", file({{{k2026, 1}}, {0, 93'600}}, ""),
       "it has an offset of more than a day from UTC"},
      {"the same below UTC", file({{}, {-90'000}}, ""),
       "it has an offset of more than a day from UTC"},
      {"a time beyond all time", file({{{(std::int64_t{1} << 59) + 1, 0}}, {0}}, ""),
       "it has a transition outside of all time"},
      {"leap seconds", file({{}, {0}, 2}, ""),
       "it counts leap seconds, which POSIX time does not have"},
      {"a footer that is no POSIX time zone", file({}, "C"),
       "the POSIX time zone `C` cannot be read: a name of three letters or more must stand at byte "
       "1"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const auto zone = parse_tzif("Test/Zone", row.bytes);
    REQUIRE_FALSE(zone);
    CHECK(zone.error().kind == ErrorKind::kInvalid);
    CHECK(zone.error().field == "timezone");
    CHECK(zone.error().detail == "the file of time zone `Test/Zone` cannot be used: " +
                                     std::string(row.reason) + "; install the time zone data anew");
  }
}

TEST_CASE("TZif: counts that promise more than there is do no harm") {
  std::string bytes = file({{{k2026, 1}}, {0, 60}}, "");
  for (std::size_t at = 20; at < 44; ++at) {
    std::string lying = bytes;
    lying[at] = '\xff';
    CAPTURE(at);
    CHECK_FALSE(parse_tzif("Test/Zone", lying));
    lying = bytes;
    lying[54 + at] = '\xff';
    CHECK_FALSE(parse_tzif("Test/Zone", lying));
  }
}

}  // namespace
}  // namespace jobsched
