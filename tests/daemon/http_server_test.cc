#include "tests/support/http_server.h"

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/http/server.h"
#include "tests/support/http_client.h"
#include "tests/support/shelf.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::http {

namespace {

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

// Gives `count` pieces of `size` bytes, then, if it `fails`, no end. Notes what it gave, and says
// when it goes.
class Pieces final : public BodySource {
 public:
  struct Log {
    std::atomic<std::size_t> given{0};
    std::promise<void> gone;
  };

  Pieces(std::size_t count, std::size_t size, Log& log, bool fails = false)
      : left_(count), size_(size), fails_(fails), log_(log) {}

  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;

  ~Pieces() override { log_.gone.set_value(); }

  std::optional<std::string> next() override {
    if (left_ == 0) return fails_ ? std::nullopt : std::optional(std::string());
    --left_;
    log_.given += size_;
    return std::string(size_, 'p');
  }

 private:
  std::size_t left_;
  std::size_t size_;
  bool fails_;
  Log& log_;
};

Handler stream(
    std::size_t length, std::size_t count, std::size_t size, Pieces::Log& log, bool fails = false) {
  return [=, &log](const Request&, std::unique_ptr<Responder> responder) {
    Response response;
    response.content_length = length;
    response.source = std::make_unique<Pieces>(count, size, log, fails);
    responder->respond(std::move(response));
  };
}

}  // namespace

