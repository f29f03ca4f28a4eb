#include "daemon/status_line.h"

#include <algorithm>
#include <utility>

#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

std::string count(std::uint64_t number, std::string_view what) {
  return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

std::string drain(const DaemonState& state) {
  if (state.in_flight == 0) return "draining";
  return "draining: " + count(state.in_flight, "callback") + " in flight";
}

std::string service(const DaemonState& state) {
  std::string text = "serving " + state.addresses;
  if (state.pending) text += ", " + count(*state.pending, "job") + " pending";
  if (state.instances > 1) text += ", " + count(state.instances, "instance");
  return text;
}

}  // namespace

std::string list_addresses(const std::vector<std::string>& addresses, std::string_view scheme) {
  std::string list;
  for (const std::string& address : addresses) {
    if (!list.empty()) list += ',';
    if (!address.starts_with("unix:")) list += scheme;
    list += address;
  }
  return list.empty() ? "off" : list;
}

std::string status_line(const DaemonState& state) {
  std::string text;
  if (state.draining) text = drain(state);
  if (state.store_fault) {
    text += (text.empty() ? "" : "; ") + ("the store cannot be written: " + *state.store_fault);
  }
  if (text.empty()) text = service(state);
  if (!state.settings_news.empty() && !state.draining) text += "; " + state.settings_news;
  // A second line would be another message to the service manager.
  text = printable(text);
  std::ranges::replace_if(text, is_space, ' ');
  return text;
}

std::optional<std::string> StatusNews::look(const DaemonState& state, SteadyTime now) {
  std::string line = status_line(state);
  if (line == shown_) return std::nullopt;
  DaemonState without_jobs = state;
  without_jobs.pending.reset();
  std::string rest = status_line(without_jobs);
  if (rest == shown_without_jobs_ && now - shown_at_ < kNumberOfJobs) return std::nullopt;
  shown_ = std::move(line);
  shown_without_jobs_ = std::move(rest);
  shown_at_ = now;
  return shown_;
}

}  // namespace jobsched
