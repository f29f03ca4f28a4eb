#include "daemon/store/event_queue.h"

#include <algorithm>
#include <iterator>

namespace jobsched {

namespace {

std::size_t size_of(const JobSpec& spec) {
  const auto size = [](const std::optional<std::string>& text) { return text ? text->size() : 0; };
  std::size_t headers = 0;
  for (const auto& [name, value] : spec.headers) {
    headers += sizeof(name) + sizeof(value) + name.size() + value.size();
  }
  return spec.url.size() + size(spec.signature) + size(spec.content_type) + size(spec.data) +
         size(spec.name) + headers;
}

std::size_t size_of(const std::vector<Job>& jobs) {
  std::size_t size = 0;
  for (const Job& job : jobs)
    size += sizeof(Job) + size_of(job.spec);
  return size;
}

std::size_t size_of(const StoreEvent& event) {
  if (const auto* create = std::get_if<CreateEvent>(&event)) return size_of(create->job.spec);
  if (const auto* create = std::get_if<CreateAllEvent>(&event)) return size_of(create->jobs);
  if (const auto* create = std::get_if<CreateOnceEvent>(&event)) return size_of(create->jobs);
  if (const auto* remove = std::get_if<RemoveAllEvent>(&event)) {
    return remove->ids.size() * sizeof(JobId);
  }
  if (const auto* replace = std::get_if<ReplaceEvent>(&event)) return size_of(replace->spec);
  return 0;
}

std::size_t weight_of(const StoreEvent& event) {
  if (const auto* create = std::get_if<CreateAllEvent>(&event)) return create->jobs.size();
  if (const auto* create = std::get_if<CreateOnceEvent>(&event)) return create->jobs.size();
  if (const auto* remove = std::get_if<RemoveAllEvent>(&event)) return remove->ids.size();
  return 1;
}

bool from_the_scheduler(const StoreEvent& event) {
  return std::holds_alternative<ClaimEvent>(event) || std::holds_alternative<RecordEvent>(event);
}

}  // namespace

std::optional<StoreEvent> EventQueue::push(StoreEvent event) {
  const std::size_t size = size_of(event);
  {
    const std::lock_guard lock(mutex_);
    const bool full = events_.size() >= kMaxEvents || bytes_ + size > kMaxBytes;
    if (full && !from_the_scheduler(event)) return event;
    bytes_ += size;
    events_.push_back(std::move(event));
  }
  changed_.notify_one();
  return std::nullopt;
}

std::vector<StoreEvent> EventQueue::take(std::size_t max) {
  const std::lock_guard lock(mutex_);
  auto end = events_.begin();
  for (std::size_t weight = 0; end != events_.end() && weight < max; ++end)
    weight += weight_of(*end);
  std::vector<StoreEvent> taken(std::make_move_iterator(events_.begin()),
                                std::make_move_iterator(end));
  events_.erase(events_.begin(), end);
  for (const StoreEvent& event : taken) {
    bytes_ -= size_of(event);
  }
  return taken;
}

void EventQueue::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !events_.empty() || stopped_; });
}

void EventQueue::stop_waiting() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

}  // namespace jobsched
