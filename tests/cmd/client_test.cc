#include "cmd/client.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "cmd/patience.h"
#include "core/limits.h"
#include "core/version.h"
#include "tests/support/endpoint.h"

namespace jobsched::cmd {

namespace {

using namespace std::chrono_literals;
using testing::answers;
using testing::Connection;
using testing::Endpoint;

ServerAddress address_of(const Endpoint& endpoint, std::string_view path = "") {
  return parse_server_address(endpoint.url(path)).value();
}

ClientRequest get(std::string target) {
  return {"GET", std::move(target), Format::kJson};
}

ClientRequest post(std::string body) {
  return {"POST", "/1/jobs", Format::kJson, std::move(body)};
}

std::string answer(std::string_view status, std::string_view body, std::string_view more = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(more) + "\r\n" + std::string(body);
}

// Answers every request but one, the first being 0, whose connection it closes instead.
Endpoint::Behaviour closes_at(int request) {
  return [request, count = std::make_shared<std::atomic<int>>(0)](Connection& connection,
                                                                  const std::string&) {
    return (*count)++ != request && connection.send(answer("200 OK", "ok"));
  };
}

}  // namespace

TEST_CASE("requests are sent as they are, on one connection") {
  const Endpoint endpoint(answers(answer("200 OK", "ok")));
  Client client(address_of(endpoint, "/behind/a%2Fproxy/"));
  REQUIRE(client.send(get("/1/jobs?name=a%2A*&x=../y")));
  REQUIRE(client.send({"POST", "/1/jobs/x/fire", Format::kText}));
  ClientRequest put{"PUT", "/1/jobs/x", Format::kXml, "{\"a\": \"\\u00e9\"}"};
  put.headers = {{"If-Match", "\"v\""}};
  REQUIRE(client.send(put));
  REQUIRE(client.send({"DELETE", "/1/jobs/x", Format::kText}));

  const std::string host = endpoint.url("").substr(7);
  const auto head = [&](const std::string& line, const std::string& accept) {
    return line + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: jobsched/" +
           std::string(version()) + "\r\nAccept: " + accept + "\r\n";
  };
  const auto requests = endpoint.requests();
  REQUIRE(requests.size() == 4);
  CHECK(requests[0] ==
        head("GET /behind/a%2Fproxy/1/jobs?name=a%2A*&x=../y", "application/json") + "\r\n");
  CHECK(requests[1] ==
        head("POST /behind/a%2Fproxy/1/jobs/x/fire", "text/plain") + "Content-Length: 0\r\n\r\n");
  CHECK(requests[2] == head("PUT /behind/a%2Fproxy/1/jobs/x", "application/xml") +
                           "If-Match: \"v\"\r\nContent-Type: application/json\r\n"
                           "Content-Length: 15\r\n\r\n{\"a\": \"\\u00e9\"}");
  CHECK(requests[3] == head("DELETE /behind/a%2Fproxy/1/jobs/x", "text/plain") + "\r\n");
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("an answer comes with the headers that matter, as they were sent") {
  const Endpoint endpoint(answers(
      answer("200 OK", "body", "ETag: \"1\"\r\nLink: </1/jobs?name=a%2A>; rel=\"next\"\r\n")));
  const auto response = Client(address_of(endpoint)).send(get("/"));
  REQUIRE(response);
  CHECK(response->body == "body");
  CHECK(response->etag == "\"1\"");
  CHECK(response->link == "</1/jobs?name=a%2A>; rel=\"next\"");
}

TEST_CASE("what is no success fails in the problem's own words") {
  struct Row {
    std::string answer;
    ExitCode code;
    std::string_view message;
  };

  const std::string json = "Content-Type: application/problem+json\r\n";
  const Row rows[] = {
      {answer("404 Not Found", R"({"title":"Not Found","detail":"there is no such job"})", json),
       ExitCode::kNotFound, "there is no such job"},
      {answer("507 Insufficient Storage", R"({"detail":"the disk is full"})", json),
       ExitCode::kTryLater, "the disk is full"},
      {answer("302 Found", "", "Location: http://127.0.0.1:1/\r\n"), ExitCode::kError,
       " sends on to http://127.0.0.1:1/; name the daemon itself with -s or"},
      {answer("200 OK", std::string(16 * kMaxDataBytes + 1, 'x')), ExitCode::kError, "too large"},
      {answer("500 Oh", std::string(16 * kMaxDataBytes + 1, 'x')), ExitCode::kError, "too large"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.answer.substr(0, 60));
    const Endpoint endpoint(answers(row.answer));
    const auto response = Client(address_of(endpoint)).send(get("/"));
    REQUIRE_FALSE(response);
    CHECK(response.error().code == row.code);
    CHECK(response.error().message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("without a whole answer it says what it knows, and what it does not") {
  struct Row {
    std::string answer;
    std::string_view reason;
  };

  const Row rows[] = {
      {"", "the connection was closed"},
      {"HTTP/1.1 200 OK\r\n", "the connection was closed in the middle of it"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "closed in the middle of it"},
      {"SSH-2.0-x\r\n", "what came is not HTTP: it is not HTTP/1"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.answer);
    const Endpoint endpoint([&](Connection& connection, const std::string&) {
      connection.send(row.answer);
      return false;
    });
    const std::string text = endpoint.url("");
    Client client(address_of(endpoint));
    const auto read = client.send(get("/"));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ExitCode::kUnreachable);
    CHECK(read.error().message.find("no complete answer from " + text + ": ") == 0);
    CHECK(read.error().message.find(row.reason) != std::string::npos);
    const auto changed = client.send(post("{}"));
    REQUIRE_FALSE(changed);
    CHECK(changed.error().message ==
          read.error().message + "; it may or may not have done what it was asked");
    CHECK(endpoint.requests().size() == 2);
  }
}

TEST_CASE("who cannot be reached is named with what to do") {
  const std::string nobody = "http://127.0.0.1:" + std::to_string(testing::unused_port());

  struct Row {
    std::string server;
    std::string_view reason;
  };

  const Row rows[] = {
      {nobody, ": Connection refused; is `jobsched serve` running there?"},
      {"unix:/nonexistent/socket", ": No such file or directory; is `jobsched serve`"},
      {"unix:/" + std::string(120, 'x'), ": File name too long; "},
      {"http://no-such-host.invalid", ": the name no-such-host.invalid cannot be looked up: "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.server);
    const auto response = Client(parse_server_address(row.server).value()).send(get("/"));
    REQUIRE_FALSE(response);
    CHECK(response.error().code == ExitCode::kUnreachable);
    CHECK(response.error().message.find("cannot reach " + row.server) == 0);
    CHECK(response.error().message.find(row.reason) != std::string::npos);
    CHECK(response.error().message.find("-s or JOBSCHED_SERVER names") != std::string::npos);
  }
}

TEST_CASE("a connection that has been closed meanwhile is made anew") {
  const Endpoint endpoint(answers(answer("200 OK", "ok", "Connection: close\r\n")));
  Client client(address_of(endpoint));
  for (int i = 0; i < 3; ++i)
    CHECK(client.send(post("{}")));
  CHECK(endpoint.connections() == 3);
}

TEST_CASE("a request is sent again only where nothing can have been done by it") {
  for (const bool harmless : {true, false}) {
    CAPTURE(harmless);
    const Endpoint endpoint(closes_at(1));
    Client client(address_of(endpoint));
    REQUIRE(client.send(get("/1")));
    const auto second = client.send(harmless ? get("/2") : post("{}"));
    CHECK(second.has_value() == harmless);
    CHECK(endpoint.requests().size() == (harmless ? 3 : 2));
    CHECK(client.send(get("/3")));
  }
}

TEST_CASE("time runs out for the whole of an answer, however steadily it comes") {
  const Endpoint endpoint([](Connection& connection, const std::string&) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    while (connection.send("x")) {
    }
    return false;
  });
  ClientRequest request = get("/");
  request.timeout = 100ms;
  const auto response = Client(address_of(endpoint)).send(request);
  REQUIRE_FALSE(response);
  CHECK(response.error().code == ExitCode::kUnreachable);
}

TEST_CASE("a stream is as long as it is, and goes where it is wanted") {
  const std::string body(300'000, 'x');
  const Endpoint endpoint(answers(answer("200 OK", body)));
  Client client(address_of(endpoint));
  std::string taken;
  REQUIRE(client.stream(get("/"), [&](std::string_view piece) -> Fallible<void> {
    taken += piece;
    return {};
  }));
  CHECK(taken == body);
  const auto refused = client.stream(get("/"), [](std::string_view) -> Fallible<void> {
    return fail(ExitCode::kError, "no more");
  });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "no more");
  CHECK(client.stream(get("/"), [](std::string_view) -> Fallible<void> { return {}; }));
}

TEST_CASE("a stream that is a problem is read as one") {
  const Endpoint endpoint(
      answers(answer("409 Conflict", "it is busy", "Content-Type: text/plain\r\n")));
  const auto refused =
      Client(address_of(endpoint)).stream(get("/"), [](std::string_view) -> Fallible<void> {
        FAIL("not for the reader");
        return {};
      });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ExitCode::kConflict);
}

TEST_CASE("a SIGINT that is held ends a request") {
  const HeldInterrupts held;  // also by the threads of the endpoint
  const Endpoint endpoint([](Connection& connection, const std::string&) {
    ::kill(::getpid(), SIGINT);
    connection.wait_for_close();
    return false;
  });
  const auto response = Client(address_of(endpoint)).send(get("/"));
  REQUIRE_FALSE(response);
  CHECK(response.error().code == ExitCode::kInterrupted);
  CHECK(response.error().message.empty());
}

}  // namespace jobsched::cmd
