#pragma once

#include <memory>
#include <string>

#include "core/error.h"
#include "daemon/store/postgres/connection.h"
#include "daemon/store/postgres/libpq.h"

namespace jobsched::pg {

// A connection for as long as a move takes, with the library that it needs.
class Session {
 public:
  // Errors: kInvalid if the library is not there, or the URI is none; kUnavailable if the database
  // cannot be reached.
  static Result<std::unique_ptr<Session>> open(const std::string& uri);

  Session(const Libpq& pq, const Target& target) : pq_(pq), connection_(pq_, target) {}

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Connection& connection() { return connection_; }

  // Which database this is, of all that run now, however it is reached. Throws Exception.
  std::string place();

  // Begins a transaction that sees one snapshot, and keeps everybody else away from the jobs until
  // it ends: a daemon that starts waits. Errors: kNotFound if there are no tables; kUnavailable,
  // naming them, if instances use the database. Throws Exception.
  Result<void> begin_alone();

 private:
  Libpq pq_;
  Connection connection_;
};

}  // namespace jobsched::pg
