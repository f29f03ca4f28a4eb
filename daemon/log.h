#pragma once

#include <atomic>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/settings/settings.h"

namespace spdlog {
class logger;
}

namespace jobsched {

// Who reads standard error: `kJournal` is systemd's, which wants to see a line's level as `<3>` to
// `<7>` before it (sd-daemon(3)) and stamps each line with the time itself.
enum class LogReader { kAnybody, kJournal };

// The daemon's log: one line an event on standard error, either `key=value` pairs or a JSON object,
// with the time in UTC, which the pairs for a journal leave out. Never give it a payload, a
// header's value or a URL's query. Thread-safe, `set` included.
class Log {
 public:
  using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

  Log(LogLevel level, LogFormat format, LogReader reader = LogReader::kAnybody);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  Log(Log&&) = delete;
  Log& operator=(Log&&) = delete;

  // Changes what is written and how, from the next line on.
  void set(LogLevel level, LogFormat format);

  // Whether `debug` writes anything, for lines that cost something to make.
  bool debugs() const;

  void debug(std::string_view message, Fields fields = {}) const;
  void info(std::string_view message, Fields fields = {}) const;
  void warning(std::string_view message, Fields fields = {}) const;
  void error(std::string_view message, Fields fields = {}) const;

 private:
  void write(LogLevel level, std::string_view message, Fields fields) const;

  std::atomic<LogLevel> level_;
  std::atomic<LogFormat> format_;
  std::unique_ptr<spdlog::logger> text_;  // a logger a format, so that a line is all of one
  std::unique_ptr<spdlog::logger> json_;
};

// Both notations of a log line's body, without its time and level: `msg="two words" key=value` and
// `"msg":"two words","key":"value"`.
std::string compose_log_text(std::string_view message, Log::Fields fields);
std::string compose_log_json(std::string_view message, Log::Fields fields);

}  // namespace jobsched
