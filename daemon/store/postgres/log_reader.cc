#include "daemon/store/postgres/log_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "daemon/store/postgres/log_statements.h"

namespace jobsched::pg {

namespace {

enum CandidateColumn { kJob, kFireTime, kEpoch, kLastAt, kLastState, kLogId, kIsLast };

enum AttemptColumn {
  kPlace,
  kId,
  kAttempt,
  kAt,
  kState,
  kReason,
  kStarted,
  kFault,
  kStatus,
  kError,
  kResponse,
  kDns,
  kConnect,
  kTls,
  kFirstByte,
  kTotal
};

// After the place.
enum OutstandingColumn { kOutstandingAttempt = kPlace + 1, kDue, kHasToken };

// The statements give whether there is a token for the state.
static_assert(static_cast<int>(DeliveryState::kWaiting) == 0);
static_assert(static_cast<int>(DeliveryState::kInFlight) == 1);

// So many that a filter which passes little does not cost a round trip for each row, and so few
// that the answer comes soon.
constexpr std::size_t kMostCandidates = 4'096;
constexpr std::size_t kGrowth = 8;

constexpr JobId kLastJobId = [] {
  JobId id;
  id.bytes.fill(0xFF);
  return id;
}();

std::uint32_t small_number(const Rows::Row& row, int column) {
  return static_cast<std::uint32_t>(row.number(column));
}

std::optional<Micros> optional_micros(const Rows::Row& row, int column) {
  const auto number = row.optional_number(column);
  return number ? std::optional{Micros{*number}} : std::nullopt;
}

LoggedAttempt read_attempt(const Rows::Row& row) {
  return {.number = small_number(row, kAttempt),
          .started = row.instant(kStarted),
          .fault = static_cast<Fault>(row.number(kFault)),
          .status = static_cast<int>(row.number(kStatus)),
          .timings = {optional_micros(row, kDns), optional_micros(row, kConnect),
                      optional_micros(row, kTls), optional_micros(row, kFirstByte),
                      Micros{row.number(kTotal)}},
          .error = row.text(kError),
          .response = row.text(kResponse)};
}

// What is outstanding goes before what the log said last: the delivery is being attempted again.
void read_outstanding(const Rows::Row& row, LoggedDelivery& delivery) {
  const bool in_flight = row.flag(kHasToken);
  delivery.delivery.attempt = small_number(row, kOutstandingAttempt);
  delivery.state = in_flight ? DeliveryState::kInFlight : DeliveryState::kWaiting;
  if (!in_flight) delivery.due = row.instant(kDue);
  delivery.ended.reset();
  delivery.reason.clear();
}

bool waits_or_is_in_flight(const std::optional<DeliveryState>& state) {
  return state && !is_terminal(*state);
}

bool walks_the_log(const DeliveryFilter& filter) {
  return !filter.job && !waits_or_is_in_flight(filter.state);
}

bool is_too_old(const Rows::Row& candidate, const DeliveryFilter& filter) {
  return filter.since && !candidate.is_null(kLastAt) && candidate.instant(kLastAt) < *filter.since;
}

bool passes(const Rows::Row& candidate, const DeliveryFilter& filter) {
  const auto state = static_cast<DeliveryState>(candidate.number(kLastState));
  return candidate.flag(kIsLast) && (!filter.state || state == *filter.state) &&
         !is_too_old(candidate, filter);
}

}  // namespace

std::optional<LoggedDelivery> LogReader::find(const std::string& account,
                                              const Delivery& delivery) {
  std::vector<Found> found = load(account, {&delivery, 1});
  return found.empty() ? std::nullopt : std::optional{std::move(found.front().delivery)};
}

std::vector<LoggedDelivery> LogReader::list(const std::string& account,
                                            const DeliveryFilter& filter,
                                            std::optional<Delivery> after,
                                            std::size_t limit) {
  std::vector<LoggedDelivery> page;
  Search search{account, filter, {kLastJobId, Instant::max()}};
  if (after) search.place = *after;
  if (walks_the_log(filter)) search.log_id = place_in_log(account, after);
  std::size_t most = std::min(limit, kMostCandidates);
  for (bool more = true; more && page.size() < limit;) {
    std::vector<Delivery> keys;
    more = find_keys(search, most, keys);
    keys.resize(std::min(keys.size(), limit - page.size()));
    for (Found& found : load(account, keys))
      page.push_back(std::move(found.delivery));
    most = std::min(most * kGrowth, kMostCandidates);
  }
  return page;
}

// Before which id the search begins. A delivery that the log has forgotten meanwhile was among its
// oldest: nothing comes after it.
std::int64_t LogReader::place_in_log(const std::string& account,
                                     const std::optional<Delivery>& after) {
  if (!after) return std::numeric_limits<std::int64_t>::max();
  const std::vector<Found> found = load(account, {&*after, 1});
  return found.empty() ? 0 : found.front().last_id;
}

Rows LogReader::candidates(const Search& search, std::size_t most) {
  const auto& [account, filter, place, log_id] = search;
  const auto limit = static_cast<std::int64_t>(most);
  if (filter.job) {
    return connection_.run(kDeliveriesOfJob, account, limit, *filter.job, place.fire_time,
                           std::int64_t{place.epoch});
  }
  if (waits_or_is_in_flight(filter.state)) {
    return connection_.run(kOutstandingOfAccount, account, limit, place.job, place.fire_time,
                           filter.state == DeliveryState::kInFlight);
  }
  if (filter.state && *filter.state != DeliveryState::kAccepted) {
    return connection_.run(kLogInVain, account, limit, log_id,
                           static_cast<std::int64_t>(*filter.state));
  }
  return connection_.run(kLogOfAccount, account, limit, log_id);
}

// Adds the next of what passes the filter, out of at most `most` candidates, and moves the search
// past these. False if there is no more.
bool LogReader::find_keys(Search& search, std::size_t most, std::vector<Delivery>& keys) {
  const Rows rows = candidates(search, most);
  const bool by_time = walks_the_log(search.filter);
  for (int index = 0; index < rows.size(); ++index) {
    const Rows::Row row = rows[index];
    if (by_time && is_too_old(row, search.filter)) return false;
    search.place = {row.id(kJob), row.instant(kFireTime), 1, small_number(row, kEpoch)};
    search.log_id = row.number(kLogId);
    if (passes(row, search.filter)) keys.push_back(search.place);
  }
  return static_cast<std::size_t>(rows.size()) == most;
}

void LogReader::read_log(const Rows::Row& row, Found& found) {
  LoggedDelivery& delivery = found.delivery;
  found.last_id = row.number(kId);
  delivery.delivery.attempt = small_number(row, kAttempt);
  delivery.state = static_cast<DeliveryState>(row.number(kState));
  delivery.reason = row.optional_text(kReason).value_or("");
  delivery.ended.reset();
  if (is_terminal(delivery.state)) delivery.ended = row.instant(kAt);
  if (!row.is_null(kStarted)) delivery.attempts.push_back(read_attempt(row));
}

// Those that there are of `keys`, in their order. Others may have queued statements before.
std::vector<LogReader::Found> LogReader::load(const std::string& account,
                                              std::span<const Delivery> keys) {
  if (keys.empty()) return {};
  Array jobs;
  Array fire_times;
  Array epochs;
  std::vector<Found> all;
  for (const Delivery& key : keys) {
    jobs.add(key.job);
    fire_times.add(key.fire_time);
    epochs.add(std::int64_t{key.epoch});
    all.push_back({{.delivery = key, .account = account}});
  }
  connection_.queue(kAttemptsOfDeliveries, account, jobs, fire_times, epochs);
  connection_.queue(kOutstandingDeliveries, account, jobs, fire_times, epochs);
  const std::vector<Rows> answers = connection_.run_queued();
  const auto found_at = [&](const Rows::Row& row) -> Found& {
    Found& found = all.at(static_cast<std::size_t>(row.number(kPlace) - 1));
    found.exists = true;
    return found;
  };
  (answers.end() - 2)->each([&](const Rows::Row& row) { read_log(row, found_at(row)); });
  answers.back().each([&](const Rows::Row& row) { read_outstanding(row, found_at(row).delivery); });
  std::erase_if(all, [](const Found& found) { return !found.exists; });
  return all;
}

}  // namespace jobsched::pg
