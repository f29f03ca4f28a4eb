#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace jobsched::transfer {

// What every store has in its tables, as values that belong to none of the databases.

// What a column holds. What is text in one database may be bytes in another one: kAnyText is what
// came from outside, of any bytes.
enum class Kind { kNumber, kFlag, kText, kAnyText, kBytes, kId };

struct Column {
  std::string_view name;
  Kind kind;
};

// A table, with what makes out its rows' order: columns, separated by commas.
struct Table {
  std::string_view name;
  std::string_view order;
  std::span<const Column> columns;
};

// One value: nothing, a number (a flag is 0 or 1; an instant is in milliseconds since 1970), or the
// bytes of a text or an id.
using Cell = std::variant<std::monostate, std::int64_t, std::string>;

// As many as the table has columns.
using Row = std::vector<Cell>;

// A job, and its outstanding delivery: `fire_time` to `delivery_due` are null if there is none. A
// lease is left out: whoever held it has stopped, and the attempt is due at once. So is when the
// scheduler is to look at the job, which follows from the rest.
inline constexpr auto kJobColumns = std::to_array<Column>({
    {"account", Kind::kNumber},
    {"id", Kind::kId},
    {"url", Kind::kText},
    {"signature", Kind::kText},
    {"content_type", Kind::kText},
    {"data", Kind::kBytes},
    {"when", Kind::kNumber},
    {"cron", Kind::kText},
    {"timezone", Kind::kText},
    {"misfire", Kind::kText},
    {"paused", Kind::kFlag},
    {"pause_reason", Kind::kText},
    {"epoch", Kind::kNumber},
    {"fired", Kind::kNumber},
    {"name", Kind::kText},
    {"method", Kind::kText},
    {"headers", Kind::kText},
    {"timeout", Kind::kNumber},
    {"attempts", Kind::kNumber},
    {"backoff", Kind::kText},
    {"next", Kind::kNumber},
    {"fire_time", Kind::kNumber},
    {"fired_in", Kind::kNumber},
    {"attempt", Kind::kNumber},
    {"delivery_due", Kind::kNumber},
});

// Where `next` and `fire_time` are, and how many columns belong to the job itself.
inline constexpr std::size_t kNextColumn = 20;
inline constexpr std::size_t kFireTimeColumn = 21;
inline constexpr std::size_t kDeliveryDueColumn = 24;
inline constexpr std::size_t kOwnColumns = 21;

static_assert(kJobColumns[kNextColumn].name == "next");
static_assert(kJobColumns[kFireTimeColumn].name == "fire_time");
static_assert(kJobColumns[kDeliveryDueColumn].name == "delivery_due");

inline constexpr auto kAccountColumns = std::to_array<Column>({{"id", Kind::kNumber},
                                                               {"name", Kind::kText},
                                                               {"key_hash", Kind::kBytes},
                                                               {"added", Kind::kNumber}});

inline constexpr auto kAttemptColumns = std::to_array<Column>({
    {"account", Kind::kNumber},   {"id", Kind::kNumber},      {"job", Kind::kId},
    {"fire_time", Kind::kNumber}, {"epoch", Kind::kNumber},   {"attempt", Kind::kNumber},
    {"at", Kind::kNumber},        {"state", Kind::kNumber},   {"reason", Kind::kAnyText},
    {"started", Kind::kNumber},   {"fault", Kind::kNumber},   {"status", Kind::kNumber},
    {"error", Kind::kAnyText},    {"response", Kind::kBytes}, {"dns", Kind::kNumber},
    {"connect", Kind::kNumber},   {"tls", Kind::kNumber},     {"first_byte", Kind::kNumber},
    {"total", Kind::kNumber},
});

inline constexpr auto kSecretColumns = std::to_array<Column>({{"id", Kind::kNumber},
                                                              {"account", Kind::kNumber},
                                                              {"secret", Kind::kBytes},
                                                              {"created", Kind::kNumber},
                                                              {"ends", Kind::kNumber}});

inline constexpr auto kKeyColumns = std::to_array<Column>({{"account", Kind::kNumber},
                                                           {"key", Kind::kText},
                                                           {"request", Kind::kBytes},
                                                           {"at", Kind::kNumber},
                                                           {"created", Kind::kBytes}});

inline constexpr auto kZoneColumns =
    std::to_array<Column>({{"name", Kind::kText}, {"rules", Kind::kNumber}});

inline constexpr auto kClockColumns = std::to_array<Column>({{"last_claim", Kind::kNumber}});

inline constexpr Table kAccounts{"accounts", "id", kAccountColumns};
inline constexpr Table kJobs{"jobs", "account, id", kJobColumns};
inline constexpr Table kRetiredJobs{"retired_jobs", "account, id",
                                    std::span(kJobColumns).first<kOwnColumns>()};
inline constexpr Table kAttempts{"attempts", "account, id", kAttemptColumns};
inline constexpr Table kSecrets{"signing_secrets", "id", kSecretColumns};
inline constexpr Table kIdempotencyKeys{"idempotency_keys", "account, key", kKeyColumns};
inline constexpr Table kZones{"time_zones", "name", kZoneColumns};
inline constexpr Table kClock{"clock", "last_claim", kClockColumns};

// All of them, in an order in which rows refer only to what is there.
inline constexpr std::array kTables{kAccounts,        kJobs,  kRetiredJobs, kAttempts, kSecrets,
                                    kIdempotencyKeys, kZones, kClock};

// The columns' names in quotes, separated by commas, each after `before`.
std::string column_list(std::span<const Column> columns, std::string_view before = {});

}  // namespace jobsched::transfer
