#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "core/job/id.h"
#include "daemon/api/call.h"
#include "daemon/api/target.h"
#include "daemon/clock.h"
#include "daemon/store/store.h"

namespace jobsched {

// The calls of the API that answer with deliveries: the attempt log, and what lets a delivery be
// attempted. Called as `Api` is; a refused request changes nothing.
class DeliveriesApi {
 public:
  // `on_due` is told when the delivery is due that a call has made or hastened, on any thread.
  DeliveriesApi(Store& store, const Clock& clock, std::function<void(Instant)> on_due);

  // Answer the calls of their target; its method is not checked yet.
  void answer(Call call, const DeliveriesTarget& target) const;
  void answer(Call call, const JobDeliveriesTarget& target) const;
  void answer(Call call, const DeliveryTarget& target) const;
  void answer(Call call, const RetryTarget& target) const;

  // Fires a job: POST, as was checked.
  void fire(Call call, const JobId& job) const;

 private:
  struct Page;

  static Result<Page> read_page(const Call& call, std::optional<JobId> job);
  void list(Call call, const Page& page) const;
  Result<void> expect_known(const std::string& account, const JobId& job) const;
  Done<LoggedDelivery> release_started(Call call) const;

  Store& store_;
  const Clock& clock_;
  std::function<void(Instant)> on_due_;
};

}  // namespace jobsched
