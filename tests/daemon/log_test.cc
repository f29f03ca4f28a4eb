#include "daemon/log.h"

#include <doctest/doctest.h>

using jobsched::compose_log_json;
using jobsched::compose_log_text;

TEST_CASE("a log line in text is key=value, quoted only where it must be") {
  CHECK(compose_log_text("listening", {}) == "msg=listening");
  CHECK(compose_log_text("job fired", {{"attempt", "1"}, {"host", "example.com:80"}}) ==
        R"(msg="job fired" attempt=1 host=example.com:80)");
  CHECK(compose_log_text("x", {{"empty", ""}, {"quote", "a\"b\\"}, {"equals", "a=b"}}) ==
        R"(msg=x empty="" quote="a\"b\\" equals="a=b")");
}

TEST_CASE("no value can break out of its line") {
  CHECK(compose_log_text("x", {{"error", "two\r\nlines\x1B[0m"}}) ==
        R"(msg=x error="two\u000d\u000alines\u001b[0m")");
  CHECK(compose_log_json("x", {{"error", "a\"\n\xFF"}}) ==
        R"("msg":"x","error":"a\"\u000a\u00ff")");
}
