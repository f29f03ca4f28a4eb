#include "daemon/store/log_reader.h"

#include <limits>
#include <utility>

#include "daemon/store/log_statements.h"
#include "daemon/store/statements.h"

namespace jobsched::sql {

namespace {

enum Column {
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

constexpr JobId kLastJobId = [] {
  JobId id;
  id.bytes.fill(0xFF);
  return id;
}();

std::uint32_t small_number(const Run& run, int column) {
  return static_cast<std::uint32_t>(run.number(column));
}

std::optional<Micros> optional_micros(const Run& run, int column) {
  const auto bits = run.optional_bits(column);
  return bits ? std::optional{Micros{static_cast<Micros::rep>(*bits)}} : std::nullopt;
}

LoggedAttempt read_attempt(const Run& run) {
  return {.number = small_number(run, kAttempt),
          .started = run.instant(kStarted),
          .fault = static_cast<Fault>(run.number(kFault)),
          .status = static_cast<int>(run.number(kStatus)),
          .timings = {optional_micros(run, kDns), optional_micros(run, kConnect),
                      optional_micros(run, kTls), optional_micros(run, kFirstByte),
                      Micros{run.number(kTotal)}},
          .error = run.text(kError),
          .response = run.text(kResponse)};
}

// The key of a delivery, in the columns in which the statements of lists give it.
Delivery read_key(const Run& run) {
  return {run.id(0), run.instant(1), 1, small_number(run, 2)};
}

bool waits_or_is_in_flight(const std::optional<DeliveryState>& state) {
  return state && !is_terminal(*state);
}

}  // namespace

LogReader::LogReader(SQLite::Database& database)
    : find_account_(database, kFindAccount),
      attempts_(database, kAttemptsOfDelivery),
      outstanding_of_job_(database, kOutstandingOfJob),
      firings_of_job_(database, kFiringsOfJob),
      outstanding_of_account_(database, kOutstandingOfAccount),
      log_of_account_(database, kLogOfAccount),
      log_in_vain_(database, kLogInVain) {}

std::optional<LoggedDelivery> LogReader::find(const std::string& account,
                                              const Delivery& delivery) {
  const std::optional<std::int64_t> id = account_id(account);
  if (!id) return std::nullopt;
  std::optional<Found> found = load(*id, account, delivery);
  return found ? std::optional{std::move(found->delivery)} : std::nullopt;
}

std::vector<LoggedDelivery> LogReader::list(const std::string& account,
                                            const DeliveryFilter& filter,
                                            std::optional<Delivery> after,
                                            std::size_t limit) {
  const std::optional<std::int64_t> id = account_id(account);
  if (!id || limit == 0) return {};
  Search search{*id, account, filter, after, limit};
  if (filter.job) {
    search_job(search);
  } else if (waits_or_is_in_flight(filter.state)) {
    search_outstanding(search);
  } else {
    search_log(search);
  }
  return std::move(search.found);
}

std::optional<std::int64_t> LogReader::account_id(const std::string& account) {
  Run run(find_account_, account);
  return run.step() ? std::optional{run.number(0)} : std::nullopt;
}

std::optional<LogReader::Found> LogReader::load(std::int64_t account_id,
                                                const std::string& account,
                                                const Delivery& key) {
  Found found{{.delivery = key, .account = account}};
  read_attempts(account_id, found);
  const bool outstanding = read_outstanding(account_id, found);
  if (!outstanding && found.last_id == 0) return std::nullopt;
  return found;
}

void LogReader::read_attempts(std::int64_t account_id, Found& found) {
  LoggedDelivery& delivery = found.delivery;
  const auto& [job, fire_time, attempt, epoch] = delivery.delivery;
  Run run(attempts_, job, fire_time, std::int64_t{epoch}, account_id);
  while (run.step()) {
    found.last_id = run.number(kId);
    found.last_at = run.instant(kAt);
    delivery.delivery.attempt = small_number(run, kAttempt);
    delivery.state = static_cast<DeliveryState>(run.number(kState));
    delivery.reason = run.optional_text(kReason).value_or("");
    if (run.optional_instant(kStarted)) delivery.attempts.push_back(read_attempt(run));
  }
  if (is_terminal(delivery.state)) delivery.ended = found.last_at;
}

// What is outstanding goes before what the log said last: the delivery is being attempted again.
bool LogReader::read_outstanding(std::int64_t account_id, Found& found) {
  LoggedDelivery& delivery = found.delivery;
  Run run(outstanding_of_job_, delivery.delivery.job, account_id);
  while (run.step()) {
    if (run.instant(0) != delivery.delivery.fire_time ||
        small_number(run, 1) != delivery.delivery.epoch) {
      continue;
    }
    const bool in_flight = run.number(4) != 0;
    delivery.delivery.attempt = small_number(run, 2);
    delivery.state = in_flight ? DeliveryState::kInFlight : DeliveryState::kWaiting;
    if (!in_flight) delivery.due = run.instant(3);
    delivery.ended.reset();
    delivery.reason.clear();
    return true;
  }
  return false;
}

// Its outstanding delivery, if it has one, is the latest but for one that was fired by hand.
void LogReader::search_job(Search& search) {
  const JobId job = *search.filter.job;
  const auto last = search.after ? search.after->fire_time : Instant::max();
  const auto last_epoch = search.after ? std::int64_t{search.after->epoch} : 0;
  const auto comes_after = [&](const Delivery& key) {
    return std::pair{key.fire_time, std::int64_t{key.epoch}} < std::pair{last, last_epoch};
  };
  std::optional<Delivery> outstanding;
  {
    Run run(outstanding_of_job_, job, search.account_id);
    if (run.step()) outstanding = Delivery{job, run.instant(0), 1, small_number(run, 1)};
  }
  if (outstanding && !comes_after(*outstanding)) outstanding.reset();
  const auto precedes = [](const Delivery& a, const Delivery& b) {
    return std::pair{a.fire_time, a.epoch} > std::pair{b.fire_time, b.epoch};
  };
  Run run(firings_of_job_, job, search.account_id, last, last_epoch);
  while (run.step()) {
    const Delivery key = read_key(run);
    if (outstanding && precedes(*outstanding, key)) {
      if (!take(search, *std::exchange(outstanding, std::nullopt), {})) return;
    } else if (outstanding && !precedes(key, *outstanding)) {
      outstanding.reset();  // the same
    }
    if (!take(search, key, {})) return;
  }
  if (outstanding) take(search, *outstanding, {});
}

void LogReader::search_outstanding(Search& search) {
  const JobId last = search.after ? search.after->job : kLastJobId;
  const Instant last_time = search.after ? search.after->fire_time : Instant::max();
  const bool in_flight = search.filter.state == DeliveryState::kInFlight;
  Run run(outstanding_of_account_, search.account_id, last, last_time,
          std::int64_t{in_flight ? 1 : 0});
  while (run.step()) {
    if (!take(search, read_key(run), {})) return;
  }
}

void LogReader::search_log(Search& search) {
  const bool in_vain = search.filter.state && search.filter.state != DeliveryState::kAccepted;
  const std::int64_t before = place_in_log(search);
  const auto walk = [&](Run& run) {
    while (run.step()) {
      if (search.filter.since && run.instant(4) < *search.filter.since) return;
      if (!take(search, read_key(run), run.number(3))) return;
    }
  };
  if (in_vain) {
    Run run(log_in_vain_, search.account_id, before,
            static_cast<std::int64_t>(*search.filter.state));
    walk(run);
  } else {
    Run run(log_of_account_, search.account_id, before);
    walk(run);
  }
}

// Before which id the search goes on. A delivery that the log has forgotten meanwhile was among its
// oldest: nothing comes after it.
std::int64_t LogReader::place_in_log(const Search& search) {
  if (!search.after) return std::numeric_limits<std::int64_t>::max();
  const std::optional<Found> after = load(search.account_id, search.account, *search.after);
  return after ? after->last_id : 0;
}

// Adds the delivery if it passes the filter and, found at `log_id`, the log says nothing later of
// it. False once there are enough.
bool LogReader::take(Search& search, const Delivery& key, std::optional<std::int64_t> log_id) {
  std::optional<Found> found = load(search.account_id, search.account, key);
  const DeliveryFilter& filter = search.filter;
  const bool wanted = found && (!log_id || found->last_id == *log_id) &&
                      (!filter.state || found->delivery.state == *filter.state) &&
                      (!filter.since || found->last_id == 0 || found->last_at >= *filter.since);
  if (wanted) search.found.push_back(std::move(found->delivery));
  return search.found.size() < search.limit;
}

}  // namespace jobsched::sql
