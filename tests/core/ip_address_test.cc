#include "core/net/ip_address.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using jobsched::format_ip_address;
using jobsched::format_ip_network;
using jobsched::IpAddress;
using jobsched::ipv4;
using jobsched::ipv6;
using jobsched::parse_ip_address;
using jobsched::parse_ip_network;

TEST_CASE("addresses are read, and written in one form each") {
  struct Row {
    std::string_view text;
    std::string_view written;
  };

  constexpr Row kRows[] = {
      {"0.0.0.0", "0.0.0.0"},
      {"127.0.0.1", "127.0.0.1"},
      {"255.255.255.255", "255.255.255.255"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"2001:DB8::1", "2001:db8::1"},
      {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
      {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
      {"1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
      {"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"},
      {"64:ff9b::192.0.2.1", "64:ff9b::c000:201"},
      {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
      // one value in two spellings
      {"::ffff:127.0.0.1", "127.0.0.1"},
      {"::FFFF:7f00:1", "127.0.0.1"},
      {"0:0:0:0:0:ffff:127.0.0.1", "127.0.0.1"},
      // not the same
      {"::127.0.0.1", "::7f00:1"},
      {"::ffff:0:127.0.0.1", "::ffff:0:7f00:1"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const auto address = parse_ip_address(row.text);
    REQUIRE(address.has_value());
    CHECK(format_ip_address(*address) == row.written);
    CHECK(parse_ip_address(row.written) == address);
  }
  CHECK(parse_ip_address("1.2.3.4") == ipv4(1, 2, 3, 4));
  CHECK(parse_ip_address("fe80::1:2") == ipv6({0xfe80, 0, 0, 0, 0, 0, 1, 2}));
}

TEST_CASE("what is no address") {
  for (const std::string_view text : {"",
                                      "1",
                                      "1.2.3",
                                      "1.2.3.4.5",
                                      "1.2.3.256",
                                      "1.2.3.04",
                                      "01.2.3.4",
                                      "0x1.2.3.4",
                                      "1.2.3.",
                                      ".1.2.3",
                                      "1..2.3",
                                      "+1.2.3.4",
                                      "1.2.3.4 ",
                                      " 1.2.3.4",
                                      "1.2.3.1234",
                                      "localhost",
                                      ":",
                                      ":::",
                                      "1",
                                      "1:2:3",
                                      "1:2:3:4:5:6:7",
                                      "1:2:3:4:5:6:7:8:9",
                                      "1::2::3",
                                      ":1::",
                                      "::1:",
                                      "12345::",
                                      "g::",
                                      "1:2:3:4:5:6:7::8",
                                      "::1.2.3",
                                      "::1.2.3.4:5",
                                      "1.2.3.4::",
                                      "[::1]",
                                      "fe80::1%eth0",
                                      "::ffff:1.2.3.04",
                                      "1:2:3:4:5:6:7:1.2.3.4",
                                      "::-1",
                                      "::+1",
                                      "2130706433"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ip_address(text).has_value());
  }
}

TEST_CASE("networks contain what begins with their bits") {
  struct Row {
    std::string_view network;
    std::string_view address;
    bool contains;
  };

  constexpr Row kRows[] = {
      {"10.0.0.0/8", "10.0.0.0", true},
      {"10.0.0.0/8", "10.255.255.255", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"100.64.0.0/10", "100.127.255.255", true},
      {"100.64.0.0/10", "100.128.0.0", false},
      {"0.0.0.0/0", "255.1.2.3", true},
      {"1.2.3.4", "1.2.3.4", true},
      {"1.2.3.4", "1.2.3.5", false},
      {"fe80::/10", "febf::1", true},
      {"fe80::/10", "fec0::1", false},
      {"::1", "::1", true},
      // the two families have nothing in common, but for the two spellings of one address
      {"0.0.0.0/0", "::1", false},
      {"::/0", "1.2.3.4", false},
      {"::/0", "2001:db8::1", true},
      {"::ffff:0:0/96", "1.2.3.4", true},
      {"::ffff:10.0.0.0/104", "10.1.1.1", true},
      {"10.0.0.0/8", "::ffff:10.1.1.1", true},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.network);
    CAPTURE(row.address);
    CHECK(parse_ip_network(row.network)->contains(*parse_ip_address(row.address)) == row.contains);
  }
}

TEST_CASE("networks contain longer networks") {
  const auto within = [](std::string_view outer, std::string_view inner) {
    return parse_ip_network(outer)->contains(*parse_ip_network(inner));
  };
  CHECK(within("10.0.0.0/8", "10.0.0.0/8"));
  CHECK(within("10.0.0.0/8", "10.1.0.0/16"));
  CHECK_FALSE(within("10.1.0.0/16", "10.0.0.0/8"));
  CHECK_FALSE(within("10.0.0.0/8", "11.0.0.0/16"));
  CHECK_FALSE(within("::/0", "10.0.0.0/8"));
}

TEST_CASE("networks are read and written") {
  struct Row {
    std::string_view text;
    std::string_view written;
  };

  for (const Row& row :
       {Row{"10.0.0.0/8", "10.0.0.0/8"}, Row{"1.2.3.4", "1.2.3.4/32"},
        Row{"1.2.3.4/32", "1.2.3.4/32"}, Row{"0.0.0.0/0", "0.0.0.0/0"}, Row{"FD00::/8", "fd00::/8"},
        Row{"::1", "::1/128"}, Row{"::/0", "::/0"}, Row{"::ffff:10.0.0.0/104", "10.0.0.0/8"}}) {
    CAPTURE(row.text);
    const auto network = parse_ip_network(row.text);
    REQUIRE(network.has_value());
    CHECK(format_ip_network(*network) == row.written);
  }
}

TEST_CASE("what is no network is refused with what to write") {
  struct Row {
    std::string_view text;
    std::string_view detail;
  };

  constexpr std::string_view kWrite =
      " is not an IP address or network; write one like 192.0.2.1, 10.0.0.0/8 or fd00::/8";
  constexpr std::string_view kLength32 =
      " has no length of a network after the /, which is a number from 0 to 32";
  constexpr std::string_view kLength128 =
      " has no length of a network after the /, which is a number from 0 to 128";
  const Row rows[] = {
      {"", kWrite},
      {"example.com", kWrite},
      {"10/8", kWrite},
      {"10.0.0.0/255.0.0.0", kLength32},
      {"10.0.0.0/", kLength32},
      {"10.0.0.0/33", kLength32},
      {"10.0.0.0/-1", kLength32},
      {"10.0.0.0/8/8", kLength32},
      {"10.0.0.0/8 ", kLength32},
      {"fd00::/129", kLength128},
      {"fd00::/1000000000000", kLength128},
      {"10.0.0.1/8",
       " may be meant in two ways; write 10.0.0.0/8 for the network, or 10.0.0.1 for the address"},
      {"fd00::1/8",
       " may be meant in two ways; write fd00::/8 for the network, or fd00::1 for the address"},
      {"::ffff:10.0.0.0/90",
       " may be meant in two ways; write ::ffc0:0:0/90 for the network, or 10.0.0.0 for the "
       "address"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto network = parse_ip_network(row.text);
    REQUIRE_FALSE(network.has_value());
    CHECK(network.error().kind == jobsched::ErrorKind::kInvalid);
    CHECK(network.error().detail == "\"" + std::string(row.text) + "\"" + std::string(row.detail));
  }
}
