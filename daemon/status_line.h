#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobsched {

// The addresses of a listener as people and scripts read them: URLs and "unix:/path" with commas in
// between, "off" if there are none. `scheme` is "http://" or "https://".
std::string list_addresses(const std::vector<std::string>& addresses, std::string_view scheme);

// How the daemon is, as far as its service manager shows it to people.
struct DaemonState {
  std::string addresses;                        // where it serves
  std::optional<std::uint64_t> pending = {};    // jobs; absent if the store cannot say
  std::uint64_t instances = 1;                  // that share the store
  std::optional<std::string> store_fault = {};  // why the store cannot be written
  bool draining = false;
  std::uint64_t in_flight = 0;     // callbacks
  std::string settings_news = {};  // what is left to be done about changed settings
};

// That in one line, which `systemctl status` shows: "serving http://127.0.0.1:7243, 3 jobs
// pending".
std::string status_line(const DaemonState& state);

// Finds out when there is something new to be shown.
class StatusNews {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // Jobs come and go all the time: their number alone is news only so often.
  static constexpr std::chrono::minutes kNumberOfJobs{1};

  // The line to be shown from now on; absent if the one that is shown will do.
  std::optional<std::string> look(const DaemonState& state, SteadyTime now);

 private:
  std::string shown_;
  std::string shown_without_jobs_;
  SteadyTime shown_at_;
};

}  // namespace jobsched
