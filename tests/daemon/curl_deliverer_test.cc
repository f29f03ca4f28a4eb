#include "daemon/engine/curl_deliverer.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/endpoint.h"
#include "tests/support/poll_loop.h"

using namespace std::chrono_literals;
using namespace jobsched::testing;
using jobsched::AttemptRequest;
using jobsched::AttemptResult;
using jobsched::CurlDeliverer;
using jobsched::Fault;
using jobsched::Micros;
using jobsched::NetworkRules;
using jobsched::Outcome;

namespace {

constexpr auto kDeadline = 60s;  // of a test that hangs, sanitizers considered

AttemptRequest request_to(std::string url) {
  return {"POST", std::move(url), {}, {}, 5s, 20s};
}

// A deliverer and its event loop.
struct Rig {
  explicit Rig(NetworkRules rules = {}) : deliverer(curl, loop, clock, 64, std::move(rules)) {}

  PollLoop loop;
  jobsched::SystemClock clock;
  const jobsched::CurlLibrary curl = jobsched::load_curl().value();
  CurlDeliverer deliverer;

  AttemptResult deliver(AttemptRequest request) {
    std::optional<AttemptResult> result;
    deliverer.start(std::move(request), [&](AttemptResult r) { result = std::move(r); });
    REQUIRE_FALSE(result.has_value());
    REQUIRE(loop.run_until(
        deliverer, [&] { return result.has_value(); }, kDeadline));
    CHECK(deliverer.in_flight() == 0);
    return *result;
  }

  AttemptResult deliver(const Endpoint& endpoint) { return deliver(request_to(endpoint.url())); }
};

std::string answer(std::string_view status, std::string_view headers = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) +
         "Content-Length: 0\r\n\r\n";
}

// The request's body.
std::string body_of(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

bool has_line(const std::string& request, std::string_view line) {
  return request.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
}

// Sends the same bytes for ever, each time after `pause`.
Endpoint::Behaviour endless(std::string first, std::string piece, std::chrono::milliseconds pause) {
  return [=](Connection& connection, const std::string&) {
    bool open = connection.send(first);
    while (open) {
      std::this_thread::sleep_for(pause);
      open = connection.send(piece);
    }
    return false;
  };
}

}  // namespace

