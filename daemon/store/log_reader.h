#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "daemon/store/connection.h"
#include "daemon/store/values.h"

namespace jobsched::sql {

// Puts deliveries together from the log and from what is outstanding, on a connection of either
// kind. Of one thread, and within a transaction where more than one delivery is read. Members throw
// SQLite::Exception.
class LogReader {
 public:
  explicit LogReader(SQLite::Database& database);

  // `Store::find_delivery`.
  std::optional<LoggedDelivery> find(const std::string& account, const Delivery& delivery);

  // `Store::deliveries`.
  std::vector<LoggedDelivery> list(const std::string& account,
                                   const DeliveryFilter& filter,
                                   std::optional<Delivery> after,
                                   std::size_t limit);

 private:
  // A delivery, and the log's id and time of the last that is known of it: 0 if nothing is yet.
  struct Found {
    LoggedDelivery delivery;
    std::int64_t last_id = 0;
    Instant last_at{};
  };

  // What is asked for, and what was found of it so far.
  struct Search {
    std::int64_t account_id;
    const std::string& account;
    const DeliveryFilter& filter;
    std::optional<Delivery> after;
    std::size_t limit;
    std::vector<LoggedDelivery> found = {};
  };

  std::optional<std::int64_t> account_id(const std::string& account);
  std::optional<Found> load(std::int64_t account_id,
                            const std::string& account,
                            const Delivery& key);
  void read_attempts(std::int64_t account_id, Found& found);
  bool read_outstanding(std::int64_t account_id, Found& found);
  void search_job(Search& search);
  void search_outstanding(Search& search);
  void search_log(Search& search);
  std::int64_t place_in_log(const Search& search);
  bool take(Search& search, const Delivery& key, std::optional<std::int64_t> log_id);

  SQLite::Statement find_account_;
  SQLite::Statement attempts_;
  SQLite::Statement outstanding_of_job_;
  SQLite::Statement firings_of_job_;
  SQLite::Statement outstanding_of_account_;
  SQLite::Statement log_of_account_;
  SQLite::Statement log_in_vain_;
};

}  // namespace jobsched::sql
