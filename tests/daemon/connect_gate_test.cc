#include "daemon/engine/connect_gate.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/fake_clock.h"

using jobsched::ConnectGate;
using jobsched::NetworkRules;
using jobsched::parse_ip_network;
using jobsched::Verdict;
using jobsched::testing::FakeClock;

namespace {

// A socket address of the text, to judge.
Verdict judge(ConnectGate& gate, const std::string& text) {
  sockaddr_storage storage{};
  auto& address = reinterpret_cast<sockaddr&>(storage);
  if (text.find(':') == std::string::npos) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    v4.sin_family = AF_INET;
    REQUIRE(::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1);
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_family = AF_INET6;
    REQUIRE(::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1);
  }
  return gate.judge(address);
}

}  // namespace

TEST_CASE("socket addresses are judged by the rules") {
  FakeClock clock{jobsched::Instant{}};
  NetworkRules rules{true, {*parse_ip_network("10.0.0.0/8")}, {*parse_ip_network("9.9.9.9")}};
  ConnectGate gate(rules, clock);
  CHECK(judge(gate, "8.8.8.8") == Verdict::kPermitted);
  CHECK(judge(gate, "2606:4700::1") == Verdict::kPermitted);
  CHECK(judge(gate, "10.1.2.3") == Verdict::kPermitted);
  CHECK(judge(gate, "::ffff:10.1.2.3") == Verdict::kPermitted);
  CHECK(judge(gate, "9.9.9.9") == Verdict::kDenied);
  CHECK(judge(gate, "::ffff:9.9.9.9") == Verdict::kDenied);
  CHECK(judge(gate, "127.0.0.1") == Verdict::kNotPublic);
  CHECK(judge(gate, "::1") == Verdict::kNotPublic);
  CHECK(judge(gate, "::ffff:127.0.0.1") == Verdict::kNotPublic);
  CHECK(judge(gate, "fe80::1") == Verdict::kLinkLocalOrMetadata);
}

TEST_CASE("what is no IP address is not permitted") {
  FakeClock clock{jobsched::Instant{}};
  ConnectGate gate({}, clock);
  sockaddr_storage local{};
  local.ss_family = AF_UNIX;
  CHECK(gate.judge(reinterpret_cast<const sockaddr&>(local)) == Verdict::kNotPublic);
}

TEST_CASE(
    "this machine's addresses are none that callbacks may go to, as far as rules are public") {
  FakeClock clock{jobsched::Instant{}};
  ConnectGate open({false}, clock);
  ConnectGate strict({true}, clock);
  ifaddrs* list = nullptr;
  REQUIRE(::getifaddrs(&list) == 0);
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const bool v4 = entry->ifa_addr != nullptr && entry->ifa_addr->sa_family == AF_INET;
    if (!v4) continue;
    CHECK(open.judge(*entry->ifa_addr) == Verdict::kPermitted);
    CHECK(strict.judge(*entry->ifa_addr) == Verdict::kNotPublic);
  }
}
