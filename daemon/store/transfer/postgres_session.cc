#include "daemon/store/transfer/postgres_session.h"

#include "daemon/store/postgres/postgres_error.h"
#include "daemon/store/postgres/schema.h"

namespace jobsched::pg {

namespace {

// To count and to index what there is may take a while. A server that is gone is noticed all the
// same, by the connection's keep-alives.
constexpr Millis kPatience{3'600'000};

// Needs no rights: when the server was started, to the microsecond, and the number of the database.
constexpr auto kPlace =
    "SELECT extract(epoch FROM pg_postmaster_start_time())::text || '/' || oid::text"
    " FROM pg_database WHERE datname = current_database()";

// An instance that is stopped writes no more; whether one is there is known kAlive later.
constexpr auto kLive =
    "SELECT string_agg(DISTINCT name, ', ') FROM jobsched.instances"
    " WHERE seen > floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - $1::bigint";

constexpr auto kLock =
    "LOCK TABLE jobsched.version, jobsched.instances, jobsched.jobs IN ACCESS EXCLUSIVE MODE";

Result<void> expect_unused(Connection& connection) {
  const Rows rows = connection.run(kLive, kAlive);
  if (rows[0].is_null(0)) return {};
  return fail(ErrorKind::kUnavailable, "the database is in use by " + rows[0].text(0) +
                                           ", or was within the last 15 s; stop every instance "
                                           "that uses it, and try again");
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(const std::string& uri) {
  const Result<Libpq> pq = Libpq::load();
  if (!pq) return tl::unexpected(pq.error());
  if (Result<void> sound = pq->check(uri); !sound) return tl::unexpected(sound.error());
  return guarded([&]() -> Result<std::unique_ptr<Session>> {
    return std::make_unique<Session>(*pq, Target{uri, kPatience});
  });
}

std::string Session::place() {
  return connection_.run(kPlace)[0].text(0);
}

// Looked for twice: once so that a database at work is not held up, and once when nobody can come
// any more. The snapshot is that of the first statement that reads, so none comes before the lock.
Result<void> Session::begin_alone() {
  if (schema_version(connection_) == 0) {
    return fail(ErrorKind::kNotFound, "there is no store in the database; name another one");
  }
  if (auto unused = expect_unused(connection_); !unused) return unused;
  connection_.queue("BEGIN ISOLATION LEVEL REPEATABLE READ");
  connection_.queue("SET LOCAL lock_timeout = '5s'");
  // Whatever else the server is set to: one end waits while the other one is read again.
  connection_.queue("SET LOCAL statement_timeout = 0");
  connection_.queue("SET LOCAL idle_in_transaction_session_timeout = 0");
  connection_.run(kLock);
  return expect_unused(connection_);
}

}  // namespace jobsched::pg
