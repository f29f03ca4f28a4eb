#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/fd.h"

namespace jobsched::http {

// An answer as a client sees it.
struct Reply {
  int status = 0;
  std::string head;  // all lines with their ends
  std::string body;

  bool has(std::string_view line) const;  // among the lines of the head
};

// A client that says exactly what it is told to. Blocks, but never for ever: waiting longer than a
// generous deadline throws, and so does a connection that is lost where that is not expected.
class TestClient {
 public:
  // `address` is of the form that `Server::addresses` gives.
  explicit TestClient(const std::string& address);

  // Not connected yet, but with its descriptor.
  static TestClient unconnected_tcp();
  void connect(const std::string& address);

  void send(std::string_view bytes);

  // Sends `piece` again and again, at most `limit` bytes in all, until there is something to read,
  // the connection is lost, or nothing more is taken for a moment. Returns how much was sent.
  std::size_t send_while_taken(std::string_view piece, std::size_t limit);

  // Says that no more will be sent.
  void finish();

  // Reads one answer; `bodiless` if it answers HEAD.
  Reply read(bool bodiless = false);

  // Reads at most this much; empty at the end of the connection.
  std::string read_some(std::size_t most);

  // Reads until the server closes, or resets, the connection.
  std::string read_to_end();

  // Whether something, or the end, can be read within this time.
  bool readable_within(int milliseconds) const;

 private:
  explicit TestClient(Fd fd) : fd_(std::move(fd)) {}

  bool read_more(std::size_t most = 64 * 1024);

  Fd fd_;
  std::string pending_;  // read but not yet returned
};

// A request, sent on a connection of its own, and its answer.
Reply ask(const std::string& address, std::string_view request);

}  // namespace jobsched::http
