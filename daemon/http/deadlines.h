#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

namespace jobsched::http {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr SteadyTime kNever = SteadyTime::max();

// One deadline. Only `Deadlines` changes it.
struct Deadline {
  SteadyTime due = kNever;
  SteadyTime queued = kNever;  // the place in the queue: never later than `due`
};

// The deadlines of many connections. Nearly all are moved before they are reached, so moving one
// later only notes it; the queue learns of it when the old time has come. Not thread-safe.
class Deadlines {
 public:
  using Key = std::uint64_t;

  // Moves the deadline of `key` to `due`; kNever is none.
  void set(Key key, Deadline& deadline, SteadyTime due);

  // Takes it out; needed before a deadline that was ever set goes away.
  void remove(Key key, Deadline& deadline);

  // No deadline is reached before this.
  SteadyTime next() const { return queue_.empty() ? kNever : queue_.begin()->first; }

  // Takes a key whose deadline may have been reached at `now` off the queue; ask `reached` then.
  std::optional<Key> take(SteadyTime now);

  // Whether the deadline of a key just taken has been reached. If not, it is queued again.
  bool reached(Key key, Deadline& deadline, SteadyTime now);

 private:
  std::set<std::pair<SteadyTime, Key>> queue_;
};

}  // namespace jobsched::http
