#include "daemon/store/transfer/postgres_ends.h"

#include <algorithm>
#include <utility>

#include "daemon/store/postgres/postgres_error.h"
#include "daemon/store/postgres/schema.h"
#include "daemon/store/transfer/postgres_rows.h"
#include "daemon/store/transfer/postgres_session.h"

namespace jobsched::pg {

namespace {

using transfer::Destination;
using transfer::Row;
using transfer::Table;
using transfer::Take;

// moved_from has one row, if the store came by a move.
constexpr auto kCameByMove = "SELECT to_regclass('jobsched.moved_from') IS NOT NULL";
constexpr auto kFindArrival = "SELECT digest FROM jobsched.moved_from";
constexpr auto kMakeArrival =
    "CREATE TABLE IF NOT EXISTS jobsched.moved_from (digest bytea NOT NULL)";
constexpr auto kForgetArrival = "DELETE FROM jobsched.moved_from";
constexpr auto kNoteArrival = "INSERT INTO jobsched.moved_from VALUES ($1)";

class DatabaseSource final : public transfer::Source {
 public:
  DatabaseSource(std::unique_ptr<Session> session, std::string place)
      : session_(std::move(session)), place_(std::move(place)) {}

  std::string place() const override { return place_; }

  Result<std::uint64_t> count(const Table& table) override {
    return guarded(
        [&]() -> Result<std::uint64_t> { return count_rows(session_->connection(), table); });
  }

  Result<void> read(const Table& table, const Take& take) override {
    return guarded([&] { return read_rows(session_->connection(), table, take); });
  }

  Result<std::string> leave(const std::string& target) override {
    return guarded([&]() -> Result<std::string> {
      mark_moved(session_->connection(), target);
      session_->connection().run("COMMIT");
      return "the database that they were in is marked as moved to " + target;
    });
  }

 private:
  std::unique_ptr<Session> session_;
  std::string place_;
};

class DatabaseSink final : public transfer::Sink {
 public:
  explicit DatabaseSink(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  Result<std::uint64_t> count(const Table& table) override {
    return guarded(
        [&]() -> Result<std::uint64_t> { return count_rows(session_->connection(), table); });
  }

  Result<void> read(const Table& table, const Take& take) override {
    return guarded([&] { return read_rows(session_->connection(), table, take); });
  }

  Result<void> write(const Table& table, const std::vector<Row>& rows) override {
    return guarded([&] { return write_rows(session_->connection(), table, rows); });
  }

  Result<void> complete(const Digest& digest) override {
    return guarded([&]() -> Result<void> {
      Connection& connection = session_->connection();
      complete_rows(connection);
      connection.queue(kMakeArrival);
      connection.queue(kForgetArrival);  // of a store that had nothing in it
      connection.queue(kNoteArrival,
                       Blob{{reinterpret_cast<const char*>(digest.data()), digest.size()}});
      connection.run("COMMIT");
      return {};
    });
  }

 private:
  std::unique_ptr<Session> session_;
};

Result<void> expect_empty(Connection& connection) {
  for (const Table& table : transfer::kTables) {
    const std::string any = "SELECT 1 FROM jobsched." + std::string(table.name) + " LIMIT 1";
    if (table.name == transfer::kClock.name || connection.run(any.c_str()).empty()) continue;
    return fail(ErrorKind::kConflict,
                "the database has a store with something in it (" + std::string(table.name) +
                    "), and a store is moved to an empty one only; name another database, or give "
                    "that store up with DROP SCHEMA jobsched CASCADE");
  }
  return {};
}

// Runs `work` with the connection of a new session.
template <class Work>
auto with_session(const std::string& uri, const Work& work)
    -> decltype(work(std::declval<std::unique_ptr<Session>>())) {
  Result<std::unique_ptr<Session>> session = Session::open(uri);
  if (!session) return tl::unexpected(session.error());
  return guarded([&] { return work(*std::move(session)); });
}

}  // namespace

Result<std::unique_ptr<transfer::Source>> open_source(const std::string& uri) {
  using Opened = Result<std::unique_ptr<transfer::Source>>;
  return with_session(uri, [](std::unique_ptr<Session> session) -> Opened {
    Connection& connection = session->connection();
    // Tables of an older version are brought to this one; where there are none, none are made.
    if (schema_version(connection) != 0) {
      if (auto known = migrate(connection, [] {}); !known) return tl::unexpected(known.error());
    }
    std::string place = session->place();
    if (auto alone = session->begin_alone(); !alone) return tl::unexpected(alone.error());
    return std::make_unique<DatabaseSource>(std::move(session), std::move(place));
  });
}

Result<transfer::Destination> look_at(const std::string& uri) {
  return with_session(uri, [](std::unique_ptr<Session> session) -> Result<Destination> {
    Destination found{.place = session->place()};
    // What has been moved on is not there any more.
    const bool came = session->connection().run(kCameByMove)[0].flag(0);
    if (!came || moved_to(session->connection())) return found;
    const Rows rows = session->connection().run(kFindArrival);
    if (rows.empty()) return found;
    const std::string bytes = rows[0].text(0);
    Digest& digest = found.arrived.emplace();
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    return found;
  });
}

Result<std::unique_ptr<transfer::Sink>> open_sink(const std::string& uri) {
  using Opened = Result<std::unique_ptr<transfer::Sink>>;
  return with_session(uri, [](std::unique_ptr<Session> session) -> Opened {
    Connection& connection = session->connection();
    if (auto made = migrate(connection, [] {}); !made) return tl::unexpected(made.error());
    if (auto alone = session->begin_alone(); !alone) return tl::unexpected(alone.error());
    if (auto empty = expect_empty(connection); !empty) return tl::unexpected(empty.error());
    connection.run("DELETE FROM jobsched.clock");
    return std::make_unique<DatabaseSink>(std::move(session));
  });
}

}  // namespace jobsched::pg
