#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/store/connection.h"
#include "daemon/store/reader_pool.h"
#include "daemon/store/store.h"

namespace jobsched::sql {

// A list of job ids on a reader of its own, whose read transaction it keeps open.
class ListCursor final : public JobIdCursor {
 public:
  // Throws SQLite::Exception.
  ListCursor(ReaderPool::Lent reader,
             std::string path,
             const std::string& account,
             std::optional<JobId> after,
             std::optional<std::uint64_t> limit);

  std::uint64_t count() const override { return count_; }

  Result<std::vector<JobId>> next(std::size_t max) override;

 private:
  std::uint64_t left() const { return count_ - given_; }

  // In this order: the rows end before the snapshot, and that before the reader goes back.
  ReaderPool::Lent reader_;
  Snapshot snapshot_;
  std::string path_;
  JobId after_;
  std::uint64_t count_ = 0;
  std::uint64_t given_ = 0;
  std::optional<Run> rows_;
};

}  // namespace jobsched::sql
