#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

// A PostgreSQL server of a test's own, in a directory that goes with it, on a UNIX socket only. It
// ends with this object, and with this process however that ends. It does not sync, so what it
// keeps outlives its processes, but not the machine.
//
// To start one takes a second: a TEST_CASE has one for all that it checks, and new databases on it.
class PostgresServer {
 public:
  // Null if PostgreSQL is not installed: the test says so and ends. Throws if it does not start.
  // Called on the thread that outlives it, as the main one does.
  static std::unique_ptr<PostgresServer> start();
  ~PostgresServer();

  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // Makes the database `name` anew, empty and in UTF-8, and gives its URL. If there is one of that
  // name, it goes, and whoever is connected to it is cut off.
  std::string new_database(const std::string& name = "jobsched");

  // The URL of a database for a superuser, who needs no password.
  std::string url(const std::string& database) const;

  // Its UNIX socket.
  std::string socket() const { return directory_ / ".s.PGSQL.5432"; }

  // Runs SQL in a database; throws what the server says against it. Statements that are separated
  // by semicolons are one transaction.
  void execute(const std::string& database, const std::string& statements) const;

  // Ends every connection at once and does not come back before `resume`, as if it had crashed.
  void stop();

  // Has it recover and go on with what was committed.
  void resume();

 private:
  explicit PostgresServer(std::string programs);

  std::string cluster() const { return directory_ / "cluster"; }

  std::vector<std::string> command(const std::string& program,
                                   const std::vector<std::string>& arguments) const;
  void make_cluster();
  void await_start();
  std::string log() const;

  std::string programs_;  // the folder of initdb and postgres
  TemporaryDirectory directory_;
  pid_t pid_ = -1;
};

}  // namespace jobsched::testing
