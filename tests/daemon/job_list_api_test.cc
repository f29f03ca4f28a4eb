#include "daemon/api/job_list_api.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/codec/codec.h"
#include "tests/support/api_rig.h"
#include "tests/support/memory_store.h"

using jobsched::testing::ApiRig;
using jobsched::testing::header_of;
using jobsched::testing::MemoryStore;

namespace {

const jobsched::http::Headers kJson{{"Accept", "application/json"}};
const jobsched::http::Headers kXml{{"Accept", "application/xml"}};

std::string document(MemoryStore& store, const std::string& id) {
  const auto job = store.find("default", *jobsched::parse_job_id(id)).value().value();
  return write_job(jobsched::Format::kJson, job);
}

}  // namespace

TEST_CASE("an expanded list has the jobs in place of their ids") {
  MemoryStore store;
  ApiRig rig{store};
  CHECK(rig.ask("GET", "/1/jobs?expand=1", {}, kJson).body == "[]");
  CHECK(rig.ask("GET", "/1/jobs?expand=1", {}, kXml).body.ends_with("<jobs></jobs>"));
  const std::string first = rig.create();
  const std::string second = rig.create();
  const std::string both = document(store, first) + "," + document(store, second);
  CHECK(rig.ask("GET", "/1/jobs?expand=1", {}, kJson).body == "[" + both + "]");
  const std::string xml = rig.ask("GET", "/1/jobs?expand=1", {}, kXml).body;
  CHECK(xml.find("?>", 10) == xml.rfind("?>"));  // one declaration
  CHECK(xml.find("<jobs><job><id>" + first + "</id>") != std::string::npos);
  CHECK(xml.find("</job><job><id>" + second + "</id>") != std::string::npos);
  CHECK(rig.ask("GET", "/1/jobs?expand=1").body == first + "," + second);
}

TEST_CASE("lists are read page by page") {
  for (const std::string_view expand : {"", "&expand=1"}) {
    CAPTURE(expand);
    MemoryStore store;
    ApiRig rig{store};
    const std::vector<std::string> ids{rig.create(), rig.create(), rig.create()};
    std::string target = "/1/jobs?limit=2" + std::string(expand);
    const auto page = rig.ask("GET", target);
    CHECK(page.body == ids[0] + "," + ids[1]);
    const std::string link = header_of(page, "Link");
    CHECK(link ==
          "</1/jobs?limit=2" + std::string(expand) + "&after=" + ids[1] + ">; rel=\"next\"");
    const auto last = rig.ask("GET", link.substr(1, link.find('>') - 1));
    CHECK(last.body == ids[2]);
    CHECK(header_of(last, "Link").empty());
  }
}

TEST_CASE("what a list is asked for must be right") {
  struct Row {
    std::string_view query;
    std::string_view word;  // of the refusal; none if it is right
  };

  const Row rows[] = {
      {"expand=1", ""},
      {"expand=0", ""},
      {"expand=true", ""},
      {"expand", ""},
      {"expand=2", "expand must be 1"},
      {"expand=yes", "expand must be 1"},
      {"limit=10000", ""},
      {"limit=10001", "from 1 to 10000"},
      {"limit=1000&expand=1", ""},
      {"limit=1001&expand=1", "from 1 to 1000"},
      {"limit=0", "from 1 to 10000"},
      {"after=x", "after must be the id of a job"},
  };
  MemoryStore store;
  ApiRig rig{store};
  for (const Row& row : rows) {
    CAPTURE(row.query);
    const auto answer = rig.ask("GET", "/1/jobs?" + std::string(row.query));
    CHECK(answer.status == (row.word.empty() ? 200 : 400));
    CHECK(answer.body.find(row.word) != std::string::npos);
  }
}
