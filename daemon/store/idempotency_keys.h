#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "daemon/store/values.h"

namespace jobsched::sql {

// `Store::find_created`, by kFindCreated. Throws SQLite::Exception.
Result<std::optional<CreatedOnce>> find_created(SQLite::Statement& find,
                                                const IdempotencyKey& key,
                                                Instant now);

// The requests to create that may come again, as the writing connection sees them. Members throw
// SQLite::Exception.
class IdempotencyKeys {
 public:
  explicit IdempotencyKeys(SQLite::Database& database);

  Result<std::optional<CreatedOnce>> find(const IdempotencyKey& key, Instant now);

  // Keeps what became of a request of the account with this row id. Forgets up to two that are not
  // known any more, so that the table holds little more than those of a day.
  void keep(std::int64_t account,
            const IdempotencyKey& key,
            const std::vector<Created>& jobs,
            Instant now);

 private:
  SQLite::Statement find_;
  SQLite::Statement keep_;
  SQLite::Statement drop_old_;
};

}  // namespace jobsched::sql
