// What the HTTP server itself can do, with a handler that only echoes.
//
//   http_bench                measures: one client thread, keep-alive, one request at a time on
//   each
//                             connection
//   http_bench 127.0.0.1:0    serves, for other programs to measure; ends when its input does

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "daemon/fd.h"
#include "tests/support/http_server.h"

namespace {

using jobsched::Fd;
using jobsched::http::TestServer;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kTime{3};
constexpr std::size_t kBody = 300;

Fd connect_to(const std::string& address) {
  const auto parsed = jobsched::http::parse_address(address).value();
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(parsed.port)));
  ::inet_pton(AF_INET, parsed.host.c_str(), &to.sin_addr);
  const void* const any = &to;
  ::connect(fd.get(), static_cast<const sockaddr*>(any), sizeof to);
  return fd;
}

// Requests a second over this many connections. Every answer fits one read.
double measure(const std::string& address, std::size_t connections) {
  const std::string request =
      "POST /1/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(kBody) + "\r\n\r\n" +
      std::string(kBody, 'b');
  const Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<Fd> clients;
  for (std::size_t i = 0; i < connections; ++i) {
    clients.push_back(connect_to(address));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = clients.back().get();
    ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, event.data.fd, &event);
    ::send(event.data.fd, request.data(), request.size(), MSG_NOSIGNAL);
  }
  std::size_t answers = 0;
  std::array<epoll_event, 256> events{};
  std::array<char, 4'096> answer{};
  const auto begin = Clock::now();
  while (Clock::now() - begin < kTime) {
    const int count =
        ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), 100);
    for (int i = 0; i < count; ++i) {
      const int fd = events.at(static_cast<std::size_t>(i)).data.fd;
      if (::recv(fd, answer.data(), answer.size(), 0) <= 0) continue;
      ++answers;
      ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
    }
  }
  return static_cast<double>(answers) / std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

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
  std::printf("connections  requests/s\n");
  for (const std::size_t connections : {1U, 64U, 256U, 1'024U}) {
    std::printf("%11zu  %10.0f\n", connections, measure(server.address(), connections));
    std::fflush(stdout);
  }
}
