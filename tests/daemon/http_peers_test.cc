#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/fd.h"
#include "daemon/http/peer.h"
#include "daemon/http/peers.h"

namespace jobsched::http {

namespace {

std::string peer(const std::string& text) {
  sockaddr_storage storage{};
  void* const any = &storage;
  auto* const v4 = static_cast<sockaddr_in*>(any);
  auto* const v6 = static_cast<sockaddr_in6*>(any);
  if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else if (::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    storage.ss_family = AF_INET6;
  } else {
    storage.ss_family = AF_UNIX;
  }
  return peer_of(storage);
}

}  // namespace

TEST_CASE("a peer is an address, or an IPv6 network, beyond this machine") {
  struct Row {
    std::string one;
    std::string other;
    bool same;
  };

  const Row rows[] = {
      {"192.0.2.1", "192.0.2.1", true},          {"192.0.2.1", "192.0.2.2", false},
      {"192.0.2.1", "::ffff:192.0.2.1", true},   {"2001:db8::1", "2001:db8::ffff:1", true},
      {"2001:db8::1", "2001:db8:0:1::1", false}, {"2001:db8::1", "192.0.2.1", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.one);
    CAPTURE(row.other);
    CHECK_FALSE(peer(row.one).empty());
    CHECK((peer(row.one) == peer(row.other)) == row.same);
  }
  for (const std::string here : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "a socket"}) {
    CAPTURE(here);
    CHECK(peer(here).empty());
  }
}

TEST_CASE("only the peer of a UNIX socket has no address, also when others have gone") {
  struct Row {
    int family;
    std::string_view address;
  };

  constexpr Row kRows[] = {{AF_INET, "0.0.0.0"}, {AF_INET6, "::"}, {AF_UNIX, ""}};
  for (const Row& row : kRows) {
    CAPTURE(row.address);
    const Fd alone(::socket(row.family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    CHECK(peer_address(alone.get()) == row.address);
  }
  std::array<int, 2> pair{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) == 0);
  const Fd one(pair[0]);
  const Fd other(pair[1]);
  CHECK(peer_address(one.get()).empty());
}

TEST_CASE("peers are counted while they are there") {
  Peers peers;
  peers.enter("a");
  peers.enter("a");
  peers.enter("b");
  peers.enter("");
  CHECK(peers.count("a") == 2);
  CHECK(peers.count("b") == 1);
  CHECK(peers.count("") == 0);
  peers.leave("a");
  peers.leave("b");
  peers.leave("");
  CHECK(peers.count("a") == 1);
  CHECK(peers.count("b") == 0);
}

}  // namespace jobsched::http