TEST_CASE("what an answer means") {
  struct Row {
    std::string_view rule;
    std::string answer;
    Outcome outcome;
    int status;
    std::string_view error;
  };

  const Row rows[] = {
      {"200", answer("200 OK"), Outcome::kAccepted, 200, ""},
      {"204", "HTTP/1.1 204 No Content\r\n\r\n", Outcome::kAccepted, 204, ""},
      {"299", answer("299 Strange"), Outcome::kAccepted, 299, ""},
      {"no reason phrase", answer("200"), Outcome::kAccepted, 200, ""},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", Outcome::kAccepted, 200, ""},
      {"a body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Outcome::kAccepted, 200, ""},
      {"a chunked body",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
       Outcome::kAccepted, 200, ""},
      {"a body that is said to be compressed is not touched",
       "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
       Outcome::kAccepted, 200, ""},
      {"interim answers are passed over",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + answer("201 Created"),
       Outcome::kAccepted, 201, ""},
      {"304", answer("304 Not Modified"), Outcome::kRejected, 304, "the endpoint answered 304"},
      {"400", answer("400 Bad"), Outcome::kRejected, 400, "the endpoint answered 400"},
      {"401", answer("401 No"), Outcome::kRejected, 401, "the endpoint answered 401"},
      {"410", answer("410 Gone"), Outcome::kRejected, 410, "the endpoint answered 410"},
      {"500", answer("500 Oops"), Outcome::kRejected, 500, "the endpoint answered 500"},
      {"503", answer("503 Busy"), Outcome::kRejected, 503, "the endpoint answered 503"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const Endpoint endpoint(answers(row.answer));
    Rig rig;
    const AttemptResult result = rig.deliver(endpoint);
    CHECK(result.outcome == row.outcome);
    CHECK(result.fault == (row.outcome == Outcome::kAccepted ? Fault::kNone : Fault::kStatus));
    CHECK(result.status == row.status);
    CHECK(result.error == row.error);
    CHECK_FALSE(result.retry_after.has_value());
    CHECK_FALSE(result.no_retry);
    CHECK(endpoint.requests().size() == 1);
  }
}

TEST_CASE("a redirect is not followed") {
  const Endpoint other(answers(answer("200 OK")));
  for (const std::string_view status : {"301 Moved", "302 Found", "303 See", "307 T", "308 P"}) {
    CAPTURE(status);
    const Endpoint endpoint(answers(answer(status, "Location: " + other.url() + "\r\n")));
    Rig rig;
    CHECK(rig.deliver(endpoint).outcome == Outcome::kRejected);
  }
  CHECK(other.requests().empty());
}

TEST_CASE("an endpoint says when to come again, and whether at all") {
  Rig rig;
  const Endpoint in_seconds(answers(answer("503 Busy", "Retry-After: 120\r\n")));
  CHECK(rig.deliver(in_seconds).retry_after == 120s);

  const Endpoint at_a_date(
      answers(answer("503 Busy", "Retry-After: Sun, 06 Nov 2050 08:49:37 GMT\r\n")));
  const auto retry_after = rig.deliver(at_a_date).retry_after;
  REQUIRE(retry_after.has_value());
  CHECK(*retry_after > 24h);

  const Endpoint never(answers(answer("500 Oops", "Jobsched-No-Retry: 1\r\n")));
  CHECK(rig.deliver(never).no_retry);
}

TEST_CASE("an answer that fails on the way") {
  struct Row {
    std::string_view rule;
    Endpoint::Behaviour behaviour;
    std::string_view error;
    Fault fault;
  };

  const auto once = [](std::string bytes) -> Endpoint::Behaviour {
    return [bytes = std::move(bytes)](Connection& connection, const std::string&) {
      connection.send(bytes);
      return false;
    };
  };
  const std::string many_headers = "X: " + std::string(1'000, 'x') + "\r\n";
  const Row rows[] = {
      {"closed without an answer", once(""), "the connection was closed before an answer came",
       Fault::kConnection},
      {"closed in the status line", once("HTTP/1.1 20"),
       "the connection was closed before an answer came", Fault::kConnection},
      {"closed after an interim answer", once("HTTP/1.1 103 Early Hints\r\n\r\n"),
       "the connection was closed before an answer came", Fault::kConnection},
      {"closed in the body", once("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"),
       "the connection was closed before the answer was complete", Fault::kConnection},
      {"closed in a chunk",
       once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello"),
       "the connection was closed before the answer was complete", Fault::kConnection},
      {"garbage", once("\x01\x02garbage\r\n\r\n"), "the answer was not HTTP/1", Fault::kProtocol},
      {"another protocol", once("SSH-2.0-OpenSSH_9.2\r\n"), "the answer was not HTTP/1",
       Fault::kProtocol},
      {"headers without end", endless("HTTP/1.1 200 OK\r\n", many_headers, 0ms),
       "the headers of the answer were longer than 65536 bytes", Fault::kProtocol},
      {"interim answers without end", endless("", "HTTP/1.1 100 Continue\r\n\r\n", 0ms),
       "the headers of the answer were longer than 65536 bytes", Fault::kProtocol},
      {"a reset",
       [](Connection& connection, const std::string&) {
         connection.reset();
         return false;
       },
       "the connection broke", Fault::kConnection},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const Endpoint endpoint(row.behaviour);
    Rig rig;
    const AttemptResult result = rig.deliver(endpoint);
    CHECK(result.outcome == Outcome::kUnreachable);
    CHECK(result.fault == row.fault);
    CHECK(result.error == row.error);
    CHECK(endpoint.requests().size() == 1);
  }
}

TEST_CASE("a body without end is read up to its limit, and its status counts") {
  struct Row {
    std::string_view status_line;
    Outcome outcome;
  };

  for (const Row& row : {Row{"HTTP/1.1 200 OK\r\n\r\n", Outcome::kAccepted},
                         Row{"HTTP/1.1 500 Oops\r\n\r\n", Outcome::kRejected}}) {
    const Endpoint endpoint(endless(std::string(row.status_line), std::string(4'096, 'x'), 0ms));
    Rig rig;
    CHECK(rig.deliver(endpoint).outcome == row.outcome);
  }
}

TEST_CASE("an attempt ends when its time is up") {
  struct Row {
    std::string_view rule;
    Endpoint::Behaviour behaviour;
  };

  const Row rows[] = {
      {"no answer at all",
       [](Connection& connection, const std::string&) {
         connection.wait_for_close();
         return false;
       }},
      {"a header byte now and then", endless("HTTP/1.1 200 OK\r\nX: ", "x", 20ms)},
      {"a body byte now and then",
       endless("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", "x", 20ms)},
      {"interim answers now and then", endless("", "HTTP/1.1 100 Continue\r\n\r\n", 20ms)},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const Endpoint endpoint(row.behaviour);
    Rig rig;
    AttemptRequest request = request_to(endpoint.url());
    request.timeout = 250ms;
    const AttemptResult result = rig.deliver(std::move(request));
    CHECK(result.outcome == Outcome::kTimedOut);
    CHECK(result.fault == Fault::kTimeout);
    CHECK(result.error == "no complete answer within 250ms");
  }
}

TEST_CASE("no connection, no TLS, no usable URL") {
  struct Row {
    std::string_view rule;
    std::string url;
    std::string_view error;  // begins with
    Fault fault;
  };

  const Endpoint plain(answers(answer("200 OK")), "220 no TLS here\r\n");
  const std::string port = std::to_string(unused_port());
  const Row rows[] = {
      {"refused", "http://127.0.0.1:" + port + "/?secret",
       "no connection could be made: Connection refused", Fault::kConnect},
      {"refused, TLS", "https://127.0.0.1:" + port + "/?secret", "no connection could be made",
       Fault::kConnect},
      {"plain text where TLS is expected", "https" + plain.url("/?secret").substr(4), "TLS failed",
       Fault::kTls},
      {"no such name", "http://no-such-name.invalid/?secret", "the host name could not be resolved",
       Fault::kDns},
      {"a file", "file:///etc/hostname", "the URL cannot be used for a callback", Fault::kConnect},
      {"another protocol", "gopher://127.0.0.1/", "the URL cannot be used for a callback",
       Fault::kConnect},
      {"a user", "http://user:secret@127.0.0.1/", "the exchange failed: ", Fault::kConnect},
      {"no URL", "http://", "the URL cannot be used for a callback", Fault::kConnect},
      {"a blank in the host", "http://a b/?secret", "the URL cannot be used for a callback",
       Fault::kConnect},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    Rig rig;
    const AttemptResult result = rig.deliver(request_to(row.url));
    CAPTURE(result.error);
    CHECK(result.outcome == Outcome::kUnreachable);
    CHECK(result.fault == row.fault);
    CHECK(result.status == 0);
    CHECK_FALSE(result.timings.first_byte.has_value());
    CHECK(result.error.starts_with(row.error));
    CHECK(result.error.find("secret") == std::string::npos);
  }
  CHECK(plain.requests().empty());
}

TEST_CASE("the request is sent as it is given, and nothing is added") {
  const Endpoint endpoint(answers(answer("200 OK")));
  Rig rig;
  AttemptRequest request = request_to(endpoint.url("/a/../b?c=%20d"));
  request.headers = {{"Content-Type", "text/x; a=\"b c\""},
                     {"X-Content-Signature", "sha1= ä : ;,"},
                     {"X-Empty", ""},
                     {"User-Agent", "jobsched/1"},
                     {"webhook-id", "id"}};
  for (int byte = 0; byte < 256; ++byte)
    request.body.push_back(static_cast<char>(byte));
  const std::string body = request.body;
  CHECK(rig.deliver(std::move(request)).outcome == Outcome::kAccepted);

  const std::string host = endpoint.url("").substr(std::string_view("http://").size());
  REQUIRE(endpoint.requests().size() == 1);
  CHECK(endpoint.requests()[0] ==
        "POST /a/../b?c=%20d HTTP/1.1\r\nHost: " + host +
            "\r\nContent-Type: text/x; a=\"b c\"\r\nX-Content-Signature: sha1= ä : ;,\r\n"
            "X-Empty:\r\nUser-Agent: jobsched/1\r\nwebhook-id: id\r\n"
            "Content-Length: 256\r\n\r\n" +
            body);
}

TEST_CASE("a request without a body has no type and says its length") {
  const Endpoint endpoint(answers(answer("200 OK")));
  Rig rig;
  rig.deliver(endpoint);
  const std::string host = endpoint.url("").substr(std::string_view("http://").size());
  CHECK(endpoint.requests().at(0) ==
        "POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a large body arrives whole, without waiting for 100 Continue") {
  const Endpoint endpoint(answers(answer("200 OK")));
  Rig rig;
  AttemptRequest request = request_to(endpoint.url());
  request.body.assign(1'048'576, '\0');
  const auto begin = std::chrono::steady_clock::now();
  CHECK(rig.deliver(std::move(request)).outcome == Outcome::kAccepted);
  CHECK(body_of(endpoint.requests().at(0)) == std::string(1'048'576, '\0'));
  CHECK(endpoint.requests()[0].find("Expect") == std::string::npos);
  CHECK(std::chrono::steady_clock::now() - begin < kDeadline);
}

TEST_CASE("the method is the one asked for, and does not stick") {
  const Endpoint endpoint(answers(answer("200 OK")));
  Rig rig;
  for (const std::string_view method : {"PUT", "PATCH", "DELETE", "POST"}) {
    AttemptRequest request = request_to(endpoint.url());
    request.method = method;
    request.body = "x";
    CHECK(rig.deliver(std::move(request)).outcome == Outcome::kAccepted);
    CHECK(endpoint.requests().back().starts_with(method));
    CHECK(body_of(endpoint.requests().back()) == "x");
  }
}

TEST_CASE("a GET, and a DELETE without a body, say nothing of one") {
  const Endpoint endpoint(answers(answer("200 OK")));
  Rig rig;
  const std::string host = endpoint.url("").substr(std::string_view("http://").size());
  for (const std::string method : {"GET", "DELETE", "GET"}) {
    AttemptRequest posted = request_to(endpoint.url());
    posted.body = "x";
    CHECK(rig.deliver(std::move(posted)).outcome == Outcome::kAccepted);
    AttemptRequest request = request_to(endpoint.url());
    request.method = method;
    request.headers = {{"Accept", "text/plain"}};
    CHECK(rig.deliver(std::move(request)).outcome == Outcome::kAccepted);
    CHECK(endpoint.requests().back() ==
          method + " / HTTP/1.1\r\nHost: " + host + "\r\nAccept: text/plain\r\n\r\n");
  }
}

TEST_CASE("no proxy of the environment is used") {
  const Endpoint proxy(answers(answer("200 OK")));
  const Endpoint endpoint(answers(answer("201 Created")));
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"}) {
    ::setenv(name, proxy.url().c_str(), 1);
  }
  Rig rig;
  CHECK(rig.deliver(endpoint).status == 201);
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"}) {
    ::unsetenv(name);
  }
  CHECK(proxy.connections() == 0);
}

TEST_CASE("a connection is used again while it is fresh") {
  const Endpoint endpoint(answers(answer("200 OK")));
  Rig rig;
  for (int i = 0; i < 20; ++i)
    CHECK(rig.deliver(endpoint).outcome == Outcome::kAccepted);
  CHECK(endpoint.requests().size() == 20);
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("nothing sticks from one attempt to the next") {
  const Endpoint busy(answers(answer("503 Busy", "Retry-After: 9\r\nJobsched-No-Retry: 1\r\n")));
  const Endpoint fine(answers(answer("200 OK")));
  Rig rig;
  AttemptRequest request = request_to(busy.url());
  request.headers = {{"X-Content-Signature", "s"}, {"Content-Type", "a/b"}};
  request.body = "body";
  CHECK(rig.deliver(std::move(request)).status == 503);
  const AttemptResult result = rig.deliver(fine);
  CHECK(result.status == 200);
  CHECK_FALSE(result.retry_after.has_value());
  CHECK_FALSE(result.no_retry);
  CHECK_FALSE(has_line(fine.requests().at(0), "X-Content-Signature: s"));
  CHECK(fine.requests().at(0).ends_with("Content-Length: 0\r\n\r\n"));
}

TEST_CASE("a request whose connection dies unanswered is not sent twice by itself") {
  // The first request is answered, so that the connection is kept; the second finds it closing.
  const Endpoint endpoint([](Connection& connection, const std::string& request) {
    if (request.starts_with("POST /2")) return false;
    return connection.send(answer("200 OK"));
  });
  Rig rig;
  CHECK(rig.deliver(request_to(endpoint.url("/1"))).status == 200);
  const AttemptResult result = rig.deliver(request_to(endpoint.url("/2")));
  CHECK(result.outcome == Outcome::kUnreachable);
  CHECK(result.error == "the connection was closed before an answer came");
  const auto requests = endpoint.requests();
  CHECK(std::ranges::count_if(requests,
                              [](const std::string& r) { return r.starts_with("POST /2"); }) == 1);
  CHECK(rig.deliver(request_to(endpoint.url("/3"))).status == 200);
}

TEST_CASE("three hundred attempts at once, with slow endpoints among them") {
  const Endpoint fast(answers(answer("200 OK")));
  const Endpoint slow([](Connection& connection, const std::string&) {
    connection.wait_for_close();
    return false;
  });
  Rig rig;
  std::size_t accepted = 0;
  std::size_t timed_out = 0;
  for (int i = 0; i < 300; ++i) {
    AttemptRequest request = request_to(i % 10 == 0 ? slow.url() : fast.url());
    if (i % 10 == 0) request.timeout = 500ms;
    rig.deliverer.start(std::move(request), [&](const AttemptResult& result) {
      accepted += result.outcome == Outcome::kAccepted ? 1U : 0U;
      timed_out += result.outcome == Outcome::kTimedOut ? 1U : 0U;
    });
  }
  CHECK(rig.deliverer.in_flight() == 300);
  CHECK(rig.loop.run_until(
      rig.deliverer, [&] { return rig.deliverer.in_flight() == 0; }, kDeadline));
  CHECK(accepted == 270);
  CHECK(timed_out == 30);
  CHECK(fast.requests().size() == 270);
}

TEST_CASE("an attempt that ends may start another") {
  const Endpoint endpoint(answers(answer("200 OK")));
  Rig rig;
  int left = 50;
  const std::function<void(AttemptResult)> again = [&](const AttemptResult& result) {
    CHECK(result.outcome == Outcome::kAccepted);
    if (--left > 0) rig.deliverer.start(request_to(endpoint.url()), again);
  };
  rig.deliverer.start(request_to(endpoint.url()), again);
  CHECK(rig.loop.run_until(
      rig.deliverer, [&] { return left == 0; }, kDeadline));
  CHECK(endpoint.requests().size() == 50);
}

TEST_CASE("the beginning of an answer's body is told, whatever its status") {
  struct Row {
    std::string_view rule;
    std::string answer;
    std::string response;
  };

  const std::string long_body(5'000, 'x');
  const std::string bytes("\0\xff\r\n", 4);
  const Row rows[] = {
      {"none", answer("204 No Content"), ""},
      {"accepted", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"},
      {"rejected", "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops", "oops"},
      {"a redirect", "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 4\r\n\r\nhere", "here"},
      {"any bytes", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + bytes, bytes},
      {"chunks are joined",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
       "hello"},
      {"at most 1 KiB", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + long_body,
       long_body.substr(0, 1'024)},
      {"of the final answer", "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" + answer("200 OK"), ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const Endpoint endpoint(answers(row.answer));
    Rig rig;
    CHECK(rig.deliver(endpoint).response == row.response);
  }
  const Endpoint broken([](Connection& connection, const std::string&) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhal");
    return false;
  });
  Rig rig;
  CHECK(rig.deliver(broken).response == "hal");
}

TEST_CASE("the phases of an attempt are timed, those that it comes to") {
  Rig rig;
  const auto in_order = [](const jobsched::AttemptTimings& timings) {
    Micros last{0};
    for (const auto& phase : {timings.dns, timings.connect, timings.tls, timings.first_byte}) {
      if (!phase) continue;
      CHECK(*phase >= last);
      last = *phase;
    }
    CHECK(timings.total >= last);
  };
  const Endpoint endpoint(answers(answer("200 OK")));
  const auto first = rig.deliver(endpoint).timings;
  in_order(first);
  CHECK(first.dns.has_value());
  CHECK(first.connect.has_value());
  CHECK_FALSE(first.tls.has_value());
  CHECK(first.first_byte.has_value());

  const auto again = rig.deliver(endpoint).timings;  // on the same connection
  in_order(again);
  CHECK_FALSE(again.dns.has_value());
  CHECK_FALSE(again.connect.has_value());
  CHECK(again.first_byte.has_value());
  CHECK(endpoint.connections() == 1);

  const auto refused =
      rig.deliver(request_to("http://127.0.0.1:" + std::to_string(unused_port()))).timings;
  in_order(refused);
  CHECK_FALSE(refused.connect.has_value());
  CHECK_FALSE(refused.first_byte.has_value());

  const Endpoint silent([](Connection& connection, const std::string&) {
    connection.wait_for_close();
    return false;
  });
  AttemptRequest request = request_to(silent.url());
  request.timeout = 300ms;
  const auto timed_out = rig.deliver(std::move(request)).timings;
  in_order(timed_out);
  CHECK(timed_out.connect.has_value());
  CHECK_FALSE(timed_out.first_byte.has_value());
  CHECK(timed_out.total >= 300ms);

  const auto unusable = rig.deliver(request_to("file:///etc/hostname")).timings;
  CHECK(unusable == jobsched::AttemptTimings{{}, {}, {}, {}, unusable.total});
}

TEST_CASE("a connection is made only to an address that is permitted") {
  const Endpoint endpoint(answers(answer("200 OK")));
  const std::string port = endpoint.url("").substr(std::string_view("http://127.0.0.1").size());
  const auto network = [](std::string_view text) { return *jobsched::parse_ip_network(text); };

  struct Row {
    std::string_view rule;
    NetworkRules rules;
    std::string url;
    Outcome outcome;
    std::string_view error;  // a part of it
  };

  const Row rows[] = {
      {"any", {}, endpoint.url(), Outcome::kAccepted, ""},
      {"public only", {true}, endpoint.url(), Outcome::kBlocked, "delivery.network"},
      {"public only, by a name",
       {true},
       "http://localhost" + port,
       Outcome::kBlocked,
       "delivery.network"},
      {"public only, TLS",
       {true},
       "https://127.0.0.1" + port,
       Outcome::kBlocked,
       "delivery.network"},
      {"public only, a port where nobody listens",
       {true},
       "http://127.0.0.1:" + std::to_string(unused_port()),
       Outcome::kBlocked,
       "delivery.network"},
      {"allowed by name", {true, {network("127.0.0.1")}}, endpoint.url(), Outcome::kAccepted, ""},
      {"denied",
       {false, {}, {network("127.0.0.0/8")}},
       endpoint.url(),
       Outcome::kBlocked,
       "delivery.deny"},
      {"an address that is denied is passed over",
       {false, {}, {network("::1")}},
       "http://localhost" + port,
       Outcome::kAccepted,
       ""},
      {"link-local", {}, "http://169.254.169.254/", Outcome::kBlocked, "metadata"},
      {"mapped link-local", {}, "http://[::ffff:169.254.169.254]/", Outcome::kBlocked, "metadata"},
      {"NAT64 of link-local", {}, "http://[64:ff9b::a9fe:a9fe]/", Outcome::kBlocked, "metadata"},
      {"a number", {true}, "http://2130706433" + port, Outcome::kBlocked, "delivery.network"},
      {"octal", {true}, "http://0177.1" + port, Outcome::kBlocked, "delivery.network"},
      {"zero", {true}, "http://0" + port, Outcome::kBlocked, "delivery.network"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    Rig rig(row.rules);
    const std::size_t before = endpoint.connections();
    const AttemptResult result = rig.deliver(request_to(row.url));
    CAPTURE(result.error);
    CHECK(result.outcome == row.outcome);
    CHECK(result.error.find(row.error) != std::string::npos);
    if (row.outcome == Outcome::kAccepted) continue;
    CHECK(result.fault == Fault::kBlocked);
    CHECK(result.status == 0);
    CHECK_FALSE(result.timings.connect.has_value());
    CHECK(endpoint.connections() == before);
  }
}

TEST_CASE("what is denied is refused on connections that were made before, too") {
  const NetworkRules denied{false, {}, {*jobsched::parse_ip_network("127.0.0.0/8")}};
  const Endpoint endpoint(answers(answer("200 OK")));
  Rig rig;
  CHECK(rig.deliver(endpoint).outcome == Outcome::kAccepted);
  rig.deliverer.set_rules(denied);
  CHECK(rig.deliver(endpoint).outcome == Outcome::kBlocked);
  CHECK(endpoint.requests().size() == 1);
  rig.deliverer.set_rules({});
  CHECK(rig.deliver(endpoint).outcome == Outcome::kAccepted);
  CHECK(endpoint.connections() == 2);
}

TEST_CASE("connections are used on under the same rules") {
  const NetworkRules rules{false, {}, {*jobsched::parse_ip_network("10.0.0.0/8")}};
  const Endpoint endpoint(answers(answer("200 OK")));
  Rig rig(rules);
  for (int i = 0; i < 3; ++i) {
    CHECK(rig.deliver(endpoint).outcome == Outcome::kAccepted);
    rig.deliverer.set_rules(rules);
  }
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("other rules leave what is under way to end, and its connection with it") {
  const NetworkRules denied{false, {}, {*jobsched::parse_ip_network("127.0.0.0/8")}};
  std::promise<void> answer_now;
  const std::shared_future<void> may_answer = answer_now.get_future().share();
  const Endpoint endpoint([&](Connection& connection, const std::string&) {
    may_answer.wait();
    return connection.send(answer("200 OK"));
  });
  Rig rig;
  std::vector<Outcome> ended;
  const auto start = [&] {
    rig.deliverer.start(request_to(endpoint.url()),
                        [&](const AttemptResult& result) { ended.push_back(result.outcome); });
  };
  const auto await = [&](auto condition) {
    REQUIRE(rig.loop.run_until(rig.deliverer, condition, kDeadline));
  };
  start();
  await([&] { return endpoint.requests().size() == 1; });
  rig.deliverer.set_rules(denied);
  rig.deliverer.set_rules({});
  rig.deliverer.set_rules(denied);
  start();
  await([&] { return ended.size() == 1; });
  CHECK(ended.back() == Outcome::kBlocked);
  CHECK(rig.deliverer.in_flight() == 1);
  answer_now.set_value();
  await([&] { return ended.size() == 2; });
  CHECK(ended.back() == Outcome::kAccepted);
  CHECK(rig.deliver(endpoint).outcome == Outcome::kBlocked);
}

TEST_CASE("what is under way by the rules of before is interrupted like the rest") {
  const Endpoint endpoint([](Connection& connection, const std::string&) {
    connection.wait_for_close();
    return false;
  });
  Rig rig;
  std::vector<Outcome> ended;
  const auto start = [&] {
    rig.deliverer.start(request_to(endpoint.url()),
                        [&](const AttemptResult& result) { ended.push_back(result.outcome); });
  };
  start();
  REQUIRE(rig.loop.run_until(
      rig.deliverer, [&] { return endpoint.requests().size() == 1; }, kDeadline));
  rig.deliverer.set_rules({true, {*jobsched::parse_ip_network("127.0.0.1")}, {}});
  start();
  rig.deliverer.interrupt_all();
  CHECK(ended == std::vector{Outcome::kInterrupted, Outcome::kInterrupted});
  CHECK(rig.deliverer.in_flight() == 0);
}

TEST_CASE("interrupting ends every attempt, and the deliverer goes on") {
  const Endpoint slow([](Connection& connection, const std::string&) {
    connection.wait_for_close();
    return false;
  });
  Rig rig;
  std::vector<AttemptResult> results;
  const auto note = [&](const AttemptResult& result) { results.push_back(result); };
  for (int i = 0; i < 200; ++i)
    rig.deliverer.start(request_to(slow.url()), note);
  rig.deliverer.start(request_to("file:///etc/hostname"), note);
  REQUIRE(rig.loop.run_until(
      rig.deliverer, [&] { return slow.requests().size() == 200; }, kDeadline));
  rig.deliverer.start(request_to(slow.url()), note);
  results.clear();
  rig.deliverer.interrupt_all();
  CHECK(results.size() == 201);
  for (const AttemptResult& result : results) {
    CHECK(result.outcome == Outcome::kInterrupted);
    CHECK(result.fault == Fault::kInterrupted);
    CHECK(result.error == "the daemon stopped before the attempt ended");
    CHECK_FALSE(result.timings.first_byte.has_value());
  }
  CHECK(results.front().timings.total > Micros{0});
  CHECK(rig.deliverer.in_flight() == 0);

  const Endpoint fine(answers(answer("200 OK")));
  CHECK(rig.deliver(fine).outcome == Outcome::kAccepted);
}

TEST_CASE("a deliverer may go while attempts are under way; nobody is called") {
  const Endpoint slow([](Connection& connection, const std::string&) {
    connection.wait_for_close();
    return false;
  });
  bool called = false;
  {
    Rig rig;
    rig.deliverer.start(request_to(slow.url()), [&](const AttemptResult&) { called = true; });
    REQUIRE(rig.loop.run_until(
        rig.deliverer, [&] { return slow.requests().size() == 1; }, kDeadline));
  }
  CHECK_FALSE(called);
}
