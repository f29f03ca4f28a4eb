#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/http/message.h"
#include "daemon/http/response.h"

namespace jobsched::http {

namespace {

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

Response make_response(int status, Headers headers, std::string body) {
  Response response;
  response.status = status;
  response.headers = std::move(headers);
  response.body = std::move(body);
  return response;
}

}  // namespace

TEST_CASE("a header is found by its name in any case, its lines joined") {
  Request request;
  request.headers = {{"Accept", "a"}, {"X", ""}, {"ACCEPT", "b"}, {"Accept-Language", "c"}};
  CHECK(request.header("accept") == "a, b");
  CHECK(request.header("x") == "");
  CHECK(request.header("y") == std::nullopt);
}

TEST_CASE("a target has a path and a query") {
  struct Row {
    std::string_view target;
    std::string_view path;
    std::string_view query;
  };

  constexpr Row kRows[] = {
      {"/", "/", ""},      {"/a?b", "/a", "b"}, {"/a?", "/a", ""}, {"/a?b?c=d", "/a", "b?c=d"},
      {"/?/a", "/", "/a"}, {"*", "*", ""},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.target);
    Request request;
    request.target = row.target;
    CHECK(request.path() == row.path);
    CHECK(request.query() == row.query);
  }
}

TEST_CASE("dates are written as RFC 9110 prefers") {
  struct Row {
    std::int64_t seconds;
    std::string_view text;
  };

  constexpr Row kRows[] = {
      {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {784'111'777, kDate},
      {1'709'251'199, "Thu, 29 Feb 2024 23:59:59 GMT"},
  };
  for (const Row& row : kRows) {
    CHECK(write_date(std::chrono::sys_seconds{std::chrono::seconds{row.seconds}}) == row.text);
  }
}

TEST_CASE("the head of an answer") {
  const std::string tail = "Date: " + std::string(kDate) + "\r\nConnection: keep-alive\r\n\r\n";

  SUBCASE("has the length of the body, the date and whether the connection stays") {
    const Response response = make_response(201, {{"Location", "/x"}}, "abc");
    CHECK(write_head(response, kDate, true) ==
          "HTTP/1.1 201 Created\r\nLocation: /x\r\nContent-Length: 3\r\n" + tail);
    CHECK(write_head(response, kDate, false).find("Connection: close\r\n") != std::string::npos);
  }

  SUBCASE("has the length that a source promises") {
    class Empty final : public BodySource {
      std::optional<std::string> next() override { return ""; }
    };

    Response response = make_response(200, {}, "");
    response.source = std::make_unique<Empty>();
    response.content_length = 5'000'000'000;
    CHECK(write_head(response, kDate, true) ==
          "HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n" + tail);
  }

  SUBCASE("has no length where there can be no body") {
    CHECK(write_head(make_response(204, {}, ""), kDate, true) ==
          "HTTP/1.1 204 No Content\r\n" + tail);
    CHECK(write_head(make_response(304, {}, "x"), kDate, true).find("Length") == std::string::npos);
  }

  SUBCASE("leaves out what is the server's own to say") {
    const Headers own{{"content-length", "9"},
                      {"DATE", "x"},
                      {"Connection", "upgrade"},
                      {"Transfer-Encoding", "chunked"}};
    CHECK(write_head(make_response(200, own, ""), kDate, true) ==
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + tail);
  }
}

TEST_CASE("an answer that could be taken for another is not sendable") {
  CHECK(is_sendable(make_response(200, {{"X", "a\tb \xc3\xa9"}}, "")));
  CHECK_FALSE(is_sendable(make_response(200, {{"X", "a\r\nB: c"}}, "")));
  CHECK_FALSE(is_sendable(make_response(200, {{"X", std::string(1, '\0')}}, "")));
  CHECK_FALSE(is_sendable(make_response(200, {{"X Y", "a"}}, "")));
  CHECK_FALSE(is_sendable(make_response(200, {{"", "a"}}, "")));
  CHECK_FALSE(is_sendable(make_response(101, {}, "")));
  CHECK_FALSE(is_sendable(make_response(1'000, {}, "")));
}

}  // namespace jobsched::http
