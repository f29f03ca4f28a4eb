#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "daemon/clock.h"
#include "daemon/fd.h"
#include "daemon/http/framer.h"
#include "daemon/http/message.h"

namespace jobsched::http {

class TlsIdentity;

// Where to listen: "host:port", "[v6]:port" or "unix:/path"; port 0 is any free one.
struct Address {
  std::string host;  // numeric or a name; empty for a UNIX socket
  std::string port;
  std::string path;  // of a UNIX socket

  bool is_loopback() const;  // a UNIX socket, 127.0.0.0/8, ::1 or localhost
};

// Errors: kInvalid.
Result<Address> parse_address(std::string_view text);

// The owner and the group may connect to a UNIX socket: whoever does commands the daemon.
inline constexpr mode_t kSharedSocket = 0660;

struct ServerSettings {
  FramerLimits framer = {};
  std::size_t connections = 10'000;  // open at once; more are answered 503 and closed
  std::size_t connections_per_peer =
      0;  // more are answered 429 and closed (peers.h); 0: any number
  std::chrono::milliseconds handshake{10'000};  // of TLS
  std::chrono::milliseconds idle{60'000};       // between two requests
  std::chrono::milliseconds request{30'000};    // from a request's first byte to its last
  std::chrono::milliseconds response{60'000};   // without progress in writing an answer
  mode_t socket_mode = kSharedSocket;           // of the files of UNIX sockets
};

// An HTTP server: one thread, one epoll, any number of connections. Requests on one connection are
// handled one after the other. Survives every error of accept; keeps no connection past its
// deadlines; writes with back-pressure.
class Server {
 public:
  // The clock must outlive the server.
  Server(const Clock& clock, ServerSettings settings, Handler handler, Refusal refusal);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Has every TCP address speak TLS, or by null none; UNIX sockets stay plain. The identity, which
  // may be reloaded at any time, must outlive the server. Before `run`, or on its thread:
  // connections that there are go on as they began.
  void secure(const TlsIdentity* identity);

  // Goes by other settings. Before `run`, or on its thread: connections that there are stay, also
  // if they are more than may be, and requests under way keep the limits that they began with. The
  // mode of sockets that are listened on stays.
  void set(const ServerSettings& settings);

  // Binds and listens; without SO_REUSEPORT, so that two daemons cannot share a port. A UNIX
  // socket left behind by a dead process is replaced; one that answers is not. Before `run` only.
  // Errors: kUnavailable naming the address and the reason.
  Result<void> listen(const Address& address);

  // Listens on a socket that another process has made for this one. Before `run` only.
  // Errors: of `adopt_listener` (listener.h).
  Result<void> adopt(Fd fd);

  // The addresses listened on, with the real ports, in the form `parse_address` reads.
  std::vector<std::string> addresses() const;

  // Serves until stopped. Called once, by the thread that serves.
  void run();

  // How many connections are open. Any thread.
  std::size_t connections() const;

  // Has `run` make a call at `due`, such as an answer that is given later; what it answers leaves
  // at once. Only on the thread of `run`, from a handler or such a call.
  void call_at(std::chrono::steady_clock::time_point due, std::function<void()> call);

  // Has `run` make a call soon. Any thread; never once `run` has returned.
  void post(std::function<void()> call);

  // Stops accepting and reading new requests, lets requests under way be answered for at most
  // `grace`, then closes everything and lets `run` return. Any thread; async-signal-unsafe.
  void stop(std::chrono::milliseconds grace);

 private:
  class Loop;

  std::unique_ptr<Loop> loop_;
};

}  // namespace jobsched::http
