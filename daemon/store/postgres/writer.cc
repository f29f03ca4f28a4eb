#include "daemon/store/postgres/writer.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "daemon/store/postgres/availability.h"
#include "daemon/store/postgres/group.h"
#include "daemon/store/postgres/listener.h"
#include "daemon/store/postgres/postgres_error.h"

namespace jobsched::pg {

namespace {

// How often a group is tried that meets another instance's transaction.
constexpr int kTries = 4;

// For how long the database is asked what became of a commit. It may be changing its primary.
constexpr std::chrono::seconds kSettle{8};
constexpr Millis kBetweenLooks{100};

// Over how many rows the number of an account's jobs is spread.
constexpr std::uint64_t kSlots = 64;

constexpr auto kBegin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

// For this transaction. A server that hears nothing more of this instance lets go of what it has
// locked. All that is written is found by an index, and claims in its order; of a table that was
// filled a minute ago, or changes as fast as a queue, the planner knows too little to see that.
constexpr auto kSettings =
    "SELECT set_config('idle_in_transaction_session_timeout', '10s', true),"
    " set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),"
    " set_config('enable_sort', 'off', true), set_config('jit', 'off', true)";

constexpr auto kJoin =
    "INSERT INTO jobsched.instances (id, name, commits, seen) VALUES ($1::bigint, $2, 0,"
    " floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) ON CONFLICT (id) DO NOTHING";
constexpr auto kForgetOld =
    "DELETE FROM jobsched.instances WHERE id <> $1::bigint"
    " AND seen < floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - 7 * 86400000";

// A claim that is lost with the server's memory is made again: what was being attempted under it is
// attempted twice, as it is when a daemon dies. The firing itself was not lost.
constexpr auto kWithoutSync = "SET LOCAL synchronous_commit = off";

// Only where there is something to commit, or nobody has heard of the instance for 5 s.
constexpr auto kNumber =
    "UPDATE jobsched.instances SET commits = $2::bigint,"
    " seen = floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    " WHERE id = $1::bigint AND (pg_current_xact_id_if_assigned() IS NOT NULL OR"
    " seen < floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - 5000)";

// Waits for the transaction that has changed it.
constexpr auto kLastNumber =
    "SELECT commits FROM jobsched.instances WHERE id = $1::bigint FOR UPDATE";

// What comes later than that, the others find by themselves.
constexpr Millis kSoon{1'000};
constexpr Millis kBetweenNews{100};

// Whether the event has stored what is due by `soon`.
bool is_due_by(const CreateEvent& event, Instant soon) {
  return event.job.next && *event.job.next <= soon;
}

bool any_due_by(const std::vector<Job>& jobs, Instant soon) {
  return std::ranges::any_of(jobs, [&](const Job& job) { return job.next && *job.next <= soon; });
}

bool is_due_by(const CreateAllEvent& event, Instant soon) {
  return any_due_by(event.jobs, soon);
}

bool is_due_by(const CreateOnceEvent& event, Instant soon) {
  return any_due_by(event.jobs, soon);
}

bool is_due_by(const ReplaceEvent& event, Instant soon) {
  return event.next && *event.next <= soon;
}

bool is_due_by(const FireNowEvent& /*event*/, Instant /*soon*/) {
  return true;
}

bool is_due_by(const RetryEvent& /*event*/, Instant /*soon*/) {
  return true;
}

template <class Event>
bool is_due_by(const Event& /*event*/, Instant /*soon*/) {
  return false;
}

bool is_claim(const StoreEvent& event) {
  return std::holds_alternative<ClaimEvent>(event);
}

Error unsettled() {
  return {ErrorKind::kUnavailable,
          "the database went away while it stored this, and has not been back to say whether it "
          "did; look before you try again",
          {},
          {}};
}

}  // namespace

Writer::Writer(const Libpq& pq,
               Target target,
               Availability& availability,
               const Clock& clock,
               Rest& rest,
               WriterOptions options)
    : pq_(pq),
      target_(std::move(target)),
      availability_(availability),
      clock_(clock),
      rest_(rest),
      options_(std::move(options)),
      connection_(std::make_unique<Connection>(pq_, target_)) {
  const auto id = std::bit_cast<std::int64_t>(options_.instance);
  connection_->queue(kJoin, id, options_.name);
  connection_->run(kForgetOld, id);
}

GroupOutcome Writer::commit(std::span<StoreEvent> events, std::uint64_t jobs_per_account) {
  if (!connection_) {
    if (const auto there = availability_.check(clock_.steady_now()); !there) return {there.error()};
  }
  GroupOutcome outcome;
  try {
    connect();
    outcome = attempt(events, jobs_per_account);
  } catch (const Exception& exception) {
    lose(exception);
    outcome.failure = explain(exception);
    if (committing_) {
      const std::optional<bool> done = settle();
      if (!done) outcome.failure = unsettled();
      if (done == true) outcome = {{}, true};
    }
  }
  outcome.failure ? leases_.rolled_back() : leases_.committed();
  if (!outcome.failure) note_news(events);
  return outcome;
}

void Writer::note_news(std::span<const StoreEvent> events) {
  const Instant soon = clock_.now() + kSoon;
  news_ = news_ || std::ranges::any_of(events, [&](const StoreEvent& event) {
            return std::visit([&](const auto& one) { return is_due_by(one, soon); }, event);
          });
}

void Writer::notify() {
  const auto now = clock_.steady_now();
  const bool too_often = notified_ && now - *notified_ < kBetweenNews;
  if (!news_ || too_often || !connection_) return;
  news_ = false;
  notified_ = now;
  try {
    connection_->run("SELECT pg_notify($1, $2)", std::string(kChannel),
                     std::to_string(options_.instance));
  } catch (const Exception& exception) {
    lose(exception);
  }
}

// Throws only if the connection is lost.
GroupOutcome Writer::attempt(std::span<StoreEvent> events, std::uint64_t jobs_per_account) {
  Care care = Care::kTogether;
  for (int tried = 1;; ++tried) {
    try {
      return {{}, carry_out(events, jobs_per_account, care)};
    } catch (const Exception& exception) {
      if (exception.lost()) throw;
      connection_->forget_queued();
      connection_->run("ROLLBACK");
      leases_.rolled_back();
      if (tried == kTries) return {explain(exception)};
      if (!exception.contended()) care = Care::kEachByItself;
    }
  }
}

// Says whether there was anything to write.
bool Writer::carry_out(std::span<StoreEvent> events, std::uint64_t jobs_per_account, Care care) {
  Transaction transaction{*connection_,    AccountRows(*connection_), AttemptLog(*connection_),
                          options_.zones,  options_.damaged,          options_.database_clock,
                          jobs_per_account};
  committing_ = false;
  connection_->queue(kBegin);
  connection_->queue(kSettings);
  Group group(transaction, leases_, events);
  if (care == Care::kTogether) {
    group.carry_out_together();
  } else {
    group.carry_out_each();
  }
  return end(transaction, std::ranges::all_of(events, is_claim));
}

bool Writer::end(Transaction& transaction, bool only_claims) {
  const auto id = std::bit_cast<std::int64_t>(options_.instance);
  transaction.log.queue_notes();
  transaction.accounts.queue_counts(static_cast<std::int64_t>(options_.instance % kSlots));
  if (only_claims) connection_->queue(kWithoutSync);
  connection_->queue(kNumber, id, ++commits_);
  connection_->queue("COMMIT");
  committing_ = true;
  const std::vector<Rows> rows = connection_->run_queued();
  committing_ = false;
  return rows.at(rows.size() - 2).changed() > 0;
}

void Writer::connect() {
  if (connection_) return;
  committing_ = false;
  connection_ = std::make_unique<Connection>(pq_, target_);
  availability_.note_success();
}

void Writer::lose(const Exception& exception) {
  connection_.reset();
  availability_.note_loss(explain(exception), clock_.steady_now());
}

// Whether the last commit was carried out; absent if nobody can say so far.
std::optional<bool> Writer::settle() {
  const auto deadline = clock_.steady_now() + kSettle;
  do {
    try {
      connect();
      const Rows rows =
          connection_->run(kLastNumber, std::bit_cast<std::int64_t>(options_.instance));
      return !rows.empty() && rows[0].number(0) == commits_;
    } catch (const Exception& exception) {
      lose(exception);
    }
  } while (rest_.take(kBetweenLooks) && clock_.steady_now() < deadline);
  return std::nullopt;
}

}  // namespace jobsched::pg
