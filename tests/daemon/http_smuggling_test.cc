#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/framing.h"

namespace jobsched::http {

namespace {

using namespace std::string_view_literals;

struct Form {
  std::string_view name;
  int status;
  std::string_view bytes;
};

// Forms that some implementation has taken for a request with other boundaries, or for another
// request, than some other. A second request follows each: it must never be seen.
constexpr Form kForms[] = {
    // Two lengths.
    {"CL and TE", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n"},
    {"TE and CL", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
     "4\r\n\r\n0\r\n\r\n"},
    {"CL zero and TE", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n"},
    {"two equal CL", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"},
    {"two different CL", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\nxy"},
    {"CL as a list", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx"},
    {"CL as a list with an empty element", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1,\r\n\r\nx"},
    // Lengths that are none.
    {"CL with plus", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx"},
    {"CL negative", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx"},
    {"CL in hexadecimal", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx"},
    {"CL with hexadecimal digits", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: a\r\n\r\nx"},
    {"CL empty", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nx"},
    {"CL with a space inside", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\nx"},
    {"CL with a fraction", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1.0\r\n\r\nx"},
    {"CL with an exponent", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1e0\r\n\r\nx"},
    {"CL in quotes", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \"1\"\r\n\r\nx"},
    {"CL with an underscore", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1_0\r\n\r\nx"},
    {"CL with a parameter", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1;x\r\n\r\nx"},
    {"CL in digits beyond ASCII", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \xd9\xa1\r\n\r\nx"},
    {"CL that wraps at 32 bits", 413,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4294967297\r\n\r\nx"},
    {"CL that wraps at 64 bits", 413,
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551617\r\n\r\nx"},
    // Codings.
    {"TE unknown", 501,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
    {"TE identity", 501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n"},
    {"TE another coding first", 501,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {"TE another coding last", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"},
    {"TE chunked twice in a list", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
    {"TE chunked twice in two lines", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n"},
    {"TE chunked, then identity", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
     "identity\r\n\r\n0\r\n\r\n"},
    {"TE empty", 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n"},
    {"TE with an empty element", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n"},
    {"TE with a parameter", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n"},
    {"TE in quotes", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
    {"TE with a vertical tab", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"},
    {"TE with a form feed", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\f\r\n\r\n0\r\n\r\n"},
    {"TE with a no-break space", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \xa0"
     "chunked\r\n\r\n0\r\n\r\n"},
    {"TE with HTTP/1.0", 400,
     "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    // Names.
    {"space before the colon", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
    {"tab before the colon", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"},
    {"NUL in the name", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent\0-Length: 1\r\n\r\nx"sv},
    {"NUL in the value", 400, "POST / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"sv},
    {"no name", 400, "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"},
    {"no colon", 400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length 1\r\n\r\nx"},
    {"name in quotes", 400, "GET / HTTP/1.1\r\nHost: a\r\n\"X\": 1\r\n\r\n"},
    {"name beyond ASCII", 400, "GET / HTTP/1.1\r\nHost: a\r\nX\xe9: 1\r\n\r\n"},
    {"DEL in the value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n"},
    // Lines.
    {"bare LF after the request line", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"},
    {"bare LF after a header", 400, "GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n"},
    {"bare LF ends the head", 400, "GET / HTTP/1.1\r\nHost: a\r\n\n"},
    {"bare LFs only", 400, "GET / HTTP/1.1\nHost: a\n\n"},
    {"bare CR in a value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: 1\rContent-Length: 1\r\n\r\nx"},
    {"bare CR in the request line", 400, "GET /\rx HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"CR CR LF", 400, "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"},
    {"folded value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n"},
    {"folded with a tab", 400,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\tchunked\r\n\r\n0\r\n\r\n"},
    {"white space before the first header", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
    {"line of a space ends the head", 400, "GET / HTTP/1.1\r\nHost: a\r\n \r\n\r\n"},
    {"bare LF before the request", 400, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    // Request lines.
    {"HTTP/0.9", 400, "GET /\r\n\r\n"},
    {"no target", 400, "GET HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"two spaces", 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"space at the end", 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
    {"space at the beginning", 400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"tab for a space", 400, "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n"},
    {"space in the target", 400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"second version", 400, "GET / HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"version in lower case", 400, "GET / http/1.1\r\nHost: a\r\n\r\n"},
    {"version with two digits", 400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"},
    {"version without a minor", 400, "GET / HTTP/1\r\nHost: a\r\n\r\n"},
    {"version 1.2", 505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
    {"HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"method that is no word", 400, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"NUL in the target", 400, "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"sv},
    {"no-break space in the target", 400, "GET /\xa0 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"fragment", 400, "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"relative target", 400, "GET x HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"authority form", 400, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"asterisk without OPTIONS", 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"absolute form, no host", 400, "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"absolute form with a user", 400, "GET http://u@a/x HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"absolute form, other scheme", 400, "GET ftp://a/x HTTP/1.1\r\nHost: a\r\n\r\n"},
    // Hosts.
    {"no Host", 400, "GET / HTTP/1.1\r\n\r\n"},
    {"no Host with absolute form", 400, "GET http://a/ HTTP/1.1\r\n\r\n"},
    {"two Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"two equal Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"},
    {"two Hosts with HTTP/1.0", 400, "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"},
    {"Host as a list", 400, "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"},
    {"Host with a space", 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
    {"Host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {"Host with a user", 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
    {"Host with two ports", 400, "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n"},
    {"Host with a port that is none", 400, "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n"},
    {"Host with a port out of range", 400, "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"},
    {"Host of a port alone", 400, "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"},
    {"Host with an open bracket", 400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"},
    // Expectations.
    {"unknown expectation", 417, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n"},
    {"expectation as a list", 417,
     "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, x\r\nContent-Length: 1\r\n\r\nx"},
};

// What comes in place of the chunks of a chunked request.
constexpr Form kChunkForms[] = {
    {"no size", 400, "\r\nx\r\n0\r\n\r\n"},
    {"size with 0x", 400, "0x1\r\nx\r\n0\r\n\r\n"},
    {"size with plus", 400, "+1\r\nx\r\n0\r\n\r\n"},
    {"negative size", 400, "-1\r\nx\r\n0\r\n\r\n"},
    {"size that wraps", 413, "10000000000000001\r\nx\r\n0\r\n\r\n"},
    {"largest size", 413, "ffffffffffffffff\r\nx\r\n0\r\n\r\n"},
    {"size with a space after it", 400, "1 \r\nx\r\n0\r\n\r\n"},
    {"size with a space before it", 400, " 1\r\nx\r\n0\r\n\r\n"},
    {"size with a tab", 400, "1\t;a\r\nx\r\n0\r\n\r\n"},
    {"size with an underscore", 400, "1_0\r\nx\r\n0\r\n\r\n"},
    {"size no digits", 400, "g\r\nx\r\n0\r\n\r\n"},
    {"extension without a size", 400, ";a\r\nx\r\n0\r\n\r\n"},
    {"bare LF after the size", 400, "1\nx\r\n0\r\n\r\n"},
    {"bare CR in the extension", 400, "1;a\rb\r\nx\r\n0\r\n\r\n"},
    {"NUL in the extension", 400, "1;\0\r\nx\r\n0\r\n\r\n"sv},
    {"data longer than its size", 400, "1\r\nxy\r\n0\r\n\r\n"},
    {"data without an end", 400, "1\r\nx0\r\n\r\n"},
    {"bare LF after the data", 400, "1\r\nx\n0\r\n\r\n"},
    {"bare CR after the data", 400, "1\r\nx\r0\r\n\r\n"},
    {"bare LF after the last chunk", 400, "0\n\n"},
    {"bare LF at the very end", 400, "0\r\n\n"},
    {"folded trailer", 400, "0\r\nX: 1\r\n 2\r\n\r\n"},
    {"trailer without a colon", 400, "0\r\nX\r\n\r\n"},
    {"trailer with a space before the colon", 400, "0\r\nX : 1\r\n\r\n"},
};

constexpr std::string_view kNext = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

void check_refused(std::string_view name, int status, std::string bytes) {
  CAPTURE(name);
  bytes += kNext;
  const std::string outcome = transcript(bytes);
  CHECK(outcome.substr(0, 4) == std::to_string(status) + " ");
  CHECK(outcome == transcript(bytes, [](std::size_t) { return 1; }));
}

}  // namespace

TEST_CASE("every form of request smuggling is refused, and what follows is not looked at") {
  for (const Form& form : kForms)
    check_refused(form.name, form.status, std::string(form.bytes));
}

TEST_CASE("every malformed chunk is refused, and what follows is not looked at") {
  for (const Form& form : kChunkForms) {
    check_refused(form.name, form.status,
                  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
                      std::string(form.bytes));
  }
}

}  // namespace jobsched::http
