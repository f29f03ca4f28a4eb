#include "daemon/store/postgres/group.h"

#include <utility>
#include <vector>

#include "daemon/store/postgres/creator.h"
#include "daemon/store/postgres/event_visitor.h"
#include "daemon/store/postgres/postgres_error.h"
#include "daemon/store/postgres/recorder.h"

namespace jobsched::pg {

namespace {

// How often an event is tried that meets another instance's transaction.
constexpr int kTries = 4;

// One without a name: what can become of it does not depend on other jobs.
bool is_plain_create(const StoreEvent& event) {
  const auto* const create = std::get_if<CreateEvent>(&event);
  return create != nullptr && !create->job.spec.name;
}

}  // namespace

void Group::carry_out_together() {
  for (std::size_t next = 0; next < events_.size();) {
    if (is_plain_create(events_[next])) {
      next = take_creates(next);
    } else if (std::holds_alternative<RecordEvent>(events_[next])) {
      next = take_records(next);
    } else if (auto* const claim = std::get_if<ClaimEvent>(&events_[next])) {
      claim->pending.result = EventVisitor(transaction_, leases_)(*claim);
      ++next;
    } else {
      carry_out(events_[next++]);
    }
  }
}

void Group::carry_out_each() {
  for (StoreEvent& event : events_)
    carry_out(event);
}

// Returns where the next event is.
std::size_t Group::take_creates(std::size_t first) {
  std::size_t end = first;
  std::vector<const Job*> jobs;
  for (; end < events_.size() && is_plain_create(events_[end]); ++end)
    jobs.push_back(&std::get<CreateEvent>(events_[end]).job);
  std::size_t index = first;
  for (Result<Created>& created : Creator(transaction_).create_each(jobs))
    std::get<CreateEvent>(events_[index++]).pending.result = std::move(created);
  return end;
}

std::size_t Group::take_records(std::size_t first) {
  std::size_t end = first;
  std::vector<const AttemptRecord*> records;
  for (; end < events_.size(); ++end) {
    auto* const event = std::get_if<RecordEvent>(&events_[end]);
    if (event == nullptr) break;
    for (const AttemptRecord& record : event->records)
      records.push_back(&record);
    event->pending.result = Result<void>{};
  }
  Recorder(transaction_, leases_).record(records);
  return end;
}

void Group::carry_out(StoreEvent& event) {
  std::visit([this](auto& one) { try_event(one); }, event);
}

template <class Event>
void Group::try_event(Event& event) {
  for (int tried = 1; !attempt(event, tried == kTries); ++tried) {
  }
}

// Says whether the event has its result; if not, it is to be tried again.
template <class Event>
bool Group::attempt(Event& event, bool last) {
  Connection& connection = transaction_.connection;
  transaction_.log.queue_notes();  // what others have noted is not undone with this one
  connection.queue("SAVEPOINT event");
  const AccountRows::Counts counts = transaction_.accounts.counts();
  const Leases::Mark mark = leases_.mark();
  bool done = true;
  try {
    event.pending.result = EventVisitor(transaction_, leases_)(event);
    if (*event.pending.result) {
      transaction_.log.queue_notes();
      connection.run("RELEASE event");
      return true;
    }
  } catch (const Exception& exception) {
    if (exception.lost()) throw;
    done = last || !(exception.contended() || exception.duplicate());
    event.pending.result = tl::unexpected(explain(exception));
  }
  connection.queue("ROLLBACK TO event");
  connection.run("RELEASE event");
  transaction_.log.forget();
  transaction_.accounts.restore(counts);
  transaction_.accounts.forget();
  leases_.undo_to(mark);
  return done;
}

}  // namespace jobsched::pg
