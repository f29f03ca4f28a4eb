#include "cmd/account_text.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "cmd/account.h"

namespace jobsched::cmd {

TEST_CASE("the daemon's list of accounts becomes a table") {
  const auto accounts =
      read_accounts(R"([{"name":"alice","jobs":12345,"created":"2026-12-01T15:30:00Z"},)"
                    R"({"name":"b","jobs":0,"created":"2026-12-02T00:00:00.250Z"}])");
  REQUIRE(accounts);
  CHECK(show_accounts(*accounts) ==
        "NAME    JOBS  CREATED\n"
        "alice  12345  2026-12-01T15:30:00Z\n"
        "b          0  2026-12-02T00:00:00.250Z\n");
  CHECK(show_accounts({}).empty());
}

TEST_CASE("what is no list of accounts is refused") {
  for (const std::string_view text :
       {"", "{}", "[1]", R"([{"name":"a"}])", R"([{"name":"a","jobs":-1,"created":"x"}])",
        R"([{"name":1,"jobs":1,"created":"x"}])", R"([{"name":"a","jobs":"1","created":"x"}])"}) {
    CAPTURE(std::string(text));
    const auto accounts = read_accounts(text);
    REQUIRE_FALSE(accounts);
    CHECK(accounts.error().kind == ErrorKind::kMalformed);
  }
}

TEST_CASE("the admin listener is where --admin, JOBSCHED_ADMIN or the default says") {
  struct Row {
    std::optional<std::string> option;
    Environment environment;
    std::string_view result;  // the address, or the refusal
  };

  const Row rows[] = {
      {{}, {}, "unix:/run/jobsched/admin.sock"},
      {{}, {{"XDG_RUNTIME_DIR", "/run/user/7"}}, "unix:/run/user/7/jobsched/admin.sock"},
      {{}, {{"XDG_RUNTIME_DIR", "relative"}}, "unix:/run/jobsched/admin.sock"},
      {{}, {{"JOBSCHED_ADMIN", "unix:/a"}, {"XDG_RUNTIME_DIR", "/x"}}, "unix:/a"},
      {{}, {{"JOBSCHED_ADMIN", ""}}, "unix:/run/jobsched/admin.sock"},
      {"http://127.0.0.1:1", {{"JOBSCHED_ADMIN", "unix:/a"}}, "http://127.0.0.1:1"},
      {"x", {}, "--admin: "},
      {"", {}, "--admin: "},
      {{}, {{"JOBSCHED_ADMIN", "x"}}, "JOBSCHED_ADMIN: "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.result);
    const auto address = admin_address(row.option, row.environment);
    if (address) {
      CHECK(address->text == row.result);
      CHECK(address->key_file.empty());
    } else {
      CHECK(address.error().code == ExitCode::kUsage);
      CHECK(address.error().message.starts_with(row.result));
    }
  }
}

}  // namespace jobsched::cmd
