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
      {"expand=last", ""},
      {"expand=2", "expand must be 1"},
      {"expand=yes", "expand must be 1"},
      {"limit=10000", ""},
      {"limit=10001", "from 1 to 10000"},
      {"limit=1000&expand=1", ""},
      {"limit=1001&expand=1", "from 1 to 1000"},
      {"limit=0", "from 1 to 10000"},
      {"limit=1000&expand=last", ""},
      {"limit=1001&state=paused", "from 1 to 1000"},
      {"name=nightly-*", ""},
      {"name=", "not a pattern for names"},
      {"name=%FF", "not a pattern for names"},
      {"state=exhausted", ""},
      {"state=puased", "did you mean \"paused\"?"},
      {"state=cancelled", "the states are active, paused, waiting"},
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

TEST_CASE("a list is narrowed by name and state") {
  MemoryStore store;
  ApiRig rig{store};
  const auto create = [&](const std::string& more) {
    return rig.create(R"({"url":"http://a.test/","when":"2027-01-15T09:00:00Z")" + more + "}");
  };
  const std::string plain = create("");
  const std::string tea = create(R"(,"name":"tea")");
  const std::string toast = create(R"(,"name":"toast","paused":true)");
  const std::string fired = create(R"(,"name":"Tea time")");
  REQUIRE(rig.ask("POST", "/1/jobs/" + fired + "/fire").status == 202);

  struct Row {
    std::string query;
    std::string ids;
  };

  const Row rows[] = {
      {"name=*", tea + "," + toast + "," + fired},
      {"name=t*", tea + "," + toast},
      {"name=t%3F%3F", tea},
      {"name=Tea+time", fired},
      {"name=coffee", ""},
      {"state=paused", toast},
      {"state=active", plain + "," + tea + "," + fired},
      {"state=active&name=[tT]ea*", tea + "," + fired},
      {"state=waiting", fired},
      {"state=accepted", ""},
      {"name=*&after=" + tea, toast + "," + fired},
  };
  for (const Row& row : rows) {
    CAPTURE(row.query);
    const auto answer = rig.ask("GET", "/1/jobs?" + row.query);
    CHECK(answer.status == 200);
    CHECK(answer.body == row.ids);
    CHECK(header_of(answer, "Link").empty());
  }
  const auto page = rig.ask("GET", "/1/jobs?name=*&limit=2&state=active", {}, kJson);
  CHECK(page.body == "[\"" + tea + "\",\"" + fired + "\"]");
  const auto first = rig.ask("GET", "/1/jobs?expand=last&name=t%2A&limit=1", {}, kJson);
  CHECK(first.body == "[" + document(store, tea) + "]");
  CHECK(header_of(first, "Link") ==
        "</1/jobs?limit=1&expand=last&name=t%2A&after=" + tea + ">; rel=\"next\"");
}

TEST_CASE("a list says where the jobs' last deliveries stand if it is asked to") {
  MemoryStore store;
  ApiRig rig{store};
  const std::string id = rig.create();
  CHECK(rig.ask("GET", "/1/jobs?expand=last", {}, kJson).body == "[" + document(store, id) + "]");
  REQUIRE(rig.ask("POST", "/1/jobs/" + id + "/fire").status == 202);
  const std::string json = rig.ask("GET", "/1/jobs?expand=last", {}, kJson).body;
  CHECK(json.find(R"(,"lastDelivery":{"id":")" + id + "_") != std::string::npos);
  CHECK(json.find(R"("fireTime":"2027-01-15T08:00:00.001Z","state":"waiting","due":)") !=
        std::string::npos);
  CHECK(json.ends_with("\"}}]"));
  const std::string xml = rig.ask("GET", "/1/jobs?expand=last", {}, kXml).body;
  CHECK(xml.find("<lastDelivery><id>" + id + "_") != std::string::npos);
  CHECK(xml.ends_with("</lastDelivery></job></jobs>"));
  CHECK(rig.ask("GET", "/1/jobs?expand=1", {}, kJson).body.find("last") == std::string::npos);
}

TEST_CASE("a page ends early, and says so, where it would be large or long to make") {
  MemoryStore store;
  ApiRig rig{store};
  SUBCASE("by the payloads") {
    std::vector<std::string> ids;
    const std::string data(2'048, 'x');
    for (int i = 0; i < 515; ++i)
      ids.push_back(rig.create(R"({"url":"http://a.test/","when":"2027-01-15T09:00:00Z","data":")" +
                               data + "\"}"));
    const auto page = rig.ask("GET", "/1/jobs?expand=1", {}, kJson);
    CHECK(header_of(page, "Link") ==
          "</1/jobs?limit=1000&expand=1&after=" + ids[512] + ">; rel=\"next\"");
    CHECK(header_of(rig.ask("GET", "/1/jobs?name=x", {}, kJson), "Link").empty());
  }
  SUBCASE("by the jobs it has looked at") {
    std::vector<std::string> ids;
    for (int i = 0; i < 1'001; ++i)
      ids.push_back(rig.create());
    const auto page = rig.ask("GET", "/1/jobs?name=x");
    CHECK(page.body.empty());
    CHECK(header_of(page, "Link") ==
          "</1/jobs?limit=1000&name=x&after=" + ids[999] + ">; rel=\"next\"");
  }
}
