#include "core/net/network_rules.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

using jobsched::check_host;
using jobsched::IpAddress;
using jobsched::IpNetwork;
using jobsched::judge;
using jobsched::NetworkRules;
using jobsched::parse_ip_address;
using jobsched::parse_ip_network;
using jobsched::Verdict;

namespace {

IpAddress address(std::string_view text) {
  const auto parsed = parse_ip_address(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

std::vector<IpNetwork> networks(const std::vector<std::string_view>& texts) {
  std::vector<IpNetwork> list;
  for (const std::string_view text : texts)
    list.push_back(*parse_ip_network(text));
  return list;
}

}  // namespace

// Each network of the registries by its first and last address, and the neighbours outside.
TEST_CASE("which addresses are public") {
  struct Row {
    std::string_view text;
    bool is_public;
  };

  constexpr Row kRows[] = {
      {"0.0.0.0", false},
      {"0.255.255.255", false},
      {"1.0.0.0", true},
      {"9.255.255.255", true},
      {"10.0.0.0", false},
      {"10.255.255.255", false},
      {"11.0.0.0", true},
      {"100.63.255.255", true},
      {"100.64.0.0", false},
      {"100.127.255.255", false},
      {"100.128.0.0", true},
      {"126.255.255.255", true},
      {"127.0.0.0", false},
      {"127.0.0.1", false},
      {"127.255.255.255", false},
      {"128.0.0.0", true},
      {"169.253.255.255", true},
      {"169.254.0.0", false},
      {"169.254.169.254", false},
      {"169.254.255.255", false},
      {"169.255.0.0", true},
      {"172.15.255.255", true},
      {"172.16.0.0", false},
      {"172.31.255.255", false},
      {"172.32.0.0", true},
      {"191.255.255.255", true},
      {"192.0.0.0", false},
      {"192.0.0.192", false},
      {"192.0.0.255", false},
      {"192.0.1.0", true},
      {"192.0.2.0", false},
      {"192.0.2.255", false},
      {"192.0.3.0", true},
      {"192.31.196.0", false},
      {"192.31.197.0", true},
      {"192.52.193.255", false},
      {"192.52.194.0", true},
      {"192.88.98.255", true},
      {"192.88.99.0", false},
      {"192.167.255.255", true},
      {"192.168.0.0", false},
      {"192.168.255.255", false},
      {"192.169.0.0", true},
      {"192.175.48.0", false},
      {"192.175.49.0", true},
      {"198.17.255.255", true},
      {"198.18.0.0", false},
      {"198.19.255.255", false},
      {"198.20.0.0", true},
      {"198.51.100.0", false},
      {"198.51.101.0", true},
      {"203.0.112.255", true},
      {"203.0.113.0", false},
      {"203.0.114.0", true},
      {"223.255.255.255", true},
      {"224.0.0.0", false},
      {"239.255.255.255", false},
      {"240.0.0.0", false},
      {"255.255.255.255", false},
      {"8.8.8.8", true},
      {"::ffff:8.8.8.8", true},
      {"::ffff:10.0.0.1", false},
      {"::", false},
      {"::1", false},
      {"::8.8.8.8", false},
      {"::ffff:0:8.8.8.8", false},
      {"64:ff9b::8.8.8.8", false},
      {"64:ff9b:1::1", false},
      {"100::1", false},
      {"100:0:0:1::1", false},
      {"1fff:ffff::1", false},
      {"2000::1", true},
      {"2001::1", false},
      {"2001:1ff::1", false},
      {"2001:200::1", true},
      {"2001:db7::1", true},
      {"2001:db8::1", false},
      {"2001:db9::1", true},
      {"2001:4860:4860::8888", true},
      {"2002::1", false},
      {"2002:808:808::1", false},
      {"2003::1", true},
      {"2606:4700::1", true},
      {"2620:4f:8000::1", false},
      {"2620:4f:8001::1", true},
      {"3ffe::1", true},
      {"3fff::1", false},
      {"3fff:fff::1", false},
      {"3fff:1000::1", true},
      {"4000::1", false},
      {"5f00::1", false},
      {"fc00::1", false},
      {"fd00:ec2::254", false},
      {"fe80::1", false},
      {"fec0::1", false},
      {"ff02::1", false},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CHECK(is_public(address(row.text)) == row.is_public);
  }
}

TEST_CASE("link-local addresses and those of metadata services") {
  for (const std::string_view text :
       {"169.254.0.1", "169.254.169.254", "169.254.170.2", "169.254.0.23", "168.63.129.16",
        "100.100.100.200", "192.0.0.192", "fe80::1", "febf::1", "fd00:ec2::254", "fd00:ec2::23",
        "fd00:c1::a9fe:a9fe", "fd20:ce::254", "::ffff:169.254.169.254"}) {
    CAPTURE(text);
    CHECK(is_link_local_or_metadata(address(text)));
  }
  for (const std::string_view text :
       {"127.0.0.1", "10.0.0.1", "168.63.129.17", "100.100.100.201", "fd00:ec3::254", "fec0::1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_link_local_or_metadata(address(text)));
  }
}

TEST_CASE("which connections are permitted") {
  constexpr auto kPermitted = Verdict::kPermitted;
  constexpr auto kDenied = Verdict::kDenied;
  constexpr auto kMetadata = Verdict::kLinkLocalOrMetadata;
  constexpr auto kNotPublic = Verdict::kNotPublic;

  struct Row {
    std::string_view address;
    std::vector<std::string_view> allow;
    std::vector<std::string_view> deny;
    Verdict any;          // where any address is permitted
    Verdict public_only;  // where only public ones are
  };

  const std::vector<Row> rows = {
      {"8.8.8.8", {}, {}, kPermitted, kPermitted},
      {"2606:4700::1", {}, {}, kPermitted, kPermitted},
      {"10.0.0.1", {}, {}, kPermitted, kNotPublic},
      {"127.0.0.1", {}, {}, kPermitted, kNotPublic},
      {"0.0.0.0", {}, {}, kPermitted, kNotPublic},
      {"::1", {}, {}, kPermitted, kNotPublic},
      {"::", {}, {}, kPermitted, kNotPublic},
      {"fd00::1", {}, {}, kPermitted, kNotPublic},
      {"169.254.169.254", {}, {}, kMetadata, kMetadata},
      {"fe80::1", {}, {}, kMetadata, kMetadata},
      {"fd00:ec2::254", {}, {}, kMetadata, kMetadata},
      {"168.63.129.16", {}, {}, kMetadata, kMetadata},

      // allow
      {"10.0.0.1", {"10.0.0.0/8"}, {}, kPermitted, kPermitted},
      {"10.0.0.1", {"192.168.0.0/16", "10.0.0.1"}, {}, kPermitted, kPermitted},
      {"10.0.0.1", {"0.0.0.0/0"}, {}, kPermitted, kPermitted},
      {"10.0.0.1", {"::/0"}, {}, kPermitted, kNotPublic},
      {"fd00::1", {"::/0"}, {}, kPermitted, kPermitted},
      {"::ffff:10.0.0.1", {"10.0.0.0/8"}, {}, kPermitted, kPermitted},
      {"10.0.0.1", {"::ffff:10.0.0.1"}, {}, kPermitted, kPermitted},

      // only a narrow one opens loopback, link-local and metadata addresses
      {"127.0.0.1", {"0.0.0.0/0"}, {}, kPermitted, kNotPublic},
      {"127.0.0.1", {"127.0.0.0/8"}, {}, kPermitted, kPermitted},
      {"127.0.0.1", {"127.0.0.1"}, {}, kPermitted, kPermitted},
      {"::1", {"::/0"}, {}, kPermitted, kNotPublic},
      {"::1", {"::1"}, {}, kPermitted, kPermitted},
      {"0.0.0.0", {"0.0.0.0/0"}, {}, kPermitted, kNotPublic},
      {"169.254.169.254", {"0.0.0.0/0"}, {}, kMetadata, kMetadata},
      {"169.254.169.254", {"169.0.0.0/8"}, {}, kMetadata, kMetadata},
      {"169.254.169.254", {"169.254.0.0/16"}, {}, kPermitted, kPermitted},
      {"169.254.169.254", {"169.254.169.254"}, {}, kPermitted, kPermitted},
      {"169.254.169.254", {"169.254.169.253"}, {}, kMetadata, kMetadata},
      {"100.100.100.200", {"100.64.0.0/10"}, {}, kMetadata, kMetadata},
      {"100.100.100.200", {"100.100.100.200"}, {}, kPermitted, kPermitted},
      {"192.0.0.192", {"192.0.0.0/24"}, {}, kMetadata, kMetadata},
      {"fe80::1", {"::/0"}, {}, kMetadata, kMetadata},
      {"fe80::1", {"fe80::/64"}, {}, kPermitted, kPermitted},
      {"fd00:ec2::254", {"fc00::/7"}, {}, kMetadata, kMetadata},
      {"fd00:ec2::254", {"fd00:ec2::254"}, {}, kPermitted, kPermitted},

      // deny
      {"8.8.8.8", {}, {"8.8.8.0/24"}, kDenied, kDenied},
      {"::ffff:8.8.8.8", {}, {"8.8.8.0/24"}, kDenied, kDenied},
      {"8.8.8.8", {}, {"0.0.0.0/0"}, kDenied, kDenied},
      {"2606:4700::1", {}, {"0.0.0.0/0"}, kPermitted, kPermitted},
      {"10.0.0.1", {}, {"10.0.0.0/8"}, kDenied, kDenied},
      {"169.254.169.254", {}, {"169.254.0.0/16"}, kDenied, kDenied},

      // the longer of the two; deny if they are equal
      {"10.0.0.1", {"10.0.0.0/8"}, {"10.0.0.0/16"}, kDenied, kDenied},
      {"10.0.0.1", {"10.0.0.0/16"}, {"10.0.0.0/8"}, kPermitted, kPermitted},
      {"10.0.0.1", {"10.0.0.0/8"}, {"10.0.0.0/8"}, kDenied, kDenied},
      {"10.0.0.1", {"10.0.0.1"}, {"10.0.0.1"}, kDenied, kDenied},
      {"10.0.0.1", {"10.0.0.0/16", "0.0.0.0/0"}, {"10.0.0.0/8"}, kPermitted, kPermitted},
      {"10.0.0.1", {"10.0.0.0/16"}, {"10.0.0.0/8", "10.0.0.0/24"}, kDenied, kDenied},
      {"169.254.1.1", {"0.0.0.0/0"}, {"128.0.0.0/1"}, kDenied, kDenied},
      {"169.254.1.1", {"128.0.0.0/1"}, {"0.0.0.0/0"}, kDenied, kDenied},
      {"169.254.1.1", {"169.254.1.1"}, {"0.0.0.0/0"}, kPermitted, kPermitted},

      // what carries an IPv4 address is permitted if both are
      {"64:ff9b::8.8.8.8", {}, {}, kPermitted, kNotPublic},
      {"64:ff9b::8.8.8.8", {"64:ff9b::/96"}, {}, kPermitted, kPermitted},
      {"64:ff9b::10.0.0.1", {"64:ff9b::/96"}, {}, kPermitted, kNotPublic},
      {"64:ff9b::10.0.0.1", {"64:ff9b::/96", "10.0.0.0/8"}, {}, kPermitted, kPermitted},
      {"64:ff9b::10.0.0.1", {"10.0.0.0/8"}, {}, kPermitted, kNotPublic},
      {"64:ff9b::127.0.0.1", {"64:ff9b::/96"}, {}, kPermitted, kNotPublic},
      {"64:ff9b::169.254.169.254", {"64:ff9b::/96"}, {}, kMetadata, kMetadata},
      {"64:ff9b::8.8.8.8", {"64:ff9b::/96"}, {"8.8.8.8"}, kDenied, kDenied},
      {"64:ff9b:1::169.254.169.254", {}, {}, kMetadata, kNotPublic},
      {"2002:a9fe:a9fe::1", {}, {}, kMetadata, kNotPublic},
      {"2002:7f00:1::1", {"2002::/16"}, {}, kPermitted, kNotPublic},
      {"2002:808:808::1", {"2002::/16"}, {}, kPermitted, kPermitted},
      {"2001:0:a9fe:a9fe::1", {}, {}, kMetadata, kNotPublic},
      {"2001:0:808:808:0:0:5601:5601", {}, {}, kMetadata, kNotPublic},
      {"2001:0:808:808:0:0:f7f7:f7f7", {"2001::/32"}, {}, kPermitted, kPermitted},
      {"::169.254.169.254", {}, {}, kMetadata, kNotPublic},
      {"::ffff:0:169.254.169.254", {}, {}, kMetadata, kNotPublic},
  };
  for (const Row& row : rows) {
    CAPTURE(row.address);
    CAPTURE(row.allow);
    CAPTURE(row.deny);
    NetworkRules rules{false, networks(row.allow), networks(row.deny)};
    CHECK(judge(rules, address(row.address)) == row.any);
    rules.public_only = true;
    CHECK(judge(rules, address(row.address)) == row.public_only);
  }
}

TEST_CASE("the machine's own addresses are not public") {
  const std::vector<IpAddress> own{address("8.8.8.8"), address("2606:4700::1")};
  CHECK(judge({true}, address("8.8.8.8"), own) == Verdict::kNotPublic);
  CHECK(judge({true}, address("2606:4700::1"), own) == Verdict::kNotPublic);
  CHECK(judge({true}, address("8.8.8.9"), own) == Verdict::kPermitted);
  CHECK(judge({true, networks({"8.8.8.8"})}, address("8.8.8.8"), own) == Verdict::kPermitted);
  CHECK(judge({false}, address("8.8.8.8"), own) == Verdict::kPermitted);
  CHECK(judge({true, networks({"64:ff9b::/96"})}, address("64:ff9b::8.8.8.8"), own) ==
        Verdict::kNotPublic);
}

TEST_CASE("a host that is an address is judged by its text") {
  struct Row {
    std::string_view host;
    std::string_view detail;  // a part of it; empty: permitted
  };

  constexpr Row kRows[] = {
      {"8.8.8.8", ""},
      {"localhost", ""},  // judged at each connect
      {"example.com.", ""},
      {"10.0.0.1", "delivery.network"},
      {"10.0.0.1.", "delivery.network"},
      {"::1", "delivery.network"},
      {"::ffff:7f00:1", "delivery.network"},
      {"169.254.169.254", "name it in delivery.allow"},
      {"1.1.1.1", "delivery.deny"},
  };
  const NetworkRules rules{true, {}, networks({"1.1.1.1"})};
  for (const Row& row : kRows) {
    CAPTURE(row.host);
    const auto checked = check_host(rules, row.host);
    CHECK(checked.has_value() == row.detail.empty());
    if (checked) continue;
    CHECK(checked.error().kind == jobsched::ErrorKind::kInvalid);
    CHECK(checked.error().field == "url");
    CHECK(checked.error().detail.find(row.detail) != std::string::npos);
    CHECK(checked.error().detail.find(row.host) == std::string::npos);
  }
}
