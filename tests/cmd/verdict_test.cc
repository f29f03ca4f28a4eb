#include "cmd/verdict.h"

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/instants.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::cmd {

namespace {

constexpr std::string_view kOne = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view kTwo = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

SigningSecret secret(std::string_view text) {
  return *SigningSecret::parse(text);
}

http::Request callback(http::Headers headers) {
  return {"POST", "/", std::move(headers), R"({"test": 2432232314})"};
}

}  // namespace

TEST_CASE("a receiver's secrets come from a file, else from a variable") {
  struct Row {
    std::string_view rule;
    std::optional<std::string> file;  // what is in it
    std::optional<std::string> variable;
    std::string_view secrets;  // "1 2", or how the refusal begins
  };

  const std::string one(kOne);
  const std::string two(kTwo);
  const Row rows[] = {
      {"neither", {}, {}, ""},
      {"a variable", {}, one, "1 "},
      {"an empty variable", {}, "", ""},
      {"a variable with two", {}, one + " " + two, "1 2 "},
      {"a file", one + "\n", {}, "1 "},
      {"a file without a line end", one, {}, "1 "},
      {"a file with two", "\n" + two + "\r\n" + one + "\n", {}, "2 1 "},
      {"a file and a variable", one, two, "1 "},
      {"a variable with something else", {}, one + "x", "JOBSCHED_SECRET: this is not a signing"},
      {"a file with something else", "hunter2-hunter2", {}, "--secret-file: this is not a signing"},
      {"an empty file", "", {}, "--secret-file: "},
  };
  const testing::TemporaryDirectory directory;
  const std::string path = directory / "secret";
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    std::optional<std::string> file;
    if (row.file) {
      std::ofstream(path, std::ios::binary) << *row.file;
      file = path;
    }
    Environment environment;
    if (row.variable) environment.emplace("JOBSCHED_SECRET", *row.variable);
    const auto secrets = receiver_secrets(file, environment);
    if (!secrets) {
      CHECK(secrets.error().code == ExitCode::kUsage);
      CHECK(secrets.error().message.starts_with(row.secrets));
      CHECK(secrets.error().message.find("MfKQ9r8G") == std::string::npos);
      CHECK(secrets.error().message.find("hunter2") == std::string::npos);
      continue;
    }
    std::string text;
    for (const SigningSecret& found : *secrets)
      text += found == secret(kOne) ? "1 " : "2 ";
    CHECK(text == row.secrets);
  }
  CHECK(receiver_secrets(directory / "none", {}).error().message.starts_with("--secret-file: "));
}

TEST_CASE("a callback is judged by its headers, in any case, and its body") {
  const std::vector<SigningSecret> secrets{secret(kOne)};
  const Instant now = test::instant("2021-02-25T15:02:10Z");  // 1614265330
  const http::Headers right{
      {"WEBHOOK-ID", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
      {"Webhook-Timestamp", "1614265330"},
      {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
  CHECK_FALSE(judge({}, callback(right), now).has_value());
  const Verdict verdict = judge(secrets, callback(right), now);
  REQUIRE(verdict);
  CHECK(verdict->has_value());
  const Verdict wrong = judge(std::vector{secret(kTwo)}, callback(right), now);
  REQUIRE(wrong);
  CHECK(wrong->error().detail.starts_with("no signature in webhook-signature matches"));
  const Verdict missing = judge(secrets, callback({}), now);
  REQUIRE(missing);
  CHECK(missing->error().detail == "the header webhook-id is missing");
}

}  // namespace jobsched::cmd
