#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/store/postgres/reader_pool.h"
#include "daemon/store/store.h"

namespace jobsched::pg {

// A list of job ids on a connection of its own, whose read transaction it keeps open until it has
// given the last.
class ListCursor final : public JobIdCursor {
 public:
  // `Store::list`. Refers to `readers`.
  static Result<std::unique_ptr<JobIdCursor>> open(ReaderPool& readers,
                                                   const std::string& account,
                                                   std::optional<JobId> after,
                                                   std::optional<std::uint64_t> limit);
  ~ListCursor() override;

  ListCursor(const ListCursor&) = delete;
  ListCursor& operator=(const ListCursor&) = delete;

  std::uint64_t count() const override { return count_; }

  // What has failed once fails again.
  Result<std::vector<JobId>> next(std::size_t max) override;

 private:
  ListCursor(ReaderPool& readers,
             ReaderPool::Lent lent,
             const std::string& account,
             JobId after,
             std::uint64_t count);

  std::vector<JobId> read(std::int64_t most);
  void end();

  ReaderPool& readers_;
  std::optional<ReaderPool::Lent> lent_;
  std::string account_;
  JobId after_;
  std::uint64_t count_;
  std::uint64_t left_;
  std::optional<Error> failure_;
};

}  // namespace jobsched::pg
