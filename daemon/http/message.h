#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jobsched::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// A complete, checked HTTP/1.1 request.
struct Request {
  std::string method;     // as sent: methods are case-sensitive
  std::string target;     // raw: path and query as sent, undecoded (origin form)
  Headers headers;        // values without surrounding white space
  std::string body;       // de-chunked
  std::string peer = {};  // the client's IP address as text; empty on a UNIX socket

  // The value of a header by its name in any case; several lines are joined with ", ". Absent if
  // there is none.
  std::optional<std::string> header(std::string_view name) const;

  // The target up to its first `?`, and what follows it.
  std::string_view path() const;
  std::string_view query() const;
};

// A body made piece by piece while it is sent, so that its size does not matter.
class BodySource {
 public:
  virtual ~BodySource() = default;

  // The next piece; empty at the end, absent if it cannot go on (the connection is then closed).
  virtual std::optional<std::string> next() = 0;
};

// An answer. The server adds Content-Length, Date and Connection.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  // If set, sent in place of `body`; it gives exactly `content_length` bytes.
  std::unique_ptr<BodySource> source;
  std::uint64_t content_length = 0;
};

// Answers one request, once; may be called from any thread, also after the connection has gone.
// If it is dropped without a call, the request is answered with 500.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void respond(Response response) = 0;
};

// Handles requests, on the server's thread: must not block. To answer later, keep the responder.
using Handler = std::function<void(Request, std::unique_ptr<Responder>)>;

// Makes the answer to a request that never reached the handler because it was not acceptable HTTP:
// the status and what is wrong, in words. Called on the server's thread.
using Refusal = std::function<Response(int status, std::string detail, const Request* partial)>;

}  // namespace jobsched::http
