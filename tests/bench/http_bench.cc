// What the HTTP server itself can do, with a handler that only echoes.
//
//   http_bench                measures: one client thread, keep-alive, one request at a time on
//                             each connection
//   http_bench 127.0.0.1:0    serves, for other programs to measure; ends when its input does

#include <chrono>
#include <cstdio>
#include <string>

#include "tests/bench/load.h"
#include "tests/support/http_server.h"

using jobsched::http::TestServer;

int main(int argc, char** argv) {
  if (argc > 1) {
    const TestServer server(jobsched::http::echo, {}, {argv[1]});
    std::printf("%s\n", server.address().c_str());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    return 0;
  }
  const TestServer server;
  const std::string request =
      jobsched::testing::post("/1/jobs", "application/json", std::string(300, 'b'));
  std::printf("connections  requests/s     p50 us     p99 us\n");
  for (const std::size_t connections : {1U, 64U, 256U, 1'024U}) {
    const auto load = jobsched::testing::measure_load(
        server.address(), connections, std::chrono::seconds{3}, [&](auto) { return request; });
    std::printf("%11zu  %10.0f %10ld %10ld\n", connections, load.per_second, load.p50.count(),
                load.p99.count());
    std::fflush(stdout);
  }
}
