#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/http/server.h"

namespace jobsched::http {

// Answers with "METHOD target body".
void echo(Request request, std::unique_ptr<Responder> responder);

Response text_response(int status, std::string body);

// A server that runs in a thread of its own. Its own answers are the details as plain text.
class TestServer {
 public:
  // Throws if it cannot listen.
  explicit TestServer(Handler handler = echo,
                      ServerSettings settings = {},
                      const std::vector<std::string>& listen = {"127.0.0.1:0"},
                      const TlsIdentity* identity = nullptr);
  ~TestServer();

  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  const std::string& address() const { return addresses_.front(); }

  const std::vector<std::string>& addresses() const { return addresses_; }

  void stop(std::chrono::milliseconds grace) { server_.stop(grace); }

  // Has the server changed by its own thread, and waits for that.
  void change(const std::function<void(Server&)>& change);

  void call_at(std::chrono::steady_clock::time_point due, std::function<void()> call) {
    server_.call_at(due, std::move(call));
  }

  // Whether it has stopped serving, waiting for that if need be, within a generous deadline.
  bool ended();

 private:
  SystemClock clock_;
  Server server_;
  std::vector<std::string> addresses_;
  std::future<void> serving_;
};

}  // namespace jobsched::http
