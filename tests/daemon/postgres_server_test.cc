#include "tests/support/postgres_server.h"

#include <doctest/doctest.h>

namespace jobsched::testing {

TEST_CASE("a PostgreSQL server of the tests makes empty databases, and comes back from a crash") {
  const auto server = PostgresServer::start();
  if (!server) {
    MESSAGE("skipped: PostgreSQL is not installed");
    return;
  }
  server->new_database();
  server->execute("jobsched", "CREATE TABLE kept (number int); INSERT INTO kept VALUES (1)");
  server->stop();
  CHECK_THROWS(server->execute("jobsched", "SELECT 1"));
  server->resume();
  server->execute("jobsched", "SELECT 1 / number FROM kept");
  CHECK(server->new_database("another") == server->url("another"));
  CHECK_THROWS(server->execute("another", "SELECT * FROM kept"));
  server->new_database();
  CHECK_THROWS(server->execute("jobsched", "SELECT * FROM kept"));
}

}  // namespace jobsched::testing
