#include "cmd/usage.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

namespace jobsched::cmd {

namespace {

// What is said of a command line for a program with the commands `list` and `add [--at TIME] URL`.
std::string refusal(std::vector<std::string> words) {
  CLI::App app;
  app.require_subcommand(0, 1);
  app.fallthrough();
  std::string text;
  app.add_option("-s,--server", text);
  app.add_subcommand("list");
  CLI::App* const add = app.add_subcommand("add");
  add->add_option("--at", text);
  add->add_option("URL", text)->required();
  std::ranges::reverse(words);
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    const Failure failure = explain(app, error);
    CHECK(failure.code == ExitCode::kUsage);
    return failure.message;
  }
  return "none";
}

}  // namespace

TEST_CASE("words are made fit for CLI11") {
  using Words = std::vector<std::string>;
  CHECK(prepare({}) == Words{});
  CHECK(prepare({"help"}) == Words{"--help"});
  CHECK(prepare({"help", "add"}) == Words{"add", "--help"});
  CHECK(prepare({"help", "help"}) == Words{"--help"});
  CHECK(prepare({"help", "add", "list"}) == Words{"add", "--help"});
  CHECK(prepare({"get", "help"}) == Words{"get", "help"});
  CHECK(prepare({"add", "--data=", "x"}) == Words{"add", "--data", "", "x"});
  CHECK(prepare({"add", "--data=y", "x"}) == Words{"add", "--data=y", "x"});
  CHECK(prepare({"add", "--data=y="}) == Words{"add", "--data=y="});
  CHECK(prepare({"add", "--", "--data="}) == Words{"add", "--", "--data="});
}

TEST_CASE("a wrong command line is told what is wrong and the nearest right word") {
  struct Row {
    std::vector<std::string> words;
    std::string_view message;
  };

  const Row rows[] = {
      {{"lst"}, "unknown command \"lst\"; did you mean \"list\"?\nTry `jobsched --help`."},
      {{"frobnicate"}, "unknown command \"frobnicate\"\nTry `jobsched --help`."},
      {{"-s", "x", "lst"}, "unknown command \"lst\"; did you mean \"list\"?\n"},
      {{"list", "--servr", "x"}, "list: unknown option \"--servr\"; did you mean \"--server\"?\n"},
      {{"list", "--servr=x"}, "list: unknown option \"--servr\"; did you mean \"--server\"?\n"},
      {{"list", "-x"}, "list: unknown option \"-x\"\nTry `jobsched list --help`."},
      {{"--att", "9:00", "list"}, "list: unknown option \"--att\"\n"},
      {{"add", "--att", "9:00", "x"}, "add: unknown option \"--att\"; did you mean \"--at\"?\n"},
      {{"list", "extra"}, "list: unexpected argument \"extra\"\n"},
      {{"list", "add"}, "list: unexpected argument \"add\"\n"},
      {{"add"}, "add: URL is missing\nTry `jobsched add --help`."},
      {{"add", "x", "--at"}, "add: --at needs a value\n"},
      {{"add", "x", "--at", "1", "--at", "2"}, "add: --at may be given only once\n"},
      {{"list", "\x1b[2J"}, "list: unexpected argument \"\uFFFD[2J\"\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    const std::string message = refusal(row.words);
    CAPTURE(message);
    CHECK(message.starts_with(row.message));
  }
}

}  // namespace jobsched::cmd
