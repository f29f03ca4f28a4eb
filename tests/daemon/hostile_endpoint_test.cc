#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/engine/answer.h"
#include "daemon/engine/curl_deliverer.h"
#include "tests/support/endpoint.h"
#include "tests/support/poll_loop.h"

// What an endpoint may do to the daemon: nothing. Whatever it sends or does not send, an attempt
// ends in time, reads a bounded amount, and says what was wrong.

using namespace std::chrono_literals;
using namespace jobsched::testing;
using jobsched::AttemptRequest;
using jobsched::AttemptResult;
using jobsched::CurlDeliverer;
using jobsched::Fault;
using jobsched::Outcome;

namespace {

constexpr auto kDeadline = 60s;  // of a test that hangs, sanitizers considered

// How long after its timeout an attempt ends at the latest, on a machine with much else to do.
constexpr auto kGrace = 500ms + 2s;

// What of an answer is read, and what the system takes in on its own before anybody reads it.
constexpr std::size_t kMostRead = jobsched::kMaxAnswerBody + jobsched::kMaxAnswerHeaders;
constexpr std::size_t kSystemBuffers = 524'288;

const std::string kOk = "HTTP/1.1 200 OK\r\n";

struct Rig {
  PollLoop loop;
  jobsched::SystemClock clock;
  const jobsched::CurlLibrary curl = jobsched::load_curl().value();
  CurlDeliverer deliverer{curl, loop, clock, 64};

