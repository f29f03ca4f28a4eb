#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace jobsched::testing {

// What a server did with the requests of some clients.
struct Load {
  double per_second = 0;
  std::chrono::microseconds p50{};
  std::chrono::microseconds p99{};
  std::uint64_t refused = 0;  // answers that are not 2xx
};

// Sends requests over `connections` keep-alive connections, one at a time on each, for `time`, and
// measures. `request` gives the whole text of the request with that number. Every answer must fit
// one read. Exits with a message if the server cannot be reached.
Load measure_load(const std::string& host_port,
                  std::size_t connections,
                  std::chrono::milliseconds time,
                  const std::function<std::string(std::uint64_t number)>& request);

// "POST TARGET" of a body of that type.
std::string post(const std::string& target, const std::string& type, const std::string& body);

}  // namespace jobsched::testing
