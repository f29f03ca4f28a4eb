#include "daemon/store/postgres/reader_pool.h"

#include "daemon/store/postgres/postgres_error.h"

namespace jobsched::pg {

ReaderPool::ReaderPool(const Libpq& pq,
                       Target target,
                       Availability& availability,
                       const Clock& clock)
    : pq_(pq), target_(std::move(target)), availability_(availability), clock_(clock) {}

void ReaderPool::Leave::operator()(ReaderPool* pool) const {
  const std::lock_guard lock(pool->mutex_);
  --pool->lent_;
}

Result<ReaderPool::Lent> ReaderPool::lend(const std::function<void(Connection&)>& begin) {
  if (auto available = availability_.check(clock_.steady_now()); !available)
    return tl::unexpected(available.error());
  std::unique_ptr<ReaderPool, Leave> place = take_place();
  if (!place) {
    return fail(ErrorKind::kUnavailable, "too many lists are being read at once; try again");
  }
  try {
    std::unique_ptr<Connection> connection = begin_on_one(begin);
    availability_.note_success();
    return Lent{std::move(place), std::move(connection)};
  } catch (const Exception& exception) {
    return tl::unexpected(failed(exception));
  }
}

// Where one idle connection was lost, so were the others.
std::unique_ptr<Connection> ReaderPool::begin_on_one(
    const std::function<void(Connection&)>& begin) {
  if (std::unique_ptr<Connection> idle = take_idle()) {
    try {
      begin(*idle);
      return idle;
    } catch (const Exception& exception) {
      if (!exception.lost()) throw;
    }
    close_idle();
  }
  auto made = std::make_unique<Connection>(pq_, target_);
  begin(*made);
  return made;
}

// What is too many is closed outside the lock: that takes its time.
void ReaderPool::give_back(Lent lent) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(lent.connection));
}

Error ReaderPool::failed(const Exception& exception) {
  Error error = explain(exception);
  if (exception.lost()) availability_.note_loss(error, clock_.steady_now());
  return error;
}

std::unique_ptr<ReaderPool, ReaderPool::Leave> ReaderPool::take_place() {
  const std::lock_guard lock(mutex_);
  if (lent_ >= kMostLent) return nullptr;
  ++lent_;
  return std::unique_ptr<ReaderPool, Leave>(this);
}

std::unique_ptr<Connection> ReaderPool::take_idle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  std::unique_ptr<Connection> idle = std::move(idle_.back());
  idle_.pop_back();
  return idle;
}

void ReaderPool::close_idle() {
  std::vector<std::unique_ptr<Connection>> idle;
  const std::lock_guard lock(mutex_);
  idle.swap(idle_);
}

}  // namespace jobsched::pg
