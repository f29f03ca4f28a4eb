#include "core/job/url.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/limits.h"

using jobsched::ErrorKind;
using jobsched::parse_callback_url;
using namespace std::string_literals;

namespace {

std::string repeat(std::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i)
    repeated += text;
  return repeated;
}

}  // namespace

TEST_CASE("a callback URL says where a request goes") {
  struct Row {
    std::string text;
    std::string_view scheme;
    std::string_view host;
    int port;
  };

  const Row rows[] = {
      {"https://example.com/my-callback", "https", "example.com", 443},
      {"https://example.com", "https", "example.com", 443},
      {"http://example.com/", "http", "example.com", 80},
      {"HTTP://EXAMPLE.Com/Path", "http", "example.com", 80},
      {"http://example.com:8080/", "http", "example.com", 8080},
      {"http://example.com:1", "http", "example.com", 1},
      {"http://example.com:65535", "http", "example.com", 65535},
      {"http://example.com:00080", "http", "example.com", 80},
      {"https://example.com?q=1", "https", "example.com", 443},
      {"https://example.com#top", "https", "example.com", 443},
      {"https://example.com./", "https", "example.com.", 443},
      {"http://localhost:3000/hook", "http", "localhost", 3000},
      {"http://my_service/hook", "http", "my_service", 80},
      {"http://xn--bcher-kva.example/", "http", "xn--bcher-kva.example", 80},
      {"http://3com.com/", "http", "3com.com", 80},
      {"http://1.2.3.4.example/", "http", "1.2.3.4.example", 80},
      {"http://0xfg/", "http", "0xfg", 80},
      {"http://127.0.0.1:8080/", "http", "127.0.0.1", 8080},
      {"http://255.255.255.255/", "http", "255.255.255.255", 80},
      {"http://[::1]/", "http", "::1", 80},
      {"http://[::]:8080/", "http", "::", 8080},
      {"http://[2001:DB8::A]/", "http", "2001:db8::a", 80},
      {"http://[1:2:3:4:5:6:7:8]", "http", "1:2:3:4:5:6:7:8", 80},
      {"http://[1:2:3:4:5:6:7::]", "http", "1:2:3:4:5:6:7::", 80},
      {"http://[::2:3:4:5:6:7:8]", "http", "::2:3:4:5:6:7:8", 80},
      {"http://[::ffff:192.0.2.1]", "http", "::ffff:192.0.2.1", 80},
      {"http://[1:2:3:4:5:6:192.0.2.1]", "http", "1:2:3:4:5:6:192.0.2.1", 80},
      // Every character that path, query and fragment may have.
      {"http://h/-._~!$&'()*+,;=:@/%00%fF?-._~!$&'()*+,;=:@/?%20#-._~!$&'()*+,;=:@/?%20", "http",
       "h", 80},
      {"http://h//a//b", "http", "h", 80},
      {"http://h/a:b@c", "http", "h", 80},
      {"http://h/" + std::string(jobsched::kMaxUrlBytes - 9, 'x'), "http", "h", 80},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto url = parse_callback_url(row.text);
    REQUIRE_MESSAGE(url.has_value(), url.error().detail);
    CHECK(url->scheme == row.scheme);
    CHECK(url->host == row.host);
    CHECK(url->port == row.port);
  }
}

