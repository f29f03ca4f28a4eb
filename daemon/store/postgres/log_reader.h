#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/store/postgres/connection.h"
#include "daemon/store/values.h"

namespace jobsched::pg {

// Puts deliveries together from the log and from what is outstanding, a page of them in a few
// statements. Begins no transaction: `list` needs one in which all statements see one state, and so
// does `find` where others may write. Members throw Exception.
class LogReader {
 public:
  explicit LogReader(Connection& connection) : connection_(connection) {}

  // `Store::find_delivery`.
  std::optional<LoggedDelivery> find(const std::string& account, const Delivery& delivery);

  // `Store::deliveries`.
  std::vector<LoggedDelivery> list(const std::string& account,
                                   const DeliveryFilter& filter,
                                   std::optional<Delivery> after,
                                   std::size_t limit);

 private:
  // A delivery, and the log's id of the last that is known of it: 0 if nothing is yet.
  struct Found {
    LoggedDelivery delivery;
    std::int64_t last_id = 0;
    bool exists = false;  // in the log, or outstanding
  };

  // What is asked for, and what the search has come past: a key, and an id of the log.
  struct Search {
    const std::string& account;
    const DeliveryFilter& filter;
    Delivery place;
    std::int64_t log_id = 0;
  };

  std::int64_t place_in_log(const std::string& account, const std::optional<Delivery>& after);
  Rows candidates(const Search& search, std::size_t most);
  bool find_keys(Search& search, std::size_t most, std::vector<Delivery>& keys);
  static void read_log(const Rows::Row& row, Found& found);
  std::vector<Found> load(const std::string& account, std::span<const Delivery> keys);

  Connection& connection_;
};

}  // namespace jobsched::pg