TEST_CASE("a request is answered, and the connection kept") {
  TestServer server;
  TestClient client(server.address());
  for (const std::string_view target : {"/1", "/2"}) {
    client.send("POST " + std::string(target) +
                " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    const Reply reply = client.read();
    CHECK(reply.status == 200);
    CHECK(reply.body == "POST " + std::string(target) + " hi");
    CHECK(reply.has("Connection: keep-alive"));
    CHECK(reply.has("Content-Type: text/plain"));
    CHECK(reply.head.find("\r\nDate: ") != std::string::npos);
  }
}

TEST_CASE("an answer may be given later, and others are served in the meantime") {
  const SystemClock clock;
  std::atomic<TestServer*> running = nullptr;
  TestServer server([&](const Request& request, std::unique_ptr<Responder> responder) {
    const std::chrono::milliseconds delay{std::stol(request.target.substr(1))};
    const auto due = clock.steady_now() + delay;
    const std::shared_ptr<Responder> kept = std::move(responder);
    running.load()->call_at(due, [&clock, due, kept] {
      kept->respond(text_response(200, clock.steady_now() < due ? "early" : "due"));
    });
  });
  running = &server;
  TestClient patient(server.address());
  patient.send(get("/3600000"));
  for (const std::string_view delay : {"/0", "/30", "/1"}) {
    TestClient client(server.address());
    client.send(get(delay));
    CHECK(client.read().body == "due");
  }
}

TEST_CASE("an answer that is due within the grace of a stop is given") {
  const SystemClock clock;
  std::atomic<TestServer*> running = nullptr;
  TestServer server([&](const Request&, std::unique_ptr<Responder> responder) {
    const std::shared_ptr<Responder> kept = std::move(responder);
    running.load()->call_at(clock.steady_now() + std::chrono::milliseconds{30},
                            [kept] { kept->respond(text_response(200, "last")); });
    running.load()->stop(std::chrono::hours{1});
  });
  running = &server;
  TestClient client(server.address());
  client.send(kGet);
  CHECK(client.read().body == "last");
  CHECK(server.ended());
}

TEST_CASE("answers of any size follow each other on a connection") {
  TestServer server([](const Request& request, std::unique_ptr<Responder> responder) {
    responder->respond(text_response(200, std::string(std::stoul(request.target.substr(1)), 'x')));
  });
  TestClient client(server.address());
  for (const std::size_t size :
       {370'000U, 370'000U, 10U, 262'144U, 1'000'000U, 0U, 4'096U, 5'000U, 262'000U, 370'000U}) {
    CAPTURE(size);
    client.send(get("/" + std::to_string(size)));
    const Reply reply = client.read();
    CHECK(reply.status == 200);
    CHECK(reply.body == std::string(size, 'x'));
  }
}

TEST_CASE("the connection is closed where HTTP says so") {
  TestServer server;
  for (const std::string_view request :
       {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"}) {
    TestClient client(server.address());
    client.send(request);
    CHECK(client.read().has("Connection: close"));
    CHECK(client.read_to_end().empty());
  }
  TestClient client(server.address());
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(client.read().has("Connection: keep-alive"));
  client.send(kGet);
  CHECK(client.read().status == 200);
}

TEST_CASE("pipelined requests are answered in their order") {
  TestServer server;
  TestClient client(server.address());
  std::string requests;
  for (int i = 0; i < 1'000; ++i)
    requests += get("/" + std::to_string(i));
  std::thread sender([&] { client.send(requests); });
  for (int i = 0; i < 1'000; ++i)
    CHECK(client.read().body == "GET /" + std::to_string(i) + " ");
  sender.join();
}

TEST_CASE("a client that has said all it will say is still answered") {
  TestServer server;
  TestClient client(server.address());
  client.send(get("/1") + get("/2"));
  client.finish();
  CHECK(client.read().body == "GET /1 ");
  CHECK(client.read().body == "GET /2 ");
  CHECK(client.read_to_end().empty());
}

TEST_CASE("bytes may come one at a time") {
  TestServer server;
  TestClient client(server.address());
  constexpr std::string_view kRequest =
      "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
  for (std::size_t i = 0; i < kRequest.size(); ++i)
    client.send(kRequest.substr(i, 1));
  CHECK(client.read().body == "POST /x hi");
}

TEST_CASE("a body may be as long as the limit") {
  TestServer server;
  TestClient client(server.address());
  const std::string body(1'048'576, 'b');
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + body);
  CHECK(client.read().body == "POST /x " + body);
}

TEST_CASE("HEAD gets the head that GET would get, and no body") {
  TestServer server;
  TestClient client(server.address());
  client.send("HEAD /long HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(kGet));
  CHECK(client.read(true).has("Content-Length: 11"));
  CHECK(client.read().body == "GET /x ");
}

TEST_CASE("an answer without content has no body and no length") {
  TestServer server(
      [](const Request&, auto responder) { responder->respond(text_response(204, "none")); });
  TestClient client(server.address());
  client.send(std::string(kGet) + std::string(kGet));
  CHECK(client.read().head.find("Content-Length") == std::string::npos);
  CHECK(client.read().status == 204);
}

TEST_CASE("100 Continue comes before the body, and only if it is wanted") {
  TestServer server;
  TestClient client(server.address());
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.read().status == 100);
  client.send("hi");
  CHECK(client.read().body == "POST /x hi");
  client.send(
      "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
      "2000000\r\n\r\n");
  CHECK(client.read().status == 413);
}

TEST_CASE("answers may come from any thread") {
  Shelf shelf;
  TestServer server(shelf.handler());
  std::vector<TestClient> clients;
  for (int i = 0; i < 20; ++i)
    clients.emplace_back(server.address()).send(kGet);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&shelf] {
      for (int n = 0; n < 5; ++n)
        shelf.take()->respond(text_response(201, "late"));
    });
  }
  for (TestClient& client : clients)
    CHECK(client.read().body == "late");
  for (std::thread& thread : threads)
    thread.join();
}

TEST_CASE("what a handler does wrong is answered with 500, and the connection kept") {
  const auto wrong = [](const Request& request, std::unique_ptr<Responder> responder) {
    if (request.target == "/throw") throw std::runtime_error("the reason");
    if (request.target == "/odd") throw 42;
    if (request.target == "/both") {
      responder->respond(text_response(200, ""));
      throw std::runtime_error("after all");
    }
    if (request.target == "/split") responder->respond(text_response(99, ""));
  };

  struct Row {
    std::string_view target;
    std::string_view says;
  };

  constexpr Row kRows[] = {
      {"/throw", "the reason"},       {"/odd", "unknown"},
      {"/both", "after all"},         {"/split", "could not be written"},
      {"/drop", "without an answer"},
  };
  TestServer server(wrong);
  TestClient client(server.address());
  for (const Row& row : kRows) {
    CAPTURE(row.target);
    client.send(get(row.target));
    const Reply reply = client.read();
    CHECK(reply.status == 500);
    CHECK(reply.body.find(row.says) != std::string::npos);
    CHECK(reply.has("Connection: keep-alive"));
  }
}

TEST_CASE("a responder answers once") {
  TestServer server([](const Request&, std::unique_ptr<Responder> responder) {
    responder->respond(text_response(200, "first"));
    responder->respond(text_response(200, "second"));
  });
  TestClient client(server.address());
  client.send(std::string(kGet) + std::string(kGet));
  CHECK(client.read().body == "first");
  CHECK(client.read().body == "first");
}

TEST_CASE("an answer to a client that has gone harms nobody") {
  Shelf shelf;
  TestServer server(shelf.handler());
  std::unique_ptr<Responder> orphan;
  {
    TestClient client(server.address());
    client.send(kGet);
    orphan = shelf.take();
  }
  TestClient other(server.address());
  other.send(kGet);
  auto live = shelf.take();
  orphan->respond(text_response(200, std::string(1'000'000, 'x')));
  live->respond(text_response(200, "here"));
  CHECK(other.read().body == "here");
}

TEST_CASE("a responder may outlive the server") {
  Shelf shelf;
  std::unique_ptr<Responder> answered;
  std::unique_ptr<Responder> dropped;
  {
    TestServer server(shelf.handler());
    TestClient one(server.address());
    TestClient two(server.address());
    one.send(kGet);
    two.send(kGet);
    answered = shelf.take();
    dropped = shelf.take();
  }
  answered->respond(text_response(200, "too late"));
  dropped.reset();
}

TEST_CASE("a long answer is made no faster than it is read") {
  constexpr std::size_t kPiece = 64 * 1024;
  constexpr std::size_t kLength = 1'600 * kPiece;  // 100 MiB
  Pieces::Log log;
  TestServer server(stream(kLength, kLength / kPiece, kPiece, log));
  TestClient client(server.address());
  client.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(client.read(true).has("Content-Length: " + std::to_string(kLength)));
  std::size_t read = 0;
  std::size_t ahead = 0;
  while (true) {
    const std::size_t got = client.read_some(kPiece).size();
    if (got == 0) break;
    read += got;
    ahead = std::max(ahead, log.given - read);
  }
  CHECK(read == kLength);
  CHECK(ahead < kLength / 2);  // what two sockets' buffers hold is far less
}

TEST_CASE("an answer whose source breaks its promise ends with the connection") {
  struct Row {
    std::string_view what;
    std::size_t length;
    bool fails;
    std::size_t received;
  };

  // The source has 3 pieces of 10 bytes.
  constexpr Row kRows[] = {
      {"too short", 31, false, 30},
      {"too long", 25, false, 20},
      {"too long by a piece", 20, false, 20},
      {"failing", 31, true, 30},
      {"failing at the very end", 30, true, 30},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.what);
    Pieces::Log log;
    TestServer server(stream(row.length, 3, 10, log, row.fails));
    TestClient client(server.address());
    client.send(kGet);
    client.read(true);
    CHECK(client.read_to_end().size() == row.received);
  }
}

