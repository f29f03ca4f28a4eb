#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/connection.h"
#include "cmd/failure.h"
#include "cmd/server_address.h"
#include "core/codec/format.h"
#include "core/time/instant.h"
#include "daemon/http/transport.h"

namespace jobsched::cmd {

enum class ExchangeEnd;

struct ClientRequest {
  std::string method;
  std::string target;  // e.g. "/1/jobs"
  Format accept;
  std::string body = {};                                          // JSON; none if empty
  std::vector<std::pair<std::string, std::string>> headers = {};  // and the usual ones
  Millis timeout = std::chrono::seconds{60};                      // of all of it, for `send`
};

// What a daemon answers with success.
struct Response {
  std::string body;
  std::string etag = {};  // of the job in the body, in its quotes; empty if it has none
  std::string link = {};  // the value of Link; empty if there is none
};

// Talks to a daemon over HTTP; keeps its connection between calls. Follows no redirect, uses no
// proxy of the environment, verifies TLS. Not thread-safe.
class Client {
 public:
  // Sends the key of the address's key file, if it names one, with every request; the file is read
  // at the first, whose errors are those of `read_key_file`, too.
  explicit Client(ServerAddress server);

  // Sends a request and waits for the whole answer: 5 s to connect, or less by the request's
  // timeout.
  // Fails with the exit code and the detail of an answer that is not a success (2xx); with
  // kUnreachable, saying what to do, if there is none; with kInterrupted by a SIGINT that is held
  // (cmd/patience.h), within a second.
  Fallible<Response> send(const ClientRequest& request);

  // The same for an answer of any size and duration, which is ended only by a minute of silence:
  // the pieces of its body go to `sink` as they come. A failure of `sink` ends it.
  using Sink = std::function<Fallible<void>(std::string_view piece)>;
  Fallible<void> stream(const ClientRequest& request, const Sink& sink);

 private:
  struct Transfer;

  Fallible<ExchangeEnd> exchange(const ClientRequest& request, Transfer& transfer);
  Fallible<void> perform(const ClientRequest& request, Transfer& transfer);
  Fallible<void> connect(SteadyTime deadline);
  std::string wire_text(const ClientRequest& request) const;
  Failure unreachable(const NoConnection& why) const;
  Failure unanswered(const std::string& why, const ClientRequest& request) const;

  Fallible<void> load_key();

  ServerAddress server_;
  std::string authorization_;                    // the header's line; empty: none
  std::unique_ptr<http::Transport> connection_;  // null: none yet, or one of no further use
};

}  // namespace jobsched::cmd
