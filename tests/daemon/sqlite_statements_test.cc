#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include "daemon/store/idempotency_statements.h"
#include "daemon/store/log_statements.h"
#include "daemon/store/schema.h"
#include "daemon/store/statements.h"

namespace jobsched::testing {

TEST_CASE("no statement of a request or a firing reads a whole table or sorts") {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
  sql::migrate(database);
  std::vector<std::string> hot(sql::kHot.begin(), sql::kHot.end());
  hot.insert(hot.end(), sql::kHotOfLog.begin(), sql::kHotOfLog.end());
  hot.insert(hot.end(), sql::kHotOfIdempotency.begin(), sql::kHotOfIdempotency.end());
  for (const std::string& sql : hot) {
    CAPTURE(sql);
    SQLite::Statement plan(database, "EXPLAIN QUERY PLAN " + sql);
    while (plan.executeStep()) {
      const std::string step = plan.getColumn(3).getString();
      CAPTURE(step);
      const bool counts_what_it_found = step.starts_with("SCAN (subquery");
      CHECK((counts_what_it_found || step.find("SCAN") == std::string::npos));
      CHECK(step.find("TEMP B-TREE") == std::string::npos);
    }
  }
}

TEST_CASE("a schema is brought to the present version once") {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
  CHECK(sql::schema_version(database) == 0);
  sql::migrate(database);
  CHECK(sql::schema_version(database) == sql::kSchemaVersion);
  sql::migrate(database);
  CHECK(sql::schema_version(database) == sql::kSchemaVersion);
}

}  // namespace jobsched::testing