TEST_CASE("a source answers HEAD with its length, unasked") {
  Pieces::Log log;
  TestServer server(stream(30, 3, 10, log));
  TestClient client(server.address());
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.read(true).has("Content-Length: 30"));
  CHECK(log.given == 0);
}

TEST_CASE("a request says from which address it comes, but on a UNIX socket") {
  const testing::TemporaryDirectory directory;
  const Handler tell = [](const Request& request, std::unique_ptr<Responder> responder) {
    responder->respond(text_response(200, "<" + request.peer + ">"));
  };
  TestServer server(tell, {}, {"127.0.0.1:0", "[::1]:0", "unix:" + (directory / "socket")});
  const std::vector<std::string> peers{"<127.0.0.1>", "<::1>", "<>"};
  REQUIRE(server.addresses().size() == peers.size());
  for (std::size_t i = 0; i < peers.size(); ++i)
    CHECK(ask(server.addresses()[i], kGet).body == peers[i]);
}

TEST_CASE("a server listens on several addresses at once") {
  TestServer server(echo, {}, {"127.0.0.1:0", "localhost:0", "[::1]:0"});
  CHECK(server.addresses().size() >= 3);
  for (const std::string& address : server.addresses()) {
    CAPTURE(address);
    CHECK(parse_address(address)->is_loopback());
    CHECK(ask(address, kGet).body == "GET /x ");
  }
}

}  // namespace jobsched::http
