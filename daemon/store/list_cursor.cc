#include "daemon/store/list_cursor.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <SQLiteCpp/Exception.h>

#include "daemon/store/sqlite_error.h"

namespace jobsched::sql {

ListCursor::ListCursor(ReaderPool::Lent reader,
                       std::string path,
                       const std::string& account,
                       std::optional<JobId> after,
                       std::optional<std::uint64_t> limit)
    : reader_(std::move(reader)),
      snapshot_(*reader_),
      path_(std::move(path)),
      after_(after.value_or(JobId{})) {
  constexpr std::uint64_t kUnlimited = std::numeric_limits<std::int64_t>::max();
  const auto at_most = static_cast<std::int64_t>(std::min(limit.value_or(kUnlimited), kUnlimited));
  std::int64_t account_id = 0;
  {
    Run size(reader_->account_size, account);
    if (!size.step()) return;
    account_id = size.number(0);
    count_ = static_cast<std::uint64_t>(std::min(size.number(1), at_most));
  }
  if (after) {
    Run size(reader_->list_size, account_id, after_, at_most);
    size.step();
    count_ = static_cast<std::uint64_t>(size.number(0));
  }
  rows_.emplace(reader_->list_ids, account_id, after_, at_most);
}

Result<std::vector<JobId>> ListCursor::next(std::size_t max) {
  std::vector<JobId> ids;
  try {
    ids.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(max, left())));
    while (ids.size() < max && left() > 0 && rows_->step()) {
      ids.push_back(rows_->id(0));
      ++given_;
    }
    return ids;
  } catch (const SQLite::Exception& exception) {
    return tl::unexpected(explain(exception, reader_->database->getHandle(), path_).error);
  }
}

}  // namespace jobsched::sql