TEST_CASE("what is no callback URL is refused with what to do") {
  struct Row {
    std::string text;
    std::size_t position;
    std::string_view says;
  };

  const Row rows[] = {
      {"", 0, "the URL is empty"},
      // Schemes.
      {"example.com/hook", 0, "begins with http:// or https://"},
      {"example.com:8080/hook", 0, "begins with http:// or https://"},
      {"//example.com/hook", 0, "begins with http:// or https://"},
      {"/hook", 0, "begins with http:// or https://"},
      {"http:example.com", 0, "begins with http:// or https://"},
      {"http:/example.com", 0, "begins with http:// or https://"},
      {"http", 0, "begins with http:// or https://"},
      {"://example.com", 0, "begins with http:// or https://"},
      {"mailto:a@example.com", 0, "begins with http:// or https://"},
      {"ftp://example.com/", 0, "http and https URLs only, not \"ftp://\""},
      {"file:///etc/passwd", 0, "http and https URLs only, not \"file://\""},
      {"httpss://example.com", 0, "http and https URLs only"},
      {" http://example.com", 0, "begins with white space"},
      {"http://example.com\n", 18, "ends with white space"},
      {"http://example.com/ ", 19, "ends with white space"},
      // Hosts.
      {"http://", 7, "the host is missing"},
      {"http:///hook", 7, "the host is missing"},
      {"http://:80/", 7, "the host is missing"},
      {"http://?q", 7, "the host is missing"},
      {"http://.", 7, "between two dots is empty"},
      {"http://a..b/", 9, "between two dots is empty"},
      {"http://.a/", 7, "between two dots is empty"},
      {"http://a../", 9, "between two dots is empty"},
      {"http://user@example.com/", 7, "no user name or password"},
      {"http://user:secret@example.com/", 7, "no user name or password"},
      {"http://@example.com/", 7, "no user name or password"},
      {"http://example.com@evil.example/", 7, "no user name or password"},
      {"http://b\u00FCcher.example/", 8, "in its xn-- form"},
      {"http://ex%61mple.com/", 9, "no percent-encoding"},
      {"http://exam ple.com/", 11, "\" \" may not stand in a host name"},
      {"http://example.com\\@evil.example", 7, "no user name or password"},
      {"http://example.com\\evil", 18, "\"\\\" may not stand in a host name"},
      {"http://a,b/", 8, "\",\" may not stand in a host name"},
      {"http://a\r\nb/", 8, "no control characters or line ends"},
      {"http://a\0b/"s, 8, "no control characters"},
      {"http://" + std::string(64, 'x') + "/", 7, "at most 63 characters"},
      {"http://" + repeat("a.", 127) + "a", 7, "at most 253 characters"},
      // Numbers that resolvers take for addresses.
      {"http://127.1/", 7, "is not an IPv4 address"},
      {"http://2130706433/", 7, "is not an IPv4 address"},
      {"http://0x7f000001/", 7, "is not an IPv4 address"},
      {"http://0x7f.1/", 7, "is not an IPv4 address"},
      {"http://127.0.0.0x1/", 7, "is not an IPv4 address"},
      {"http://0177.0.0.1/", 7, "without leading zeros"},
      {"http://1.2.3.256/", 7, "from 0 to 255"},
      {"http://1.2.3.4.5/", 7, "is not an IPv4 address"},
      {"http://1.2.3/", 7, "is not an IPv4 address"},
      {"http://foo.123/", 7, "is not an IPv4 address"},
      // IPv6.
      {"http://::1/", 7, "stands in brackets"},
      {"http://[::1/", 7, "is not closed"},
      {"http://[]/", 8, "is not an IPv6 address"},
      {"http://[:]/", 8, "is not an IPv6 address"},
      {"http://[:::]/", 8, "is not an IPv6 address"},
      {"http://[1::2::3]/", 8, "is not an IPv6 address"},
      {"http://[1:2:3:4:5:6:7]/", 8, "is not an IPv6 address"},
      {"http://[1:2:3:4:5:6:7:8:9]/", 8, "is not an IPv6 address"},
      {"http://[1:2:3:4:5:6:7:8::]/", 8, "is not an IPv6 address"},
      {"http://[1:2:3:4::5:6:7:8]/", 8, "is not an IPv6 address"},
      {"http://[1:2:3:4:5:6:7:]/", 8, "is not an IPv6 address"},
      {"http://[12345::]/", 8, "is not an IPv6 address"},
      {"http://[g::]/", 8, "is not an IPv6 address"},
      {"http://[::192.0.2.256]/", 8, "is not an IPv6 address"},
      {"http://[192.0.2.1::]/", 8, "is not an IPv6 address"},
      {"http://[1:2:3:4:5:6:7:192.0.2.1]/", 8, "is not an IPv6 address"},
      {"http://[127.0.0.1]/", 8, "is not an IPv6 address"},
      {"http://[v1.x]/", 8, "only an IPv6 address may stand in brackets"},
      {"http://[fe80::1%eth0]/", 15, "has no zone"},
      {"http://[fe80::1%25eth0]/", 15, "has no zone"},
      {"http://[::1]x/", 12, "only a colon and a port"},
      {"http://[::1]80/", 12, "only a colon and a port"},
      // Ports.
      {"http://example.com:/", 19, "the port is missing"},
      {"http://[::1]:", 13, "the port is missing"},
      {"http://example.com:0/", 19, "from 1 to 65535"},
      {"http://example.com:65536/", 19, "from 1 to 65535"},
      {"http://example.com:99999999999999999999/", 19, "from 1 to 65535"},
      {"http://example.com:-1/", 19, "\"-1\" is not a port"},
      {"http://example.com:80a/", 19, "\"80a\" is not a port"},
      {"http://example.com:http/", 19, "\"http\" is not a port"},
      {"http://example.com: 80/", 19, "is not a port"},
      // Paths, queries and fragments.
      {"http://h/a b", 10, "\" \" may not stand in a URL; write it as %20"},
      {"http://h/caf\u00E9", 12, "write it as %C3%A9"},
      {"http://h/\xFF", 9, "write it as %FF"},
      {"http://h/?q=|", 12, "write it as %7C"},
      {"http://h/\\", 9, "write it as %5C"},
      {"http://h/?a[]=1", 11, "write it as %5B"},
      {"http://h/<id>", 9, "write it as %3C"},
      {"http://h/#a#b", 11, "write it as %23"},
      {"http://h/%", 9, "two hexadecimal digits must follow %"},
      {"http://h/%4", 9, "two hexadecimal digits must follow %"},
      {"http://h/%4g", 9, "two hexadecimal digits must follow %"},
      {"http://h/100%/x", 12, "write %25 for a percent sign"},
      {"http://h/a\r\nX-Evil: 1", 10, "no control characters or line ends"},
      {"http://h/a\0b"s, 10, "write it as %00"},
      {"http://h/a\tb", 10, "no control characters"},
      {"http://h/\x7F", 9, "write it as %7F"},
      {"http://h/" + std::string(jobsched::kMaxUrlBytes - 8, 'x'), jobsched::kMaxUrlBytes,
       "the URL has 2049 bytes; at most 2048 are allowed"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto url = parse_callback_url(row.text);
    REQUIRE_FALSE(url.has_value());
    CHECK(url.error().kind == ErrorKind::kInvalid);
    CHECK(url.error().field == "url");
    CHECK(url.error().position == row.position);
    CHECK_MESSAGE(url.error().detail.find(row.says) != std::string::npos, url.error().detail);
  }
}

TEST_CASE("host names go up to 253 characters in parts of 63") {
  const std::string longest = repeat(std::string(63, 'x') + '.', 3) + std::string(61, 'y');
  REQUIRE(longest.size() == 253);
  CHECK(parse_callback_url("http://" + longest + "/").has_value());
  CHECK(parse_callback_url("http://" + longest + "./").has_value());
  CHECK_FALSE(parse_callback_url("http://" + longest + "y/").has_value());
}

TEST_CASE("no cut and no changed byte of a URL lets a character through that no URL has") {
  const auto check = [](const std::string& changed) {
    CAPTURE(changed);
    const auto url = parse_callback_url(changed);
    if (!url) {
      REQUIRE(url.error().position <= changed.size());
      return;
    }
    for (const char c : changed)
      REQUIRE((c > ' ' && c < '\x7F'));
    REQUIRE(changed.find_first_of("\"<>[\\]^`{|}") == std::string::npos);
    REQUIRE(url->port > 0);
    REQUIRE_FALSE(url->host.empty());
  };
  const std::string valid = "https://user.example:8443/a%20b?q=1#f";
  REQUIRE(parse_callback_url(valid).has_value());
  for (std::size_t length = 0; length <= valid.size(); ++length)
    check(valid.substr(0, length));
  for (std::size_t i = 0; i < valid.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = valid;
      changed[i] = static_cast<char>(byte);
      check(changed);
    }
  }
}
