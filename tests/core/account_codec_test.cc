#include "core/codec/account_codec.h"

#include <vector>

#include <doctest/doctest.h>

#include "tests/support/instants.h"

using jobsched::Account;
using jobsched::Format;
using jobsched::test::instant;

TEST_CASE("a list of accounts says what each has, and nothing of its key") {
  const std::vector<Account> two{{"alice", {1}, instant("2026-12-01T15:30:00Z"), 12},
                                 {"bob", {2}, instant("2026-12-02T00:00:00Z"), 0}};
  CHECK(write_accounts(Format::kJson, {}) == "[]");
  CHECK(write_accounts(Format::kJson, two) ==
        R"([{"name":"alice","jobs":12,"created":"2026-12-01T15:30:00Z"},)"
        R"({"name":"bob","jobs":0,"created":"2026-12-02T00:00:00Z"}])");
  CHECK(write_accounts(Format::kXml, {}) ==
        R"(<?xml version="1.0" encoding="UTF-8"?><accounts></accounts>)");
  CHECK(
      write_accounts(Format::kXml, two) ==
      R"(<?xml version="1.0" encoding="UTF-8"?><accounts>)"
      "<account><name>alice</name><jobs>12</jobs><created>2026-12-01T15:30:00Z</created></account>"
      "<account><name>bob</name><jobs>0</jobs><created>2026-12-02T00:00:00Z</created></account>"
      "</accounts>");
}

TEST_CASE("a new key is shown with the account's name, and as text alone") {
  CHECK(jobsched::write_new_key(Format::kText, "alice", "jsk_x") == "jsk_x");
  CHECK(jobsched::write_new_key(Format::kJson, "alice", "jsk_x") ==
        R"({"name":"alice","key":"jsk_x"})");
  CHECK(jobsched::write_new_key(Format::kXml, "alice", "jsk_x") ==
        R"(<?xml version="1.0" encoding="UTF-8"?>)"
        "<account><name>alice</name><key>jsk_x</key></account>");
}
