// A callback endpoint for benchmarks: one thread that answers every request with 200 after a delay.
// Prints its port, and when COUNT callbacks have been answered "SECONDS MIN P50 P99 MAX": the time
// from the earliest fire time to the last answer, and how late callbacks arrived after their fire
// times, in milliseconds. Then it ends. A negative delay: it never answers.
//
//   sink COUNT DELAY-MS

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/time/iso8601.h"
#include "daemon/fd.h"

namespace {

using namespace jobsched;
using Clock = std::chrono::steady_clock;
using Micros = std::chrono::microseconds;

constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

std::chrono::sys_time<Micros> wall_clock() {
  return std::chrono::time_point_cast<Micros>(std::chrono::system_clock::now());
}

std::string_view header(std::string_view head, std::string_view name) {
  const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
  if (at == std::string_view::npos) return {};
  const std::size_t begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

class Sink {
 public:
  Sink(std::size_t count, Clock::duration delay) : count_(count), delay_(delay) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    void* const any = &address;
    socklen_t size = sizeof address;
    ::bind(listener_.get(), static_cast<sockaddr*>(any), size);
    ::listen(listener_.get(), 16'384);
    ::getsockname(listener_.get(), static_cast<sockaddr*>(any), &size);
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    watch(listener_.get());
  }

  void run() {
    std::array<epoll_event, 512> events{};
    while (answered_ < count_) {
      const int ready = ::epoll_wait(epoll_.get(), events.data(), int{events.size()}, wait());
      for (int i = 0; i < ready; ++i) {
        const int fd = events.at(static_cast<std::size_t>(i)).data.fd;
        fd == listener_.get() ? accept_all() : receive(fd);
      }
      answer_due();
    }
  }

  void print() {
    std::ranges::sort(late_);
    const auto at = [&](double share) {
      const auto index = static_cast<double>(late_.size() - 1) * share;
      return static_cast<double>(late_[static_cast<std::size_t>(index)].count()) / 1'000;
    };
    const double seconds = std::chrono::duration<double>(wall_clock() - first_fire_time_).count();
    std::printf("%.3f %.3f %.3f %.3f %.3f\n", seconds, at(0), at(0.5), at(0.99), at(1));
  }

 private:
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }

  int wait() const {
    if (pending_.empty() || delay_ < Clock::duration::zero()) return -1;
    const auto left = pending_.front().due - Clock::now();
    return std::max(0,
                    static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
  }

  void accept_all() {
    for (int fd = 0;
         (fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      watch(fd);
    }
  }

  void receive(int fd) {
    std::array<char, 16'384> piece{};
    const ssize_t size = ::recv(fd, piece.data(), piece.size(), 0);
    if (size <= 0) {
      ::close(fd);
      buffers_.erase(fd);
      return;
    }
    std::string& buffer = buffers_[fd];
    buffer.append(piece.data(), static_cast<std::size_t>(size));
    while (take_request(fd, buffer)) {
    }
  }

  bool take_request(int fd, std::string& buffer) {
    const std::size_t end = buffer.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::string_view head = std::string_view(buffer).substr(0, end + 2);
    const std::string length(header(head, "Content-Length"));
    const std::size_t whole = end + 4 + (length.empty() ? 0 : std::stoul(length));
    if (buffer.size() < whole) return false;
    note(header(head, "Jobsched-Fire-Time"));
    buffer.erase(0, whole);
    pending_.push_back({fd, Clock::now() + delay_});
    return true;
  }

  void note(std::string_view fire_time) {
    const auto now = wall_clock();
    const Result<Instant> read = parse_instant(fire_time);
    const std::chrono::sys_time<Micros> at = read ? *read : now;
    if (late_.empty() || at < first_fire_time_) first_fire_time_ = at;
    late_.push_back(now - at);
  }

  void answer_due() {
    if (delay_ < Clock::duration::zero()) return;
    const auto now = Clock::now();
    for (; !pending_.empty() && pending_.front().due <= now; pending_.pop_front()) {
      ::send(pending_.front().fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
      ++answered_;
    }
  }

  struct Pending {
    int fd;
    Clock::time_point due;
  };

  std::size_t count_;
  Clock::duration delay_;
  Fd listener_{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  Fd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  std::unordered_map<int, std::string> buffers_;
  std::deque<Pending> pending_;
  std::size_t answered_ = 0;
  std::vector<Micros> late_;
  std::chrono::sys_time<Micros> first_fire_time_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
  Sink sink(std::stoul(argv[1]), std::chrono::milliseconds{std::stol(argv[2])});
  sink.run();
  sink.print();
}
