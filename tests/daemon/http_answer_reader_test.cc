#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/http/answer_reader.h"

namespace jobsched::http {

namespace {

using State = AnswerReader::State;

// An answer as a client reads it, in pieces of `step` bytes.
struct Reading {
  std::string body;
  AnswerReader reader{[this](std::string_view piece) {
    body += piece;
    return true;
  }};
  State state = State::kUnderWay;

  Reading(std::string_view text, std::size_t step) {
    for (; !text.empty() && state == State::kUnderWay;
         text.remove_prefix(std::min(step, text.size())))
      state = reader.feed(text.substr(0, step));
  }

  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
};

const std::string kOk = "HTTP/1.1 200 OK\r\n";

}  // namespace

TEST_CASE("answers end where they say, in whatever pieces they come") {
  struct Row {
    std::string text;
    int status;
    std::string_view body;
    bool keeps;  // the connection
  };

  const Row rows[] = {
      {kOk + "Content-Length: 2\r\n\r\nhi", 200, "hi", true},
      {kOk + "content-length:0\r\n\r\n", 200, "", true},
      {"HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", 404, "", true},
      {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", 204, "", true},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, "", true},
      {kOk + "Connection: close\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
      {kOk + "Connection: te, Close\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
      {kOk + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, "", true},
      {kOk + "Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", 200,
       "abc0123456789", true},
      {kOk + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nTrailer: x\r\n\r\n", 200, "a", true},
      {"HTTP/1.1 100 Continue\r\n\r\n" + kOk + "Content-Length: 1\r\n\r\nx", 200, "x", true},
      {"HTTP/1.1 103 Early\r\nConnection: close\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: "
       "0\r\n\r\n",
       201, "", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    for (const std::size_t step : {row.text.size(), std::size_t{1}, std::size_t{3}}) {
      const Reading whole(row.text, step);
      CHECK(whole.state == State::kComplete);
      CHECK(whole.reader.status() == row.status);
      CHECK(whole.body == row.body);
      CHECK(whole.reader.keeps_connection() == row.keeps);
    }
    for (std::size_t size = 0; size < row.text.size(); ++size) {
      Reading cut_off(std::string_view(row.text).substr(0, size), 5);
      CHECK(cut_off.state == State::kUnderWay);
      CHECK(cut_off.reader.end() == State::kUnderWay);
      CHECK(cut_off.reader.begun() == (size > 0));
    }
  }
}

TEST_CASE("an answer that does not say where it ends lasts until the connection is closed") {
  Reading reading(kOk + "\r\nall there is", 4);
  CHECK(reading.state == State::kUnderWay);
  CHECK(reading.reader.end() == State::kComplete);
  CHECK(reading.body == "all there is");
  CHECK_FALSE(reading.reader.keeps_connection());
}

TEST_CASE("what comes after an answer ends the connection") {
  const std::string text = kOk + "Content-Length: 1\r\n\r\nxHTTP/1.1 ";
  const Reading reading(text, text.size());
  CHECK(reading.state == State::kComplete);
  CHECK(reading.body == "x");
  CHECK_FALSE(reading.reader.keeps_connection());
}

TEST_CASE("headers are found by their names in any case, as they were sent") {
  const Reading reading(
      kOk + "ETag: \"a%2Ab\"\r\nLINK:  <x>; rel=next \r\nContent-Length: 0\r\n\r\n", 7);
  CHECK(reading.reader.header("etag") == "\"a%2Ab\"");
  CHECK(reading.reader.header("Link") == "<x>; rel=next");
  CHECK_FALSE(reading.reader.header("Location"));
}

TEST_CASE("what is not an answer is refused with what is wrong") {
  struct Row {
    std::string text;
    std::string_view fault;  // a part of it
  };

  const std::string chunked = kOk + "Transfer-Encoding: chunked\r\n\r\n";
  const Row rows[] = {
      {"SSH-2.0-OpenSSH_9.2\r\n", "it is not HTTP/1"},
      {"HTTP/2 200\r\n", "it is not HTTP/1"},
      {"HTTP/1.1 200OK\r\n", "it is not HTTP/1"},
      {"HTTP/1.1\r\n", "it is not HTTP/1"},
      {"\r\n", "it is not HTTP/1"},
      {"HTTP/1.1 2x0 OK\r\n", "it has no status"},
      {"HTTP/1.1 000 OK\r\n", "it has no status"},
      {"HTTP/1.1 200 OK\n", "its lines must end with CR LF"},
      {kOk + " folded\r\n", "must not be folded"},
      {kOk + "no colon\r\n", "NAME: VALUE"},
      {kOk + "Content-Length: x\r\n\r\n", "its Content-Length must be one number"},
      {kOk + "Content-Length: -1\r\n\r\n", "its Content-Length must be one number"},
      {kOk + "Content-Length:\r\n\r\n", "its Content-Length must be one number"},
      {kOk + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "its Content-Length must be one"},
      {kOk + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "in two ways"},
      {kOk + "Transfer-Encoding: gzip\r\n\r\n", "unknown transfer coding"},
      {kOk + "Transfer-Encoding: gzip, chunked\r\n\r\n", "unknown transfer coding"},
      {chunked + "x\r\n", "a chunk must begin with its size"},
      {chunked + "2\r\nabc\r\n", "a chunk is longer than it says"},
      {chunked + std::string(300, '0'), "lines without end"},
      {kOk + "X: " + std::string(70'000, 'x'), "lines without end"},
      {std::string(70'000, 'x'), "lines without end"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text.substr(0, 100));
    for (const std::size_t step : {row.text.size(), std::size_t{1}}) {
      const Reading reading(row.text, step);
      CHECK(reading.state == State::kMalformed);
      CHECK(reading.reader.fault().find(row.fault) != std::string::npos);
    }
  }
}

TEST_CASE("interim answers without end are not waited out") {
  std::string text;
  for (int i = 0; i < 4'000; ++i)
    text += "HTTP/1.1 102 Processing\r\n\r\n";
  CHECK(Reading(text, 1'000).state == State::kMalformed);
}

TEST_CASE("whoever takes the body may end it") {
  AnswerReader reader([](std::string_view) { return false; });
  CHECK(reader.feed(kOk + "Content-Length: 2\r\n\r\nhi") == State::kStopped);
}

}  // namespace jobsched::http
