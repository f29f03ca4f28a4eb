#include "daemon/http/deadlines.h"

namespace jobsched::http {

void Deadlines::set(Key key, Deadline& deadline, SteadyTime due) {
  deadline.due = due;
  if (due >= deadline.queued) return;
  queue_.erase({deadline.queued, key});
  queue_.emplace(due, key);
  deadline.queued = due;
}

void Deadlines::remove(Key key, Deadline& deadline) {
  queue_.erase({deadline.queued, key});
  deadline = {};
}

std::optional<Deadlines::Key> Deadlines::take(SteadyTime now) {
  if (next() > now) return std::nullopt;
  return queue_.extract(queue_.begin()).value().second;
}

bool Deadlines::reached(Key key, Deadline& deadline, SteadyTime now) {
  deadline.queued = kNever;
  if (deadline.due <= now) return true;
  set(key, deadline, deadline.due);
  return false;
}

}  // namespace jobsched::http