  AttemptResult deliver(AttemptRequest request) {
    std::optional<AttemptResult> result;
    deliverer.start(std::move(request), [&](AttemptResult r) { result = std::move(r); });
    REQUIRE(loop.run_until(
        deliverer, [&] { return result.has_value(); }, kDeadline));
    return *result;
  }
};

// Sends `first`, then `piece` again and again, each time after `pause`.
Endpoint::Behaviour endless(std::string first, std::string piece, std::chrono::milliseconds pause) {
  return [=](Connection& connection, const std::string&) {
    connection.use_small_buffer();
    bool open = connection.send(first);
    while (open) {
      if (pause > 0ms) std::this_thread::sleep_for(pause);
      open = connection.send(piece);
    }
    return false;
  };
}

Endpoint::Behaviour flood(std::string first, std::string piece) {
  return endless(std::move(first), std::move(piece), 0ms);
}

// Sends the bytes and closes.
Endpoint::Behaviour once(std::string bytes) {
  return [bytes = std::move(bytes)](Connection& connection, const std::string&) {
    connection.send(bytes);
    return false;
  };
}

Endpoint::Behaviour once_then_reset(std::string bytes) {
  return [bytes = std::move(bytes)](Connection& connection, const std::string&) {
    connection.send(bytes);
    connection.reset();
    return false;
  };
}

// Sends the bytes, and then nothing.
Endpoint::Behaviour once_then_silence(std::string bytes) {
  return [bytes = std::move(bytes)](Connection& connection, const std::string&) {
    connection.send(bytes);
    connection.wait_for_close();
    return false;
  };
}

bool never_reads(Connection& connection, const std::string&) {
  connection.wait_without_reading();
  return false;
}

struct Hostility {
  std::string_view rule;
  Endpoint::Behaviour behaviour;
  Outcome outcome;
  Fault fault;
  Reads reads = Reads::kRequests;
  bool https = false;
};

// A gzip member that says it is one, and goes on with nonsense: whoever undoes it fails.
const std::string kGzip("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xff\xff\xff\xff\xff\xff", 16);

std::vector<Hostility> silences() {
  return {
      {"accepts and never reads", never_reads, Outcome::kTimedOut, Fault::kTimeout,
       Reads::kNothing},
      {"reads and never answers", once_then_silence(""), Outcome::kTimedOut, Fault::kTimeout},
      {"stops in the status line", once_then_silence("HTTP/1.1 2"), Outcome::kTimedOut,
       Fault::kTimeout},
      {"stops in the headers", once_then_silence(kOk + "X: y\r\n"), Outcome::kTimedOut,
       Fault::kTimeout},
      {"stops in the body", once_then_silence(kOk + "Content-Length: 9\r\n\r\nhalf"),
       Outcome::kTimedOut, Fault::kTimeout},
      {"stops in a chunk", once_then_silence(kOk + "Transfer-Encoding: chunked\r\n\r\n9\r\nhalf"),
       Outcome::kTimedOut, Fault::kTimeout},
      {"a body without length or end", once_then_silence(kOk + "\r\nbody"), Outcome::kTimedOut,
       Fault::kTimeout},
      {"a header byte now and then", endless(kOk + "X: ", "x", 50ms), Outcome::kTimedOut,
       Fault::kTimeout},
      {"a header now and then", endless(kOk, "X: y\r\n", 50ms), Outcome::kTimedOut,
       Fault::kTimeout},
      {"a body byte now and then", endless(kOk + "Content-Length: 60000\r\n\r\n", "x", 50ms),
       Outcome::kTimedOut, Fault::kTimeout},
      {"an interim answer now and then", endless("", "HTTP/1.1 102 Processing\r\n\r\n", 50ms),
       Outcome::kTimedOut, Fault::kTimeout},
      {"a TLS handshake that stalls", never_reads, Outcome::kTimedOut, Fault::kTimeout,
       Reads::kNothing, true},
  };
}

std::vector<Hostility> floods() {
  const std::string piece(4'096, 'x');
  return {
      {"a body without end", flood(kOk + "\r\n", piece), Outcome::kAccepted, Fault::kNone},
      {"a body without end, rejected", flood("HTTP/1.1 500 Oops\r\n\r\n", piece),
       Outcome::kRejected, Fault::kStatus},
      {"a body of a petabyte", flood(kOk + "Content-Length: 1125899906842624\r\n\r\n", piece),
       Outcome::kAccepted, Fault::kNone},
      {"chunks without end",
       flood(kOk + "Transfer-Encoding: chunked\r\n\r\n", "1000\r\n" + piece + "\r\n"),
       Outcome::kAccepted, Fault::kNone},
      {"a body that is said to be compressed", flood(kOk + "Content-Encoding: gzip\r\n\r\n", piece),
       Outcome::kAccepted, Fault::kNone},
      {"headers without end", flood(kOk, "X: " + piece + "\r\n"), Outcome::kUnreachable,
       Fault::kProtocol},
      {"short headers without end", flood(kOk, "X: y\r\n"), Outcome::kUnreachable,
       Fault::kProtocol},
      {"a header without end", flood(kOk + "X: ", piece), Outcome::kUnreachable, Fault::kProtocol},
      {"a status line without end", flood("HTTP/1.1 200 ", piece), Outcome::kUnreachable,
       Fault::kProtocol},
      {"interim answers without end", flood("", "HTTP/1.1 100 Continue\r\n\r\n"),
       Outcome::kUnreachable, Fault::kProtocol},
      {"trailers without end",
       flood(kOk + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "X: " + piece.substr(96) + "\r\n"),
       Outcome::kUnreachable, Fault::kProtocol},
      {"garbage without end", flood("", std::string(4'096, '\xfe')), Outcome::kUnreachable,
       Fault::kProtocol},
      {"garbage without end, unasked", flood("", std::string(4'096, '\xfe')), Outcome::kUnreachable,
       Fault::kProtocol, Reads::kNothing},
      {"garbage in place of TLS", flood("", piece), Outcome::kUnreachable, Fault::kTls,
       Reads::kNothing, true},
  };
}

std::vector<Hostility> lies() {
  return {
      {"closes at once", once(""), Outcome::kUnreachable, Fault::kConnection, Reads::kNothing},
      {"resets at once", once_then_reset(""), Outcome::kUnreachable, Fault::kConnection},
      {"resets after the headers", once_then_reset(kOk + "Content-Length: 9\r\n\r\n"),
       Outcome::kUnreachable, Fault::kConnection},
      {"resets in the body", once_then_reset(kOk + "Content-Length: 9\r\n\r\nhalf"),
       Outcome::kUnreachable, Fault::kConnection},
      {"a length that is too long", once(kOk + "Content-Length: 9\r\n\r\nhalf"),
       Outcome::kUnreachable, Fault::kConnection},
      {"a length that is too short", once(kOk + "Content-Length: 2\r\n\r\nhello"),
       Outcome::kAccepted, Fault::kNone},
      {"a negative length", once(kOk + "Content-Length: -1\r\n\r\nhello"), Outcome::kUnreachable,
       Fault::kProtocol},
      {"a length that is no number", once(kOk + "Content-Length: many\r\n\r\nhello"),
       Outcome::kUnreachable, Fault::kProtocol},
      {"a chunk length that is no number",
       once(kOk + "Transfer-Encoding: chunked\r\n\r\nmany\r\nhello\r\n0\r\n\r\n"),
       Outcome::kUnreachable, Fault::kProtocol},
      {"a chunk length beyond all numbers",
       once(kOk + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
       Outcome::kUnreachable, Fault::kProtocol},
      {"no compression after all",
       once(kOk + "Content-Encoding: gzip\r\nContent-Length: 16\r\n\r\n" + kGzip),
       Outcome::kAccepted, Fault::kNone},
      {"a coding that nobody knows",
       once(kOk + "Content-Encoding: no-such\r\nContent-Length: 2\r\n\r\nok"), Outcome::kAccepted,
       Fault::kNone},
      {"another protocol", once("SSH-2.0-OpenSSH_9.2\r\n"), Outcome::kUnreachable,
       Fault::kProtocol},
      {"HTTP/0.9", once("<html>hello</html>"), Outcome::kUnreachable, Fault::kProtocol},
      {"HTTP/2 frames", once(std::string("\0\0\x12\x04\0\0\0\0\0", 9)), Outcome::kUnreachable,
       Fault::kProtocol},
      {"NUL bytes", once(std::string(100, '\0')), Outcome::kUnreachable, Fault::kProtocol},
      {"no status", once("HTTP/1.1 \r\n\r\n"), Outcome::kUnreachable, Fault::kProtocol},
      {"a status that is no number", once("HTTP/1.1 abc\r\n\r\n"), Outcome::kUnreachable,
       Fault::kProtocol},
      {"a redirect to a metadata service",
       once("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/\r\n"
            "Content-Length: 0\r\n\r\n"),
       Outcome::kRejected, Fault::kStatus},
      {"a redirect to a file",
       once("HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"),
       Outcome::kRejected, Fault::kStatus},
      {"a redirect to itself",
       once("HTTP/1.1 308 Here\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"), Outcome::kRejected,
       Fault::kStatus},
      {"asks for a password",
       once("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"),
       Outcome::kRejected, Fault::kStatus},
  };
}

std::vector<Hostility> all() {
  std::vector<Hostility> rows = silences();
  for (auto&& more : {floods(), lies()})
    rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

// What is over by itself need not be over within a second of a busy machine.
AttemptRequest request_to(const Endpoint& endpoint) {
  return {"POST", endpoint.url(), {}, std::string(100'000, 'p'), 30s, 30s};
}

AttemptRequest request_to(const Endpoint& endpoint, const Hostility& row) {
  AttemptRequest request = request_to(endpoint);
  if (row.https) request.url.insert(4, "s");
  if (row.fault == Fault::kTimeout) request.timeout = 1s;
  return request;
}

}  // namespace

TEST_CASE("no endpoint holds an attempt up or makes it read on, and the log says what it did") {
  for (const Hostility& row : all()) {
    CAPTURE(row.rule);
    const Endpoint endpoint(row.behaviour, {}, row.reads);
    Rig rig;
    AttemptRequest request = request_to(endpoint, row);
    const auto timeout = request.timeout;
    const AttemptResult result = rig.deliver(std::move(request));
    CAPTURE(result.error);
    CHECK(result.outcome == row.outcome);
    CHECK(result.fault == row.fault);
    CHECK(result.error.empty() == (row.fault == Fault::kNone));
    CHECK(result.timings.total <= timeout + kGrace);
    CHECK(result.response.size() <= jobsched::kMaxKeptResponse);
    CHECK(endpoint.bytes_sent() <= kMostRead + kSystemBuffers);
    CHECK(endpoint.connections() == 1);
    CHECK(rig.deliverer.in_flight() == 0);
  }
}

TEST_CASE("a body is kept as it came, compressed or not") {
  const Endpoint endpoint(
      once(kOk + "Content-Encoding: gzip\r\nContent-Length: 16\r\n\r\n" + kGzip));
  Rig rig;
  CHECK(rig.deliver(request_to(endpoint)).response == kGzip);
}

TEST_CASE("a chunk extension without end, which libcurl drops unseen, is read until time is up") {
  const Endpoint endpoint(
      flood(kOk + "Transfer-Encoding: chunked\r\n\r\n5;", std::string(4'096, 'x')));
  Rig rig;
  AttemptRequest request = request_to(endpoint);
  request.timeout = 1s;
  const AttemptResult result = rig.deliver(std::move(request));
  CHECK(result.outcome == Outcome::kTimedOut);
  CHECK(result.fault == Fault::kTimeout);
  CHECK(result.timings.total <= 1s + kGrace);
}

TEST_CASE("what follows an answer unasked is no answer to the next request") {
  std::atomic<int> requests = 0;
  const Endpoint endpoint([&requests](Connection& connection, const std::string&) {
    const std::string body = std::to_string(++requests);
    return connection.send(kOk + "Content-Length: 1\r\n\r\n" + body +
                           "HTTP/1.1 410 Gone\r\nContent-Length: 4\r\n\r\nfake");
  });
  Rig rig;
  for (const std::string_view response : {"1", "2", "3"}) {
    const AttemptResult result = rig.deliver(request_to(endpoint));
    CHECK(result.outcome == Outcome::kAccepted);
    CHECK(result.response == response);
  }
}

TEST_CASE("all of them at once do not hold up an honest endpoint") {
  constexpr int kOfEach = 4;
  const Endpoint honest(answers(kOk + "Content-Length: 2\r\n\r\nok"));
  std::vector<std::unique_ptr<Endpoint>> endpoints;
  Rig rig;
  std::size_t accepted = 0;
  const std::vector<Hostility> rows = all();
  for (const Hostility& row : rows) {
    endpoints.push_back(std::make_unique<Endpoint>(row.behaviour, std::string(), row.reads));
    for (int i = 0; i < kOfEach; ++i) {
      rig.deliverer.start(request_to(*endpoints.back(), row), [&row](const AttemptResult& result) {
        CAPTURE(row.rule);
        CAPTURE(result.error);
        CHECK(result.outcome == row.outcome);
      });
      rig.deliverer.start(request_to(honest), [&accepted](const AttemptResult& result) {
        accepted += result.outcome == Outcome::kAccepted ? 1U : 0U;
      });
    }
  }
  CHECK(rig.loop.run_until(
      rig.deliverer, [&] { return rig.deliverer.in_flight() == 0; }, kDeadline));
  CHECK(accepted == rows.size() * kOfEach);
}
