#include "daemon/store/store_address.h"

#include <string>

#include <doctest/doctest.h>

namespace jobsched::testing {

TEST_CASE("a store is a file or a database, and is shown without its passwords") {
  struct Row {
    std::string address;
    bool database;
    std::string shown;
  };

  const Row rows[] = {
      {"/var/lib/jobsched/jobs.db", false, "/var/lib/jobsched/jobs.db"},
      {"postgresql.db", false, "postgresql.db"},
      {"a/postgresql://b", false, "a/postgresql://b"},
      {"postgresql://", true, "postgresql://"},
      {"postgres:///jobs", true, "postgres:///jobs"},
      {"postgresql://ann@db/jobs", true, "postgresql://ann@db/jobs"},
      {"postgresql://ann:secret@db:5433,other/jobs", true,
       "postgresql://ann:***@db:5433,other/jobs"},
      {"postgresql://ann:sec/r@et@db/jobs", true, "postgresql://ann:***@db/jobs"},
      {"postgresql://ann:sec?ret@db/jobs", true, "postgresql://***"},
      {"postgresql://[::1]:5432/jobs?sslmode=require", true,
       "postgresql://[::1]:5432/jobs?sslmode=require"},
      {"postgresql:///jobs?user=ann&password=secret&host=/run", true,
       "postgresql:///jobs?user=ann&password=***&host=/run"},
      {"postgresql:///jobs?sslpassword=secret", true, "postgresql:///jobs?sslpassword=***"},
      {"postgresql:///jobs?pass%77ord=secret", true, "postgresql:///jobs?pass%77ord=***"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.address);
    CHECK(is_database(row.address) == row.database);
    CHECK(shown_address(row.address) == row.shown);
  }
}

}  // namespace jobsched::testing
