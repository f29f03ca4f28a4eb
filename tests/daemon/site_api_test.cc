#include "daemon/api/site_api.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/api/site/site.h"
#include "tests/support/api_rig.h"
#include "tests/support/memory_store.h"

using jobsched::testing::ApiRig;
using jobsched::testing::header_of;
using jobsched::testing::MemoryStore;

TEST_CASE("the API describes itself to programs and to people") {
  struct Row {
    std::string_view path;
    std::string_view type;
    std::string_view begin;
  };

  const Row rows[] = {
      {"/openapi.json", "application/json; charset=utf-8", "{\n \"openapi\": \"3.1.0\""},
      {"/", "text/html; charset=utf-8", "<!DOCTYPE html>\n<html lang=\"en\">"},
  };
  MemoryStore store;
  ApiRig rig{store};
  for (const Row& row : rows) {
    CAPTURE(row.path);
    const std::string path(row.path);
    const auto answer = rig.ask("GET", path);
    CHECK(answer.status == 200);
    CHECK(header_of(answer, "Content-Type") == row.type);
    CHECK(answer.body.starts_with(row.begin));
    CHECK(rig.ask("HEAD", path).status == 200);
    CHECK(rig.ask("GET", path, {}, {{"Accept", "image/png"}}).status == 406);
    const auto refused = rig.ask("POST", path);
    CHECK(refused.status == 405);
    CHECK(header_of(refused, "Allow") == "GET, HEAD");
  }
}

TEST_CASE("the page needs nothing else, and nothing it has can run") {
  MemoryStore store;
  ApiRig rig{store};
  const auto page = rig.ask("GET", "/");
  CHECK(header_of(page, "Content-Security-Policy") ==
        "default-src 'none'; style-src 'unsafe-inline'");
  for (const std::string_view foreign : {"<script", "src=", "@import", "url(", "<link"}) {
    CAPTURE(foreign);
    CHECK(page.body.find(foreign) == std::string::npos);
  }
}

TEST_CASE("a problem is never HTML, as it may quote what was sent") {
  MemoryStore store;
  ApiRig rig{store};
  const auto refused =
      rig.ask("GET", "/?%3Cscript%3E", {}, {{"Accept", "text/html,application/xml;q=0.9"}});
  CHECK(refused.status == 400);
  CHECK(refused.body.find("<script>") != std::string::npos);
  CHECK(header_of(refused, "Content-Type") == "text/plain; charset=utf-8");
}
