#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/time/posix_tz.h"
#include "core/time/zone.h"

namespace jobsched {

namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

constexpr std::string_view kMagic = "TZif";
constexpr std::size_t kHeaderSize = 44;
constexpr std::size_t kTypeSize = 6;

// RFC 9636 section 3.2 allows offsets up to here and times from -2^59 on.
constexpr seconds kLeastOffset = -(hours{25} - seconds{1});
constexpr seconds kGreatestOffset = hours{26} - seconds{1};
constexpr std::int64_t kGreatestTime = std::int64_t{1} << 59;

constexpr int kFirstRuleYear = 1900;
constexpr int kLastRuleYear = 2199;
constexpr sys_seconds kEnd = sys_days{year{kLastRuleYear + 1} / 1 / 1};

// Big-endian numbers. Requires: the bytes are there.
std::uint32_t read_u32(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
  }
  return number;
}

std::int64_t read_time(std::string_view bytes, std::size_t at, std::size_t size) {
  if (size == 4) return static_cast<std::int32_t>(read_u32(bytes, at));
  const std::uint64_t high = read_u32(bytes, at);
  return static_cast<std::int64_t>(high << 32U | read_u32(bytes, at + 4));
}

struct Header {
  bool has_second_block;
  std::uint32_t isutcnt;
  std::uint32_t isstdcnt;
  std::uint32_t leapcnt;
  std::uint32_t timecnt;
  std::uint32_t typecnt;
  std::uint32_t charcnt;

  // Of the data block, with times of `time_size` bytes.
  std::size_t block_size(std::size_t time_size) const {
    return std::size_t{timecnt} * (time_size + 1) + std::size_t{typecnt} * kTypeSize + charcnt +
           std::size_t{leapcnt} * (time_size + 4) + isstdcnt + isutcnt;
  }
};

class TzifParser {
 public:
  TzifParser(std::string name, std::string_view bytes) : name_(std::move(name)), bytes_(bytes) {}

  Result<Zone> parse();

 private:
  tl::unexpected<Error> fail_because(std::string_view reason) const;
  Result<Header> parse_header();
  Result<void> check_block(const Header& header, std::size_t time_size) const;
  Result<seconds> offset_of_type(std::size_t types, std::size_t index) const;
  Result<void> parse_block(const Header& header, std::size_t time_size);
  Result<void> parse_footer();
  void append(sys_seconds begin, seconds offset);

  std::string name_;
  std::string_view bytes_;  // that are still to be read
  std::vector<Zone::Period> periods_;
  std::optional<sys_seconds> last_transition_;
};

tl::unexpected<Error> TzifParser::fail_because(std::string_view reason) const {
  return fail(ErrorKind::kInvalid,
              "the file of time zone `" + name_ + "` cannot be used: " + std::string(reason) +
                  "; install the time zone data anew",
              "timezone");
}

void TzifParser::append(sys_seconds begin, seconds offset) {
  if (begin < kEnd) append_change(periods_, {begin, offset});
}

Result<Header> TzifParser::parse_header() {
  if (bytes_.size() < kHeaderSize || !bytes_.starts_with(kMagic)) {
    return fail_because("it is not a compiled time zone file (TZif)");
  }
  const Header header{bytes_[4] >= '2',     read_u32(bytes_, 20), read_u32(bytes_, 24),
                      read_u32(bytes_, 28), read_u32(bytes_, 32), read_u32(bytes_, 36),
                      read_u32(bytes_, 40)};
  bytes_.remove_prefix(kHeaderSize);
  return header;
}

Result<void> TzifParser::check_block(const Header& header, std::size_t time_size) const {
  if (header.block_size(time_size) > bytes_.size()) return fail_because("it ends too early");
  return {};
}

Result<seconds> TzifParser::offset_of_type(std::size_t types, std::size_t index) const {
  const seconds offset{static_cast<std::int32_t>(read_u32(bytes_, types + index * kTypeSize))};
  if (offset < kLeastOffset || offset > kGreatestOffset) {
    return fail_because("it has an offset of more than a day from UTC");
  }
  return offset;
}

Result<void> TzifParser::parse_block(const Header& header, std::size_t time_size) {
  if (auto checked = check_block(header, time_size); !checked) return checked;
  if (header.typecnt == 0) return fail_because("it has no local time type");
  if (header.leapcnt != 0) {
    return fail_because("it counts leap seconds, which POSIX time does not have");
  }
  const std::size_t indices = header.timecnt * time_size;
  const std::size_t types = indices + header.timecnt;

  const auto initial = offset_of_type(types, 0);
  if (!initial) return tl::unexpected(initial.error());
  periods_.push_back({sys_seconds::min(), *initial});
  for (std::size_t i = 0; i < header.timecnt; ++i) {
    const std::int64_t time = read_time(bytes_, i * time_size, time_size);
    const std::size_t type = static_cast<unsigned char>(bytes_[indices + i]);
    if (time < -kGreatestTime || time > kGreatestTime) {
      return fail_because("it has a transition outside of all time");
    }
    const sys_seconds begin{seconds{time}};
    if (last_transition_ && begin <= *last_transition_) {
      return fail_because("its transitions are not in order");
    }
    if (type >= header.typecnt) return fail_because("it uses a local time type that it lacks");
    const auto offset = offset_of_type(types, type);
    if (!offset) return tl::unexpected(offset.error());
    append(begin, *offset);
    last_transition_ = begin;
  }
  bytes_.remove_prefix(header.block_size(time_size));
  return {};
}

Result<void> TzifParser::parse_footer() {
  if (!bytes_.starts_with('\n')) return fail_because("its footer is missing");
  const std::size_t end = bytes_.find('\n', 1);
  if (end == std::string_view::npos) return fail_because("its footer is not ended");
  const std::string_view text = bytes_.substr(1, end - 1);
  if (text.empty()) return {};
  const auto rules = parse_posix_tz(text);
  if (!rules) return fail_because(rules.error().detail);

  int first_year = kFirstRuleYear;
  if (last_transition_) {
    if (*last_transition_ >= kEnd) return {};
    const auto day = std::chrono::floor<std::chrono::days>(
        std::max(*last_transition_, sys_seconds{sys_days{year{kFirstRuleYear} / 1 / 1}}));
    first_year = static_cast<int>(std::chrono::year_month_day{day}.year());
  } else {
    periods_.front().offset = rules->standard;
  }
  // A year's first change may fall into the year before, on clocks ahead of UTC.
  for (const Zone::Period& change : changes(*rules, first_year - 1, kLastRuleYear + 1)) {
    if (!last_transition_ || change.begin > *last_transition_) append(change.begin, change.offset);
  }
  return {};
}

Result<Zone> TzifParser::parse() {
  auto header = parse_header();
  if (!header) return tl::unexpected(header.error());
  if (!header->has_second_block) {
    if (auto block = parse_block(*header, 4); !block) return tl::unexpected(block.error());
    return Zone(std::move(name_), std::move(periods_));
  }
  if (auto first = check_block(*header, 4); !first) return tl::unexpected(first.error());
  bytes_.remove_prefix(header->block_size(4));
  header = parse_header();
  if (!header) return tl::unexpected(header.error());
  if (auto block = parse_block(*header, 8); !block) return tl::unexpected(block.error());
  if (auto footer = parse_footer(); !footer) return tl::unexpected(footer.error());
  return Zone(std::move(name_), std::move(periods_));
}

}  // namespace

Result<Zone> parse_tzif(std::string name, std::string_view bytes) {
  return TzifParser(std::move(name), bytes).parse();
}

}  // namespace jobsched
