#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/http/framer.h"
#include "tests/support/framing.h"

namespace jobsched::http {

namespace {

struct Row {
  std::string_view name;
  std::string_view bytes;
  std::string_view outcome;
};

const Request& request_of(const std::variant<NeedMore, Complete, Refused>& outcome) {
  return std::get<Complete>(outcome).request;
}

int status_of(const std::variant<NeedMore, Complete, Refused>& outcome) {
  return std::get<Refused>(outcome).status;
}

std::string head(std::string_view fields) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

// A status alone, "wait" if more bytes are needed, or "ok".
std::string verdict(std::string_view bytes, FramerLimits limits) {
  const std::string text = transcript(bytes, limits);
  if (text.empty()) return "wait";
  return text.starts_with("POST") ? "ok" : text.substr(0, 3);
}

}  // namespace

TEST_CASE("requests are framed") {
  constexpr Row kRows[] = {
      {"no body", "GET /a?b=c?d HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a?b=c?d {Host: a} <> keep\n"},
      {"body by length", "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz",
       "PUT /a {Host: a} {Content-Length: 3} <xyz> keep\n"},
      {"length with leading zeros",
       "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 000000000000000000000000000003\r\n\r\nxyz",
       "PUT /a {Host: a} {Content-Length: 000000000000000000000000000003} <xyz> keep\n"},
      {"GET with a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
       "GET / {Host: a} {Content-Length: 1} <x> keep\n"},
      {"chunks",
       "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: Chunked\r\n\r\n"
       "3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n000\r\n\r\n",
       "POST / {Host: a} {transfer-encoding: Chunked} <abc0123456789> keep\n"},
      {"trailers are dropped",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
       "1\r\na\r\n0\r\nContent-Length: 9\r\nX: y\r\n\r\n",
       "POST / {Host: a} {Transfer-Encoding: chunked} <a> keep\n"},
      {"line ends inside a body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\n\r\n\r",
       "POST / {Host: a} {Content-Length: 4} <\n\r\n\r> keep\n"},
      {"white space around values", "GET / HTTP/1.1\r\nHost:\t a \t\r\nX:  b  c \r\nY:\r\n\r\n",
       "GET / {Host: a} {X: b  c} {Y: } <> keep\n"},
      {"tabs and obs-text in values stay", "GET / HTTP/1.1\r\nHost: a\r\nX: b\tc\xc3\xa9\r\n\r\n",
       "GET / {Host: a} {X: b\tc\xc3\xa9} <> keep\n"},
      {"any method is a method", "brew-it!x /pot HTTP/1.1\r\nHost: a\r\n\r\n",
       "brew-it!x /pot {Host: a} <> keep\n"},
      {"TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "TRACE / {Host: a} <> keep\n"},
      {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * {Host: a} <> keep\n"},
      {"targets are not decoded", "GET /a%2Fb/%00//../{c}|\\^ HTTP/1.1\r\nHost: a\r\n\r\n",
       "GET /a%2Fb/%00//../{c}|\\^ {Host: a} <> keep\n"},
      {"absolute form gives path and host",
       "GET HTTP://b:80/x?y HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n",
       "GET /x?y {X: 1} {Host: b:80} <> keep\n"},
      {"absolute form without a path", "GET https://b?y HTTP/1.1\r\nHost: a\r\n\r\n",
       "GET /?y {Host: b} <> keep\n"},
      {"a URL inside the path", "POST /1/jobs/x/http://c/d?e HTTP/1.1\r\nHost: a\r\n\r\n",
       "POST /1/jobs/x/http://c/d?e {Host: a} <> keep\n"},
      {"empty lines before a request", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
       "GET / {Host: a} <> keep\n"},
      {"pipelined",
       "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
       "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi\r\n"
       "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
       "GET /1 {Host: a} <> keep\nPOST /2 {Host: a} {Content-Length: 2} <hi> keep\n"
       "GET /3 {Host: a} {Connection: close} <> close\n"},
      {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", "GET / <> close\n"},
      {"HTTP/1.0 ignores expectations",
       "POST / HTTP/1.0\r\nExpect: x\r\nContent-Length: 1\r\n\r\ny",
       "POST / {Expect: x} {Content-Length: 1} <y> close\n"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    CHECK(transcript(row.bytes) == row.outcome);
  }
}

TEST_CASE("whether the connection stays") {
  struct Case {
    std::string_view version;
    std::string_view connection;
    bool stays;
  };

  constexpr Case kCases[] = {
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: Close\r\n", false},
      {"1.1", "Connection: x , CLOSE,y\r\n", false},
      {"1.1", "Connection: x\r\nConnection: close\r\n", false},
      {"1.1", "Connection: closed, disclose\r\n", true},
      {"1.1", "Connection: keep-alive\r\n", true},
      {"1.0", "", false},
      {"1.0", "Connection: Keep-Alive\r\n", true},
      {"1.0", "Connection: keep-alive, close\r\n", false},
      {"1.0", "Keep-Alive: 5\r\n", false},
  };
  for (const Case& row : kCases) {
    CAPTURE(row.version);
    CAPTURE(row.connection);
    Framer framer{FramerLimits{}};
    framer.feed("GET / HTTP/" + std::string(row.version) + "\r\nHost: a\r\n" +
                std::string(row.connection) + "\r\n");
    CHECK(std::get<Complete>(framer.poll()).keep_alive == row.stays);
  }
}

TEST_CASE("hosts") {
  for (const std::string_view host : {"a", "a.b-c_d~e", "a:", "a:0", "a:65535", "127.0.0.1:80",
                                      "[::1]", "[::1]:80", "[::ffff:1.2.3.4]", ""}) {
    CAPTURE(host);
    CHECK(
        transcript("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n").starts_with("GET"));
  }
}

TEST_CASE("each limit admits what just fits and refuses what does not") {
  struct Case {
    std::string_view name;
    std::string bytes;
    std::string verdict;
  };

  const FramerLimits limits{.request_line = 30, .headers = 100, .header_count = 3, .body = 10};
  const std::string post = "POST /";
  const std::string version = " HTTP/1.1\r\n";
  const std::string fits = post + std::string(15, 'a') + version;  // 30 bytes and the line end
  const auto block = [](std::size_t size) {                        // a header block of this size
    return "Host: a\r\nX: " + std::string(size - 16, 'x') + "\r\n\r\n";
  };
  const auto chunked = [](std::string_view chunks) {
    return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks);
  };
  const Case cases[] = {
      {"request line that fits", fits + "Host: a\r\n\r\n", "ok"},
      {"request line one too long", post + std::string(16, 'a') + version, "414"},
      {"request line without an end", post + std::string(26, 'a'), "414"},
      {"request line that may yet end", post + std::string(25, 'a'), "wait"},
      {"method without an end", std::string(32, 'P'), "431"},
      {"header block that fits", "POST / HTTP/1.1\r\n" + block(100), "ok"},
      {"header block one too long", "POST / HTTP/1.1\r\n" + block(101), "431"},
      {"header without an end", "POST / HTTP/1.1\r\nX: " + std::string(97, 'x'), "431"},
      {"header that may yet end", "POST / HTTP/1.1\r\nX: " + std::string(96, 'x'), "wait"},
      {"headers that fit", "POST / HTTP/1.1\r\nHost: a\r\nX: 1\r\nX: 2\r\n\r\n", "ok"},
      {"a header too many", "POST / HTTP/1.1\r\nHost: a\r\nX: 1\r\nX: 2\r\nX:\r\n\r\n", "431"},
      {"body that fits", head("Content-Length: 10\r\n") + "0123456789", "ok"},
      {"body one too long, before it comes", head("Content-Length: 11\r\n"), "413"},
      {"chunks that fit", chunked("5\r\n01234\r\n5\r\n01234\r\n0\r\n\r\n"), "ok"},
      {"chunks one too long, before they come", chunked("5\r\n01234\r\n6\r\n"), "413"},
      {"trailer that fits", chunked("0\r\nX: 1\r\n\r\n"), "ok"},
      {"a trailer too many", chunked("0\r\nX: 1\r\nY: 1\r\n\r\n"), "431"},
      {"trailer too long", chunked("0\r\nX: " + std::string(100, 'x')), "431"},
      {"chunk line too long", chunked("1;" + std::string(254, 'x')), "400"},
      {"chunk line that may yet end", chunked("1;" + std::string(253, 'x')), "wait"},
      {"as many zeros as fit", chunked(std::string(254, '0') + "\r\n\r\n"), "ok"},
      {"empty lines that are borne", "\r\n\r\n\r\n\r\n" + fits + "Host: a\r\n\r\n", "ok"},
      {"an empty line too many", "\r\n\r\n\r\n\r\n\r\n", "400"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.name);
    CHECK(verdict(row.bytes, limits) == row.verdict);
  }
}

TEST_CASE("chunk extensions are bounded in all") {
  std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i)
    bytes += "1;" + std::string(100, 'x') + "\r\na\r\n";
  CHECK(transcript(bytes).starts_with("400 "));
}

TEST_CASE("what is no HTTP at all is refused at its first byte") {
  for (const std::string_view bytes : {"\x16\x03\x01", "{", "\x80", " ", "\x7f", "<"}) {
    CHECK(transcript(bytes).starts_with("400 "));
  }
}

TEST_CASE("100 Continue") {
  const std::string expecting = head("Expect: 100-Continue\r\nContent-Length: 2\r\n");
  Framer framer{FramerLimits{}};

  SUBCASE("is asked for once, after an acceptable head") {
    framer.feed(expecting.substr(0, expecting.size() - 1));
    CHECK_FALSE(std::get<NeedMore>(framer.poll()).send_continue);
    framer.feed(expecting.substr(expecting.size() - 1));
    CHECK(std::get<NeedMore>(framer.poll()).send_continue);
    CHECK_FALSE(std::get<NeedMore>(framer.poll()).send_continue);
    framer.feed("hi");
    CHECK(request_of(framer.poll()).body == "hi");
  }

  SUBCASE("is not asked for when the body has begun to come") {
    framer.feed(expecting + "h");
    CHECK_FALSE(std::get<NeedMore>(framer.poll()).send_continue);
  }

  SUBCASE("is not asked for without a body") {
    framer.feed(head("Expect: 100-continue\r\nContent-Length: 0\r\n"));
    CHECK(request_of(framer.poll()).body.empty());
  }

  SUBCASE("is asked for before chunks") {
    framer.feed(head("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"));
    CHECK(std::get<NeedMore>(framer.poll()).send_continue);
  }

  SUBCASE("is not asked for when the body would be too long") {
    framer.feed(head("Expect: 100-continue\r\nContent-Length: 99999999\r\n"));
    CHECK(status_of(framer.poll()) == 413);
  }
}

TEST_CASE("it knows whether a request has begun") {
  Framer framer{FramerLimits{}};
  CHECK_FALSE(framer.mid_request());
  framer.feed("\r\n");
  framer.poll();
  CHECK_FALSE(framer.mid_request());
  framer.feed("G");
  framer.poll();
  CHECK(framer.mid_request());
  framer.feed("ET / HTTP/1.1\r\nHost: a\r\n\r\nGET");
  CHECK(std::holds_alternative<Complete>(framer.poll()));
  CHECK(framer.mid_request());
  CHECK(framer.buffered() == 3);
}

TEST_CASE("what is known of a request can be seen before it is complete") {
  Framer framer{FramerLimits{}};
  framer.feed("HEAD / HT");
  framer.poll();
  CHECK(framer.partial() == nullptr);
  framer.feed("TP/1.1\r\nAccept: text/xml\r\nbroken\r\n");
  CHECK(status_of(framer.poll()) == 400);
  REQUIRE(framer.partial() != nullptr);
  CHECK(framer.partial()->method == "HEAD");
  CHECK(framer.partial()->header("ACCEPT") == "text/xml");
}

TEST_CASE("a refusal is final") {
  Framer framer{FramerLimits{}};
  framer.feed("GET / HTTP/3.0\r\n");
  const auto refused = framer.poll();
  CHECK(status_of(refused) == 505);
  framer.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(std::get<Refused>(framer.poll()) == std::get<Refused>(refused));
  CHECK_FALSE(framer.mid_request());
}

TEST_CASE("what it holds is bounded by the limits, whatever comes") {
  const FramerLimits limits{.request_line = 100, .headers = 1'000, .header_count = 20, .body = 500};
  constexpr std::size_t kMost = 100 + 1'000 + 500 + 300;  // and one line that is not complete
  const std::string_view endless[] = {
      "A", "GET /", "\r\n", "GET / HTTP/1.1\r\nX: ", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n"};
  for (const std::string_view start : endless) {
    CAPTURE(start);
    Framer framer{limits};
    framer.feed(start);
    std::size_t most = 0;
    for (int i = 0; i < 100'000; ++i) {
      framer.feed("x");
      framer.poll();
      most = std::max(most, framer.buffered());
    }
    CHECK(most <= kMost);
  }
}

TEST_CASE("how the bytes are split makes no difference") {
  const std::string_view good[] = {
      "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\nPOST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n\r\n\r\nx",
      "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;e\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nT: u\r\n\r\n",
      "HEAD http://h:1/d HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n!",
  };
  const std::string_view bad[] = {
      "", "GET /\r\n", "X: y", "GET / HTTP/1.1\r\n\n", "\x16", "P / HTTP/1.1\r\nA b\r\n"};
  std::mt19937 random(20'261'123);  // any fixed number: a failure can be repeated
  const auto below = [&random](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  const FramerLimits limits{.request_line = 60, .headers = 90, .header_count = 4, .body = 30};
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes;
    for (std::size_t i = below(4) + 1; i > 0; --i)
      bytes += good[below(std::size(good))];
    bytes += bad[below(std::size(bad))];
    // Now and then one byte is another.
    if (below(2) == 0) bytes[below(bytes.size())] = "\r\n :;0\tx\0"[below(9)];
    CAPTURE(bytes);
    const std::string whole = transcript(bytes, limits);
    CHECK(transcript(
              bytes, [](std::size_t) { return 1; }, limits) == whole);
    CHECK(transcript(
              bytes, [&](std::size_t left) { return below(left) + 1; }, limits) == whole);
  }
}

}  // namespace jobsched::http
