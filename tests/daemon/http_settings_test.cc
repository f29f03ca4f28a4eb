#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/http/tls_identity.h"
#include "tests/support/certificate.h"
#include "tests/support/http_client.h"
#include "tests/support/http_server.h"
#include "tests/support/temporary_directory.h"

// Settings that change while a server runs.

namespace jobsched::http {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

std::string post(std::size_t bytes) {
  return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n";
}

ServerSettings with_body(std::size_t body) {
  ServerSettings settings;
  settings.framer.body = body;
  return settings;
}

}  // namespace

TEST_CASE("another limit of bodies holds from the next request on, also on an old connection") {
  TestServer server(echo, with_body(10));
  TestClient idle(server.address());
  TestClient begun(server.address());
  for (TestClient* client : {&idle, &begun}) {
    client->send(post(10) + "0123456789");
    CHECK(client->read().status == 200);
  }
  begun.send(post(10) + "0");
  begun.send("12345678");
  TestClient other(server.address());  // when it is served, so is what was sent before
  other.send(kGet);
  CHECK(other.read().status == 200);

  server.change([](Server& running) { running.set(with_body(5)); });
  begun.send("9");
  CHECK(begun.read().status == 200);
  for (TestClient* client : {&idle, &begun, &other}) {
    client->send(post(6));
    CHECK(client->read().status == 413);
  }

  server.change([](Server& running) { running.set(with_body(20)); });
  TestClient fresh(server.address());
  fresh.send(post(20) + std::string(20, 'x'));
  CHECK(fresh.read().status == 200);
}

TEST_CASE("fewer connections than there are close none, and more are let in at once") {
  TestServer server(echo, {.connections = 3});
  TestClient first(server.address());
  TestClient second(server.address());
  for (TestClient* client : {&first, &second}) {
    client->send(kGet);
    CHECK(client->read().status == 200);
  }
  server.change([](Server& running) { running.set({.connections = 1}); });
  CHECK(TestClient(server.address()).read().status == 503);
  for (TestClient* client : {&first, &second}) {
    client->send(kGet);
    CHECK(client->read().status == 200);
  }
  server.change([](Server& running) { running.set({.connections = 10}); });
  CHECK(ask(server.address(), kGet).status == 200);
}

TEST_CASE("TLS begins and ends with new connections") {
  const testing::TemporaryDirectory folder;
  const auto identity =
      TlsIdentity::load(testing::make_certificate(folder.path(), "a", Instant{} + 876'000h))
          .value();
  TestServer server;
  TestClient before(server.address());
  before.send(kGet);
  CHECK(before.read().status == 200);

  server.change([&](Server& running) { running.secure(identity.get()); });
  CHECK(ask(server.address(), kGet).body.find("https://") != std::string::npos);
  before.send(kGet);
  CHECK(before.read().status == 200);

  server.change([](Server& running) { running.secure(nullptr); });
  CHECK(ask(server.address(), kGet).status == 200);
}

TEST_CASE("calls are made in order, also those that a call has made") {
  TestServer server;
  std::string made;
  server.change([&](Server& running) {
    running.post([&] { made += "2"; });
    made += "1";
  });
  server.change([&](Server&) { made += "3"; });
  CHECK(made == "123");
}

}  // namespace jobsched::http
