#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/store/postgres/transaction.h"
#include "daemon/store/values.h"

namespace jobsched::pg {

// Stores new jobs, and new definitions of jobs, within a transaction: many jobs in one statement.
// Members throw Exception, also if another instance has just taken a name (`contended`): the same
// again then finds that job.
class Creator {
 public:
  explicit Creator(Transaction& transaction) : transaction_(transaction) {}

  // `Store::create` for each of them by itself. None has a name.
  std::vector<Result<Created>> create_each(const std::vector<const Job*>& jobs);

  // `Store::create_all` and `Store::create_once`; what was written before an error stays to be
  // rolled back.
  Result<std::vector<Created>> create_all(std::span<const Job> jobs);
  Result<CreatedOnce> create_once(const IdempotencyKey& key,
                                  std::span<const Job> jobs,
                                  Instant now);

  // `Store::replace`.
  Result<void> replace(const std::string& account,
                       const JobId& id,
                       const JobVersions& expected,
                       const JobSpec& spec,
                       std::optional<Instant> next,
                       Instant now);

 private:
  Result<void> redefine(std::int64_t account,
                        const JobId& id,
                        const JobSpec& spec,
                        std::optional<Instant> next,
                        Instant now);
  std::optional<JobId> find_named(std::int64_t account, const std::string& name);
  Result<void> expect_room(std::int64_t account, const std::string& name);
  void note_zones(const std::vector<const Job*>& jobs);
  Result<void> insert_all(const std::vector<const Job*>& jobs);

  Transaction& transaction_;
};

}  // namespace jobsched::pg
