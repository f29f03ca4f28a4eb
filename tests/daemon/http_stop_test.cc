#include <chrono>
#include <string>
#include <string_view>
#include <system_error>

#include <doctest/doctest.h>

#include "tests/support/http_client.h"
#include "tests/support/http_server.h"
#include "tests/support/shelf.h"

namespace jobsched::http {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::chrono::hours kLongGrace{24};  // a test that waited for it would be seen

}  // namespace

TEST_CASE("a server without connections stops at once") {
  TestServer server;
  server.stop(kLongGrace);
  CHECK(server.ended());
  CHECK_THROWS_AS(TestClient{server.address()}, std::system_error);
}

TEST_CASE("idle connections are closed at once") {
  TestServer server;
  TestClient fresh(server.address());
  TestClient used(server.address());
  used.send(kGet);
  used.read();
  server.stop(kLongGrace);
  CHECK(server.ended());
  CHECK(fresh.read_to_end().empty());
  CHECK(used.read_to_end().empty());
}

TEST_CASE("a request that is still coming in is sent away") {
  TestServer server(echo, {.request = 24h});
  TestClient dripping(server.address());
  dripping.send("GET / HT");
  CHECK(ask(server.address(), kGet).status == 200);  // so the first bytes have been seen, too
  server.stop(kLongGrace);
  const Reply reply = dripping.read();
  CHECK(reply.status == 503);
  CHECK(reply.has("Connection: close"));
  CHECK(dripping.read_to_end().empty());
  CHECK(server.ended());
}

TEST_CASE("a request under way is answered, and its connection closed") {
  Shelf shelf;
  TestServer server(shelf.handler());
  TestClient client(server.address());
  client.send(std::string(kGet) + std::string(kGet));
  auto responder = shelf.take();
  TestClient idle(server.address());
  server.stop(kLongGrace);
  CHECK(idle.read_to_end().empty());  // so it is stopping
  responder->respond(text_response(200, "last"));
  const Reply reply = client.read();
  CHECK(reply.body == "last");
  CHECK(reply.has("Connection: close"));
  CHECK(client.read_to_end().empty());
  CHECK(server.ended());
}

TEST_CASE("no request is waited for longer than the grace") {
  Shelf shelf;
  TestServer server(shelf.handler());
  TestClient client(server.address());
  client.send(kGet);
  const auto responder = shelf.take();
  server.stop(50ms);
  CHECK(server.ended());
  CHECK(client.read_to_end().empty());
}

TEST_CASE("a second stop can only shorten the grace") {
  Shelf shelf;
  TestServer server(shelf.handler());
  TestClient client(server.address());
  client.send(kGet);
  const auto responder = shelf.take();
  server.stop(kLongGrace);
  server.stop(0ms);
  server.stop(kLongGrace);
  CHECK(server.ended());
}

TEST_CASE("a server that was stopped before it ran does not serve") {
  const jobsched::SystemClock clock;
  Server server(clock, {}, echo, [](int status, const std::string& detail, const Request*) {
    return text_response(status, detail);
  });
  REQUIRE(server.listen(*parse_address("127.0.0.1:0")));
  server.stop(kLongGrace);
  server.run();
  CHECK(server.addresses().empty());
}

}  // namespace jobsched::http
