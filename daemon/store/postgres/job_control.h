#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/store/postgres/transaction.h"
#include "daemon/store/values.h"

namespace jobsched::pg {

// A job that no other instance changes until the transaction ends.
struct LockedJob {
  // Its outstanding delivery, with the last attempt that was made: 0 if none was.
  std::optional<Delivery> delivery;
};

// Absent if the account has no such job. Throws Exception.
std::optional<LockedJob> lock_job(Connection& connection, std::int64_t account, const JobId& id);

// What users do to a job besides defining it: fire it, pause it, delete it, try a delivery again.
// Each is that member of `Store`. Members throw Exception.
class JobControl {
 public:
  explicit JobControl(Transaction& transaction) : transaction_(transaction) {}

  Result<LoggedDelivery> fire_now(const std::string& account, const JobId& id, Instant now);
  Result<Job> pause(const std::string& account, const JobId& id);
  Result<Job> resume(const std::string& account, const JobId& id, Instant now);
  Result<LoggedDelivery> retry(const std::string& account, const Delivery& delivery, Instant now);
  Result<void> remove(const std::string& account,
                      const JobId& id,
                      const JobVersions& expected,
                      Instant now);
  std::vector<JobId> remove_all(const std::string& account,
                                const std::vector<JobId>& ids,
                                Instant now);

  // Errors: kNotFound; kPreconditionFailed if the job has none of these versions. From then on no
  // other instance changes the job until the transaction ends.
  Result<void> expect(const std::string& account, const JobId& id, const JobVersions& versions);

 private:
  Result<Job> find(const std::string& account, const JobId& id);
  Result<Job> lock(const std::string& account, const JobId& id);
  std::optional<LoggedDelivery> find_delivery(const std::string& account, const Delivery& delivery);
  Result<void> hasten(std::int64_t account, const LoggedDelivery& delivery, Instant now);
  Result<void> begin_again(std::int64_t account, const LoggedDelivery& delivery, Instant now);
  bool unretire(std::int64_t account, const JobId& id);

  Transaction& transaction_;
};

}  // namespace jobsched::pg
