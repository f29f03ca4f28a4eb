#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/error.h"
#include "daemon/clock.h"
#include "daemon/store/postgres/availability.h"
#include "daemon/store/postgres/connection.h"

namespace jobsched::pg {

// Lends connections to those who read, making them as they are needed. Thread-safe; must outlive
// what it lent.
class ReaderPool {
 public:
  // The database's connections are few, and other instances need some too; many at once are lists
  // that clients read slowly.
  static constexpr std::size_t kMostLent = 16;

  ReaderPool(const Libpq& pq, Target target, Availability& availability, const Clock& clock);

  // A place among those that are lent, free again when it goes.
  struct Leave {
    void operator()(ReaderPool* pool) const;
  };

  // A connection on loan. It is closed when it goes, unless it is given back.
  struct Lent {
    std::unique_ptr<ReaderPool, Leave> place;
    std::unique_ptr<Connection> connection;
  };

  // Lends a connection on which `begin` has succeeded. If it fails on one that has been lost since
  // it was last used, as when the database was restarted, it is called once more with a new one.
  // Errors: kUnavailable if all are lent, or the database was lost just now; else what `begin` says
  // by an Exception.
  Result<Lent> lend(const std::function<void(Connection&)>& begin);

  // Takes one back on which nothing has failed and no transaction is open.
  void give_back(Lent lent);

  // Runs `work`, which takes a Connection& and returns a Result, on a connection. It may be called
  // twice, as in `lend`, and must leave no transaction open. Errors: those of `lend` and `work`.
  template <class Work>
  auto read(const Work& work) -> std::invoke_result_t<const Work&, Connection&> {
    std::optional<std::invoke_result_t<const Work&, Connection&>> result;
    Result<Lent> lent = lend([&](Connection& connection) { result.emplace(work(connection)); });
    if (!lent) return tl::unexpected(lent.error());
    give_back(*std::move(lent));
    return *std::move(result);
  }

 private:
  static constexpr std::size_t kMostIdle = 4;

  std::unique_ptr<ReaderPool, Leave> take_place();
  std::unique_ptr<Connection> take_idle();
  void close_idle();
  std::unique_ptr<Connection> begin_on_one(const std::function<void(Connection&)>& begin);
  Error failed(const Exception& exception);

  const Libpq& pq_;
  Target target_;
  Availability& availability_;
  const Clock& clock_;
  std::mutex mutex_;
  std::size_t lent_ = 0;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace jobsched::pg
