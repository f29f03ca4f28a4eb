#include "cmd/completion_words.h"

#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include "cmd/option.h"

namespace jobsched::cmd {

namespace {

// The commands `list [-l] [--state STATE] [--wait[=X]]`, `get ID...`, `run EXPR FILE`.
class Commands {
 public:
  Commands() {
    setup(app_, globals_);
    CLI::App* const list = add_command(app_, "list", "List jobs: all; or some");
    add_alias(*list, "ls");
    add_flag(*list, "-l,--long", flag_, "Long");
    add_text(*list, "--state", text_, "STATE", "Which");
    add_optional_text(*list, "--wait", text_, "X", "Wait");
    add_arguments(*add_command(app_, "get", "Get"), "ID", texts_, "Which");
    CLI::App* const run = add_command(app_, "run", "Run");
    add_argument(*run, "EXPR", argument_, "What");
    add_optional_argument(*run, "FILE", text_, "Where");
    add_text(*run, "--tz", text_, "ZONE", "Zone");
  }

  Completion complete(const std::vector<std::string>& words) const {
    return complete_words(app_, words);
  }

 private:
  CLI::App app_;
  GlobalOptions globals_;
  bool flag_ = false;
  std::string argument_;
  std::optional<std::string> text_;
  std::vector<std::string> texts_;
};

std::string shown(const Completion& completion) {
  std::string text;
  for (const auto& candidate : completion.candidates)
    text += (text.empty() ? "" : " ") + candidate.word;
  switch (completion.lookup) {
    case Completion::Lookup::kNothing: break;
    case Completion::Lookup::kFiles: text += "FILES"; break;
    case Completion::Lookup::kJobs: text += "JOBS"; break;
    case Completion::Lookup::kNames: text += "NAMES"; break;
    case Completion::Lookup::kDeliveries: text += "DELIVERIES"; break;
    case Completion::Lookup::kZones: text += "ZONES"; break;
  }
  return completion.before + "|" + completion.beginning + "|" + text;
}

}  // namespace

TEST_CASE("what the next word may be") {
  struct Row {
    std::vector<std::string> words;
    std::string expected;
  };

  const std::string states = "active paused waiting inFlight accepted exhausted superseded skipped";
  const Row rows[] = {
      {{}, "||list get run help"},
      {{""}, "||list get run help"},
      {{"li"}, "|li|list get run help"},
      {{"nosuch", ""}, "||"},
      {{"help", ""}, "||list get run help"},
      {{"help", "list", ""}, "||"},
      {{"-s", "x", ""}, "||list get run help"},
      {{"-"}, "|-|--help --server --cacert --output --key-file"},
      {{"list", ""}, "||"},
      {{"list", "--"}, "|--|--help --long --state --wait --server --cacert --output --key-file"},
      {{"ls", "--state", ""}, "||" + states},
      {{"list", "--state", "=", "ac"}, "|ac|" + states},
      {{"list", "--state=ac"}, "--state=|ac|" + states},
      {{"list", "--nosuch=ac"}, "||"},
      {{"list", "-o", "j"}, "|j|text json xml"},
      {{"list", "-lo", "j"}, "|j|text json xml"},
      {{"list", "-ojson", ""}, "||"},
      {{"list", "--wait", ""}, "||"},
      {{"get", ""}, "||JOBS"},
      {{"get", "a", "b", "01"}, "|01|JOBS"},
      {{"get", "--key-file", ""}, "||FILES"},
      {{"get", "--", "-"}, "|-|JOBS"},
      {{"run", ""}, "||"},
      {{"run", "x", ""}, "||FILES"},
      {{"run", "--tz", "Eu", "x", ""}, "||FILES"},
      {{"run", "x", "y", ""}, "||"},
      {{"run", "--tz", "Eu"}, "|Eu|ZONES"},
      {{"run", "--tz=Eu"}, "--tz=|Eu|ZONES"},
  };
  const Commands commands;
  for (const Row& row : rows) {
    CAPTURE(row.words);
    CHECK(shown(commands.complete(row.words)) == row.expected);
  }
}

TEST_CASE("what the line says about the daemon counts for look-ups") {
  const Commands commands;
  const auto globals =
      commands.complete({"-s", "unix:/a", "get", "--key-file=k", "--cacert", "=", "c", ""}).globals;
  CHECK(globals.server == "unix:/a");
  CHECK(globals.key_file == "k");
  CHECK(globals.cacert == "c");
  CHECK(commands.complete({"-sunix:/a", "get", ""}).globals.server == "unix:/a");
}

TEST_CASE("descriptions are short") {
  CHECK(Commands().complete({""}).candidates.at(0).description == "List jobs");
}

}  // namespace jobsched::cmd
