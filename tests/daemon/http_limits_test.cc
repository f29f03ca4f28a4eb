#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/resource.h>

#include <array>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/fd.h"
#include "daemon/http/listener.h"
#include "tests/support/http_client.h"
#include "tests/support/http_server.h"
#include "tests/support/shelf.h"

namespace jobsched::http {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

// An answer that never ends. Says when it goes.
class Endless final : public BodySource {
 public:
  explicit Endless(std::promise<void>& gone) : gone_(gone) {}

  Endless(const Endless&) = delete;
  Endless& operator=(const Endless&) = delete;

  ~Endless() override { gone_.set_value(); }

  std::optional<std::string> next() override { return std::string(64 * 1024, 'e'); }

 private:
  std::promise<void>& gone_;
};

// An IPv4 address of this machine that is none of loopback; empty if it has none.
std::string address_beyond_loopback() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
    if ((one->ifa_flags & IFF_LOOPBACK) != 0 || (one->ifa_flags & IFF_UP) == 0) continue;
    std::array<char, NI_MAXHOST> host{};
    if (::getnameinfo(one->ifa_addr, sizeof(sockaddr_in), host.data(), host.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      return host.data();
    }
  }
  return {};
}

// Lets the process have no further descriptors while it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    const Fd lowest_free(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    none.rlim_cur = static_cast<rlim_t>(lowest_free.get());
    ::setrlimit(RLIMIT_NOFILE, &none);
  }

  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("what is not acceptable is refused, and the connection closed") {
  struct Row {
    std::string_view name;
    std::string bytes;
    int status;
  };

  const Row rows[] = {
      {"no HTTP", "\x16\x03\x01\x02", 400},
      {"malformed", "GET /\r\n\r\n", 400},
      {"two requests in one", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + std::string(kGet),
       400},
      {"long target", "GET /" + std::string(9'000, 'x'), 414},
      {"long header", "GET / HTTP/1.1\r\nX: " + std::string(40'000, 'x'), 431},
      {"200 MB declared", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000000\r\n\r\n", 413},
      {"long chunk", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n",
       413},
      {"unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"unknown version", "GET / HTTP/2.0\r\n\r\n", 505},
  };
  TestServer server;
  for (const Row& row : rows) {
    CAPTURE(row.name);
    TestClient client(server.address());
    client.send(row.bytes);
    const Reply reply = client.read();
    CHECK(reply.status == row.status);
    CHECK(reply.has("Connection: close"));
    CHECK_FALSE(reply.body.empty());
    CHECK(client.read_to_end().empty());
  }
}

TEST_CASE("HEAD is refused without a body") {
  TestServer server;
  TestClient client(server.address());
  client.send("HEAD / HTTP/1.1\r\n\r\n");
  CHECK(client.read(true).status == 400);
  CHECK(client.read_to_end().empty());
}

TEST_CASE("the refusal is told what is known of the request, and may fail") {
  std::string accept;
  const jobsched::SystemClock clock;
  Server server(
      clock, {}, echo,
      [&accept](int status, const std::string& detail, const Request* partial) -> Response {
        if (!partial) throw std::runtime_error(detail);
        accept = partial->header("accept").value_or("");
        return text_response(status, "mine");
      });
  REQUIRE(server.listen(*parse_address("127.0.0.1:0")));
  const std::string address = server.addresses().front();
  const auto serving = std::async(std::launch::async, [&server] { server.run(); });
  CHECK(ask(address, "GET / HTTP/1.1\r\nAccept: text/xml\r\n\r\n").body == "mine");
  const Reply plain = ask(address, "nonsense\r\n");
  CHECK(plain.status == 400);
  CHECK(plain.body.find("METHOD TARGET") != std::string::npos);
  server.stop(0ms);
  serving.wait();
  CHECK(accept == "text/xml");
}

TEST_CASE("a client that sends a body of 200 MB without waiting sees that it is refused") {
  TestServer server;
  for (const std::string_view framing :
       {"Content-Length: 200000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nbebc200\r\n"}) {
    TestClient client(server.address());
    client.send("POST / HTTP/1.1\r\nHost: a\r\n" + std::string(framing));
    client.send_while_taken(std::string(64 * 1024, 'b'), 200'000'000);
    CHECK(client.read().status == 413);
  }
}

TEST_CASE("headers without end are refused") {
  TestServer server;
  std::string lines;
  for (int i = 0; i < 1'000; ++i)
    lines += "X: y\r\n";
  for (const std::string& piece : {lines, std::string(6'000, 'x')}) {
    TestClient client(server.address());
    client.send("GET / HTTP/1.1\r\n");
    client.send_while_taken(piece, 200'000'000);
    CHECK(client.read().status == 431);
  }
}

TEST_CASE("an idle connection is closed without a word") {
  TestServer server(echo, {.idle = 50ms});
  TestClient fresh(server.address());
  CHECK(fresh.read_to_end().empty());
  TestClient used(server.address());
  used.send(kGet);
  CHECK(used.read().status == 200);
  CHECK(used.read_to_end().empty());
}

TEST_CASE("a request must be complete in time, however busily it drips") {
  TestServer server(echo, {.idle = 60s, .request = 100ms});
  for (const std::string_view start :
       {"GET /",
        "GET / HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"}) {
    CAPTURE(start);
    TestClient client(server.address());
    client.send(start);
    int drops = 0;
    while (!client.readable_within(5) && drops < 10'000) {
      client.send("x");
      ++drops;
    }
    const Reply reply = client.read();
    CHECK(reply.status == 408);
    CHECK(reply.has("Connection: close"));
  }
}

TEST_CASE("a client that does not read its answer is given up") {
  std::promise<void> gone;
  TestServer server(
      [&gone](const Request&, std::unique_ptr<Responder> responder) {
        Response response;
        response.content_length = std::uint64_t{1} << 40;
        response.source = std::make_unique<Endless>(gone);
        responder->respond(std::move(response));
      },
      {.response = 100ms});
  TestClient client(server.address());
  client.send(kGet);
  CHECK(gone.get_future().wait_for(60s) == std::future_status::ready);
}

TEST_CASE("a client that floods with requests is not read while one is being answered") {
  Shelf shelf;
  TestServer server(shelf.handler());
  TestClient client(server.address());
  constexpr std::size_t kFlood = 256'000'000;
  CHECK(client.send_while_taken(kGet, kFlood) < kFlood / 2);
  shelf.take()->respond(text_response(200, "one"));
  CHECK(client.read().body == "one");
  shelf.take()->respond(text_response(200, "two"));
  CHECK(client.read().body == "two");
}

TEST_CASE("a thousand idle connections do not hold up another") {
  TestServer server;
  std::vector<TestClient> idle;
  for (int i = 0; i < 1'000; ++i)
    idle.emplace_back(server.address());
  for (std::size_t i = 0; i < idle.size(); i += 2)
    idle[i].send("GET / HT");
  CHECK(ask(server.address(), kGet).status == 200);
  CHECK_FALSE(idle.front().readable_within(0));
  idle.front().send("TP/1.1\r\nHost: a\r\n\r\n");
  CHECK(idle.front().read().status == 200);
}

TEST_CASE("connections beyond the limit are turned away, and there is room again when one goes") {
  TestServer server(echo, {.connections = 2});
  TestClient first(server.address());
  {
    TestClient second(server.address());
    first.send(kGet);
    second.send(kGet);
    CHECK(first.read().status == 200);
    CHECK(second.read().status == 200);
    const Reply reply = ask(server.address(), kGet);
    CHECK(reply.status == 503);
    CHECK(reply.has("Connection: close"));
  }
  // The server has noticed that the second went when it no longer turns others away.
  int status = 503;
  for (int tries = 0; tries < 1'000 && status == 503; ++tries) {
    status = ask(server.address(), kGet).status;
  }
  CHECK(status == 200);
  first.send(kGet);
  CHECK(first.read().status == 200);
}

TEST_CASE("a burst far beyond the limit is survived") {
  TestServer server(echo, {.connections = 5});
  {
    std::vector<TestClient> burst;
    for (int i = 0; i < 300; ++i)
      burst.emplace_back(server.address());
  }
  int status = 0;
  for (int tries = 0; tries < 1'000 && status != 200; ++tries) {
    TestClient client(server.address());
    client.send_while_taken(kGet, kGet.size());
    if (client.read_some(12) == "HTTP/1.1 200") status = 200;
  }
  CHECK(status == 200);
}

TEST_CASE(
    "running out of descriptors is survived: one client is turned away, then there is a rest") {
  TestServer server;
  std::vector<TestClient> clients;
  for (int i = 0; i < 4; ++i)
    clients.push_back(TestClient::unconnected_tcp());
  {
    const NoDescriptors none;
    for (TestClient& client : clients)
      client.connect(server.address());
    CHECK(clients.front().read().status == 503);
  }
  CHECK(ask(server.address(), kGet).status == 200);
}

TEST_CASE("one address has a share of the connections, this machine's own has all") {
  TestServer server(echo, {.connections_per_peer = 2}, {"0.0.0.0:0"});
  const std::string port = server.address().substr(server.address().find(':'));
  const auto busy = [](const std::string& address, std::size_t count) {
    std::vector<TestClient> clients;
    for (std::size_t i = 0; i < count; ++i) {
      clients.emplace_back(address).send(kGet);
      CHECK(clients.back().read().status == 200);
    }
    return clients;
  };
  const auto local = busy("127.0.0.1" + port, 10);
  const std::string elsewhere = address_beyond_loopback();
  if (elsewhere.empty()) return;  // a machine without a network
  auto all = busy(elsewhere + port, 2);
  const Reply reply = TestClient(elsewhere + port).read();
  CHECK(reply.status == 429);
  CHECK(reply.has("Connection: close"));
  // Of many at once, most are not even answered.
  std::vector<TestClient> burst;
  for (int i = 0; i < 50; ++i)
    burst.emplace_back(elsewhere + port);
  for (TestClient& client : burst)
    client.read_to_end();
  CHECK(ask("127.0.0.1" + port, kGet).status == 200);
  all.clear();
  burst.clear();
  int status = 429;
  for (int i = 0; i < 1'000 && status == 429; ++i) {
    TestClient client(elsewhere + port);
    client.send_while_taken(kGet, kGet.size());
    const std::string answer = client.read_some(12);
    status = answer.ends_with("200") ? 200 : 429;
  }
  CHECK(status == 200);
  server.change([](Server& running) { running.set({.connections_per_peer = 0}); });
  busy(elsewhere + port, 10);
}

TEST_CASE("no error of accept ends the listening") {
  struct Row {
    int error;
    AcceptFailure failure;
  };

  constexpr Row kRows[] = {
      {EAGAIN, AcceptFailure::kNone},       {EINTR, AcceptFailure::kNext},
      {ECONNABORTED, AcceptFailure::kNext}, {EMFILE, AcceptFailure::kExhausted},
      {ENFILE, AcceptFailure::kExhausted},  {ENOBUFS, AcceptFailure::kRest},
      {ENOMEM, AcceptFailure::kRest},       {EPROTO, AcceptFailure::kRest},
      {EPERM, AcceptFailure::kRest},        {ENETDOWN, AcceptFailure::kRest},
      {EBADF, AcceptFailure::kRest},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.error);
    CHECK(classify_accept_error(row.error) == row.failure);
  }
}

}  // namespace jobsched::http
