#include "cmd/received.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/support/instants.h"

namespace jobsched::cmd {

namespace {

const Instant kArrival = test::instant("2026-12-01T15:30:00Z") + Millis{12};

http::Request callback(std::string body) {
  return {"POST",
          "/hook",
          {{"Host", "127.0.0.1:9000"},
           {"User-Agent", "jobsched/0.1.0"},
           {"Content-Type", "text/plain"},
           {"Jobsched-Fire-Time", "2026-12-01T15:30:00Z"}},
          std::move(body)};
}

}  // namespace

TEST_CASE("a request is shown with its lateness, what its headers say, and its body") {
  CHECK(show_request(callback("hello\nworld"), kArrival) ==
        "2026-12-01T15:30:00.012Z POST /hook, 12ms after its fire time\n"
        "  Content-Type: text/plain\n"
        "  Jobsched-Fire-Time: 2026-12-01T15:30:00Z\n"
        "\n"
        "    hello\n"
        "    world\n"
        "\n");
  CHECK(show_request({"GET", "/", {}, ""}, kArrival) == "2026-12-01T15:30:00.012Z GET /\n\n");
  CHECK(show_request(callback(""), kArrival - Millis{15}).find("3ms before its fire time") !=
        std::string::npos);
}

TEST_CASE("a request is shown with the verdict on its signature") {
  const Verdict right = Result<void>{};
  const Verdict wrong = Result<void>(jobsched::fail(ErrorKind::kUnauthorized, "it is not signed"));
  const http::Request request = callback("");
  CHECK(show_request(request, kArrival, right)
            .starts_with("2026-12-01T15:30:00.012Z POST /hook, 12ms after its fire time, "
                         "signature right\n"));
  CHECK(show_request({"GET", "/", {}, ""}, kArrival, wrong) ==
        "2026-12-01T15:30:00.012Z GET /, signature wrong: it is not signed\n\n");
  CHECK(request_json(request, kArrival, right)
            .ends_with(R"("latenessMs":12,"signature":"right","body":""})"
                       "\n"));
  CHECK(request_json(request, kArrival, wrong)
            .ends_with(R"("signature":"wrong","signatureFault":"it is not signed","body":""})"
                       "\n"));
}

TEST_CASE("a body that is not text is dumped") {
  const std::string shown =
      show_request(callback(std::string("\x00\x1b[2J\xff abcdefghijk", 17)), kArrival);
  CHECK(shown.ends_with(
      "\n"
      "    00000000  00 1b 5b 32 4a ff 20 61 62 63 64 65 66 67 68 69  ..[2J. abcdefghi\n"
      "    00000010  6a                                               j\n"
      "\n"));
}

TEST_CASE("no control character of a request reaches the terminal") {
  http::Request request{"POST", "/\x1b[2J", {{"X-A", "\x1b]0;x\x07"}}, "\x1b[2J"};
  const std::string shown = show_request(request, kArrival);
  CHECK(shown.ends_with("\n    \uFFFD[2J\n\n"));
  CHECK(shown.find('\x1b') == std::string::npos);
  CHECK(shown.find('\x07') == std::string::npos);
  request.body =
      "\xc2\x9b"
      "2J";  // the one-character form of ESC [
  CHECK(show_request(request, kArrival).find("\xc2\x9b") == std::string::npos);
}

TEST_CASE("a request is one line of strict JSON") {
  CHECK(request_json(callback("a\n\"b\""), kArrival) ==
        R"({"time":"2026-12-01T15:30:00.012Z","method":"POST","target":"/hook",)"
        R"("headers":{"Host":"127.0.0.1:9000","User-Agent":"jobsched/0.1.0",)"
        R"("Content-Type":"text/plain","Jobsched-Fire-Time":"2026-12-01T15:30:00Z"},)"
        R"("latenessMs":12,"body":"a\n\"b\""})"
        "\n");
  CHECK(request_json({"GET", "/", {{"A", "1"}, {"A", "2"}}, "\xff"}, kArrival) ==
        R"({"time":"2026-12-01T15:30:00.012Z","method":"GET","target":"/",)"
        R"("headers":{"A":"1, 2"},"body":"/w==","bodyEncoding":"base64"})"
        "\n");
  CHECK(request_json({"GET", "/\xff", {{"A", "\xff"}}, ""}, kArrival).find("\uFFFD") !=
        std::string::npos);
}

TEST_CASE("a fire time that is none says nothing of lateness") {
  const http::Request request{"POST", "/", {{"Jobsched-Fire-Time", "soon"}}, ""};
  CHECK(show_request(request, kArrival).find("fire time\n") == std::string::npos);
  CHECK(request_json(request, kArrival).find("latenessMs") == std::string::npos);
}

}  // namespace jobsched::cmd
