#include "daemon/store/postgres/list_cursor.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "daemon/store/postgres/postgres_error.h"

namespace jobsched::pg {

namespace {

// $1 is the account's name, and what comes next is at most $2.
constexpr auto kCountedJobs =
    "SELECT least(greatest(coalesce(sum(jobs), 0), 0), $2::bigint)::bigint"
    " FROM jobsched.job_counts"
    " WHERE account = (SELECT id FROM jobsched.accounts WHERE name = $1)";
constexpr auto kListSize =
    "SELECT count(*) FROM (SELECT FROM jobsched.jobs"
    " WHERE account = (SELECT id FROM jobsched.accounts WHERE name = $1) AND id > $3::uuid"
    " LIMIT $2::bigint) AS listed";
constexpr auto kListIds =
    "SELECT id FROM jobsched.jobs"
    " WHERE account = (SELECT id FROM jobsched.accounts WHERE name = $1) AND id > $3::uuid"
    " ORDER BY id LIMIT $2::bigint";

}  // namespace

Result<std::unique_ptr<JobIdCursor>> ListCursor::open(ReaderPool& readers,
                                                      const std::string& account,
                                                      std::optional<JobId> after,
                                                      std::optional<std::uint64_t> limit) {
  constexpr std::uint64_t kUnlimited = std::numeric_limits<std::int64_t>::max();
  const auto most = static_cast<std::int64_t>(std::min(limit.value_or(kUnlimited), kUnlimited));
  std::int64_t count = 0;
  Result<ReaderPool::Lent> lent = readers.lend([&](Connection& connection) {
    connection.queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const Rows size = after ? connection.run(kListSize, account, most, *after)
                            : connection.run(kCountedJobs, account, most);
    count = size[0].number(0);
  });
  if (!lent) return tl::unexpected(lent.error());
  return std::unique_ptr<JobIdCursor>(new ListCursor(readers, *std::move(lent), account,
                                                     after.value_or(JobId{}),
                                                     static_cast<std::uint64_t>(count)));
}

ListCursor::ListCursor(ReaderPool& readers,
                       ReaderPool::Lent lent,
                       const std::string& account,
                       JobId after,
                       std::uint64_t count)
    : readers_(readers),
      lent_(std::move(lent)),
      account_(account),
      after_(after),
      count_(count),
      left_(count) {}

ListCursor::~ListCursor() {
  if (!lent_) return;
  try {
    lent_->connection->run("COMMIT");
    end();
  } catch (const Exception&) {
    lent_.reset();  // which closes the connection
  }
}

Result<std::vector<JobId>> ListCursor::next(std::size_t max) {
  if (failure_) return tl::unexpected(*failure_);
  const auto most = static_cast<std::int64_t>(std::min<std::uint64_t>(max, left_));
  if (most == 0) return std::vector<JobId>{};
  try {
    return read(most);
  } catch (const Exception& exception) {
    // Whether the database is still away, the next to read finds out.
    lent_.reset();
    failure_ = explain(exception);
    return tl::unexpected(*failure_);
  }
}

// The transaction ends in the same packet as it gives the last.
std::vector<JobId> ListCursor::read(std::int64_t most) {
  Connection& connection = *lent_->connection;
  const bool last = static_cast<std::uint64_t>(most) == left_;
  connection.queue(kListIds, account_, most, after_);
  if (last) connection.queue("COMMIT");
  const std::vector<Rows> answers = connection.run_queued();
  std::vector<JobId> ids;
  answers.front().each([&](const Rows::Row& row) { ids.push_back(row.id(0)); });
  if (!ids.empty()) after_ = ids.back();
  left_ = ids.empty() ? 0 : left_ - ids.size();
  if (last) end();
  return ids;
}

void ListCursor::end() {
  readers_.give_back(*std::exchange(lent_, std::nullopt));
}

}  // namespace jobsched::pg
