#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/fd.h"

namespace jobsched::testing {

// The endpoint's side of one connection.
class Connection {
 public:
  // What is sent is added to `sent`.
  Connection(int fd, std::atomic<std::size_t>& sent) : fd_(fd), sent_(sent) {}

  // False once the other side has gone.
  bool send(std::string_view bytes);

  // Reads one request, head and body; empty when the other side has closed.
  std::string receive();

  // Waits until the other side closes.
  void wait_for_close();

  // The same without reading anything.
  void wait_without_reading();

  // Lets the system keep little of what is sent and not received yet.
  void use_small_buffer();

  // Closes with a reset instead of an orderly end.
  void reset();

 private:
  int fd_;
  std::atomic<std::size_t>& sent_;
  std::string buffer_;
};

// What an endpoint reads before it behaves.
enum class Reads { kRequests, kNothing };

// An HTTP endpoint on loopback that answers as the test wants: one thread to accept, one a
// connection. Whatever it does ends when it is destroyed.
class Endpoint {
 public:
  // Called with each request, or once with none if nothing is read; true if another may follow on
  // the connection.
  using Behaviour = std::function<bool(Connection&, const std::string& request)>;

  // A `greeting` is sent as soon as a connection is made.
  explicit Endpoint(Behaviour behaviour, std::string greeting = {}, Reads reads = Reads::kRequests);
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  std::string url(std::string_view path = "/") const;

  // All requests so far, as they came.
  std::vector<std::string> requests() const;

  // How many connections were made so far.
  std::size_t connections() const;

  // How many bytes were sent so far, or are on their way.
  std::size_t bytes_sent() const { return sent_; }

 private:
  struct Client {
    Fd fd;
    std::thread thread;
  };

  void accept_all();
  void serve(int fd);

  Behaviour behaviour_;
  std::string greeting_;
  Reads reads_;
  std::atomic<std::size_t> sent_ = 0;
  Fd listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::list<Client> clients_;
  std::vector<std::string> requests_;
  std::thread acceptor_;
};

// The usual behaviour: sends `answer` to each request and keeps the connection.
Endpoint::Behaviour answers(std::string answer);

// A port of loopback on which nobody listens.
std::uint16_t unused_port();

}  // namespace jobsched::testing
