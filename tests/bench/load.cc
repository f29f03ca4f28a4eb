#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "daemon/fd.h"

namespace jobsched::testing {

namespace {

using Clock = std::chrono::steady_clock;

Fd connect_to(const std::string& host_port) {
  const std::size_t colon = host_port.rfind(':');
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(host_port.substr(colon + 1))));
  ::inet_pton(AF_INET, host_port.substr(0, colon).c_str(), &to.sin_addr);
  const void* const any = &to;
  if (::connect(fd.get(), static_cast<const sockaddr*>(any), sizeof to) != 0) {
    std::perror(host_port.c_str());
    std::exit(1);
  }
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

std::chrono::microseconds percentile(std::vector<Clock::duration>& times, double share) {
  if (times.empty()) return {};
  const auto at = static_cast<std::ptrdiff_t>(static_cast<double>(times.size() - 1) * share);
  std::nth_element(times.begin(), times.begin() + at, times.end());
  return std::chrono::duration_cast<std::chrono::microseconds>(times[static_cast<std::size_t>(at)]);
}

}  // namespace

Load measure_load(const std::string& host_port,
                  std::size_t connections,
                  std::chrono::milliseconds time,
                  const std::function<std::string(std::uint64_t number)>& request) {
  struct Client {
    Fd fd;
    Clock::time_point sent;
  };

  const Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<Client> clients(connections);
  std::uint64_t number = 0;
  const auto send_next = [&](Client& client) {
    const std::string text = request(number++);
    client.sent = Clock::now();
    ::send(client.fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
  };
  for (std::size_t i = 0; i < connections; ++i) {
    clients[i].fd = connect_to(host_port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, clients[i].fd.get(), &event);
  }
  Load load;
  std::vector<Clock::duration> times;
  std::array<epoll_event, 256> events{};
  std::array<char, 4'096> answer{};
  const auto begin = Clock::now();
  for (Client& client : clients)
    send_next(client);
  while (Clock::now() - begin < time) {
    const int count = ::epoll_wait(epoll.get(), events.data(), int{events.size()}, 100);
    for (int i = 0; i < count; ++i) {
      Client& client = clients[events.at(static_cast<std::size_t>(i)).data.u64];
      const ssize_t size = ::recv(client.fd.get(), answer.data(), answer.size(), 0);
      if (size <= 0) continue;
      times.push_back(Clock::now() - client.sent);
      if (!std::string_view(answer.data(), static_cast<std::size_t>(size))
               .starts_with("HTTP/1.1 2"))
        ++load.refused;
      send_next(client);
    }
  }
  load.per_second = static_cast<double>(times.size()) /
                    std::chrono::duration<double>(Clock::now() - begin).count();
  load.p50 = percentile(times, 0.5);
  load.p99 = percentile(times, 0.99);
  return load;
}

std::string post(const std::string& target, const std::string& type, const std::string& body) {
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace jobsched::testing
