#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/time/instant.h"
#include "daemon/clock.h"
#include "daemon/store/postgres/libpq.h"
#include "daemon/store/postgres/parameters.h"
#include "daemon/store/postgres/rows.h"

namespace jobsched::pg {

// What PostgreSQL, or the way to it, has refused.
class Exception : public std::runtime_error {
 public:
  // `state` is the SQLSTATE, empty if the connection failed.
  Exception(std::string state, const std::string& message)
      : std::runtime_error(message), state_(std::move(state)) {}

  const std::string& state() const { return state_; }

  // No answer came, or none will: whether a COMMIT that was sent has been carried out is open.
  bool lost() const;

  // Another transaction was in the way: the same again may succeed.
  bool contended() const;

  // Another transaction has just stored what there can be one of.
  bool duplicate() const { return state_ == "23505"; }

 private:
  std::string state_;
};

// Where the database is, and how long to wait for it.
struct Target {
  std::string uri;  // postgresql://…, as libpq reads it; never shown, as it may have a password
  Millis patience{8'000};  // with the answer to a statement; a connection that is slower is lost
};

// One connection. Statements run outside any transaction unless they begin one; they are not
// prepared, and nothing is set for the session, so that a pooler may give each transaction another
// one. Of one thread at a time. Members throw Exception; after one that is `lost` nothing works any
// more.
class Connection {
 public:
  // Connects; waits for 3 s with each host, unless the URI says how long.
  Connection(const Libpq& pq, Target target);

  // Sends a statement with the next `run`, in one packet if there is room for it.
  template <class... Values>
  void queue(const char* statement, const Values&... values) {
    queued_.push_back({statement, Parameters(values...)});
  }

  // Runs what was queued and this statement after it, and gives what this one gave. If one is
  // refused, those after it do not run.
  template <class... Values>
  Rows run(const char* statement, const Values&... values) {
    queue(statement, values...);
    std::vector<Rows> rows = run_queued();
    return std::move(rows.back());
  }

  // Runs what was queued, and gives what each gave.
  std::vector<Rows> run_queued();

  // Forgets what was queued.
  void forget_queued() { queued_.clear(); }

  // Of the server, e.g. 150018.
  int server_version() const;

  // Waits until another session has notified of something that this one listens to, or `length` is
  // over; calls `take` with each payload.
  void await_notices(Millis length, const std::function<void(std::string)>& take);

 private:
  struct Statement {
    std::string text;
    Parameters parameters;
  };

  using SteadyTime = std::chrono::steady_clock::time_point;

  void send(const Statement& statement);
  void flush(SteadyTime deadline);
  bool await(short events, SteadyTime deadline);
  PGresult* next_result(SteadyTime deadline);
  [[noreturn]] void lose(const std::string& reason);

  const Libpq* pq_;
  Millis patience_;
  SystemClock clock_;
  std::unique_ptr<PGconn, void (*)(PGconn*)> handle_;
  std::vector<Statement> queued_;
};

}  // namespace jobsched::pg
