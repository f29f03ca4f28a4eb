#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/values.h"

namespace jobsched::testing {

// The attempt log of a MemoryStore: a list, searched from end to end.
class MemoryLog {
 public:
  // What the store knows of a delivery that is outstanding.
  struct Outstanding {
    Delivery delivery;
    Instant due;
    bool in_flight;
  };

  // By job; at most one each.
  using OutstandingByJob = std::map<JobId, Outstanding>;

  void note(const std::string& account, const AttemptRecord& record);
  void note_end(const std::string& account,
                const Delivery& delivery,
                DeliveryState state,
                std::string reason,
                Instant at);
  Pruned prune(Instant before);
  void forget(std::string_view account);

  // Whether anything is known of the job.
  bool knows(JobId job) const;

  // `outstanding` has those of the account.
  std::optional<LoggedDelivery> find(std::string_view account,
                                     const Delivery& key,
                                     const OutstandingByJob& outstanding) const;
  std::vector<LoggedDelivery> list(std::string_view account,
                                   const DeliveryFilter& filter,
                                   std::optional<Delivery> after,
                                   std::size_t limit,
                                   const OutstandingByJob& outstanding) const;

 private:
  struct Row {
    std::string account;
    Delivery delivery;
    Instant at;
    DeliveryState state;
    std::string reason;
    std::optional<LoggedAttempt> attempt;
  };

  // The place of the last row of a delivery; absent if there is none.
  std::optional<std::size_t> last_row(std::string_view account, const Delivery& key) const;
  std::vector<Delivery> in_order(std::string_view account,
                                 const DeliveryFilter& filter,
                                 const OutstandingByJob& outstanding) const;

  std::vector<Row> rows_;
};

}  // namespace jobsched::testing
