#include "daemon/log.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/fd.h"
#include "tests/support/temporary_directory.h"

using jobsched::compose_log_json;
using jobsched::compose_log_text;
using jobsched::Fd;
using jobsched::Log;
using jobsched::LogFormat;
using jobsched::LogLevel;

namespace {

// Standard error, while it lives, as lines.
class Captured {
 public:
  Captured() : before_(::dup(STDERR_FILENO)) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path_.c_str(), "we"),
                                                               std::fclose);
    ::dup2(::fileno(file.get()), STDERR_FILENO);
  }

  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;

  ~Captured() { ::dup2(before_.get(), STDERR_FILENO); }

  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);)
      lines.push_back(line);
    return lines;
  }

 private:
  jobsched::testing::TemporaryDirectory directory_;
  std::string path_ = directory_ / "log";
  Fd before_;
};

void write_one_of_each(const Log& log) {
  log.debug("one");
  log.info("two");
  log.warning("three");
  log.error("four");
}

}  // namespace

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

TEST_CASE("what is written follows the level, also one that is set later") {
  struct Row {
    LogLevel level;
    std::size_t lines;
  };

  constexpr Row kRows[] = {{LogLevel::kInfo, 3},  {LogLevel::kDebug, 4}, {LogLevel::kWarning, 2},
                           {LogLevel::kError, 1}, {LogLevel::kDebug, 4}, {LogLevel::kInfo, 3}};
  Log log{LogLevel::kError, LogFormat::kText};
  for (const Row& row : kRows) {
    const Captured captured;
    log.set(row.level, LogFormat::kText);
    CHECK(log.debugs() == (row.level == LogLevel::kDebug));
    write_one_of_each(log);
    CHECK(captured.lines().size() == row.lines);
  }
}

TEST_CASE("lines are of one format each while it is changed under many threads") {
  const Captured captured;
  Log log{LogLevel::kInfo, LogFormat::kText};
  std::atomic<bool> over = false;
  std::vector<std::thread> writers;
  for (int i = 0; i < 3; ++i) {
    writers.emplace_back([&] {
      while (!over)
        log.info("a line", {{"key", "a value"}});
    });
  }
  for (int i = 0; i < 2'000; ++i)
    log.set(LogLevel::kInfo, i % 2 == 0 ? LogFormat::kJson : LogFormat::kText);
  over = true;
  for (std::thread& writer : writers)
    writer.join();
  write_one_of_each(log);

  const auto lines = captured.lines();
  CHECK(lines.size() >= 3);
  const bool whole = std::ranges::all_of(lines, [](const std::string& line) {
    return line.starts_with("{\"ts\":\"20")
               ? line.ends_with("\",\"level\":\"info\",\"msg\":\"a line\",\"key\":\"a value\"}")
               : line.starts_with("20") && line.find("Z level=") != std::string::npos &&
                     line.find("msg=") != std::string::npos && line.find('{') == std::string::npos;
  });
  CHECK(whole);
}
