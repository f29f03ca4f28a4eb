#include "daemon/log.h"

#include <algorithm>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace jobsched {

namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

// `%*` is what PriorityFlag writes. JSON is read by programs, which find the same members wherever
// the lines go.
std::string pattern_for(LogFormat format, LogReader reader) {
  const bool journal = reader == LogReader::kJournal;
  if (format == LogFormat::kText) {
    return journal ? "%*level=%l %v" : "%Y-%m-%dT%H:%M:%S.%eZ level=%l %v";
  }
  return std::string(journal ? "%*" : "") + R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";
}

// As syslog(3) numbers them.
std::string_view priority_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::err: return "<3>";
    case spdlog::level::warn: return "<4>";
    case spdlog::level::info: return "<6>";
    default: return "<7>";
  }
}

class PriorityFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message,
              const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    const std::string_view priority = priority_of(message.level);
    out.append(priority.data(), priority.data() + priority.size());
  }

  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<PriorityFlag>();
  }
};

// Quoted so that no value can end its field or its line.
std::string quote(std::string_view value) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted.append({'\\', c});
    } else if (byte < 0x20 || byte >= 0x7F) {
      quoted.append("\\u00").append({kHex[byte >> 4U], kHex[byte & 0xFU]});
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string quote_if_needed(std::string_view value) {
  const bool plain = !value.empty() && std::ranges::all_of(value, [](char c) {
    return c > ' ' && c < '\x7F' && c != '"' && c != '=' && c != '\\';
  });
  return plain ? std::string{value} : quote(value);
}

// Writes all that it is given.
std::unique_ptr<spdlog::logger> make_logger(LogFormat format, LogReader reader) {
  auto logger = std::make_unique<spdlog::logger>("jobsched",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog::level::debug);
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<PriorityFlag>('*').set_pattern(pattern_for(format, reader));
  logger->set_formatter(std::move(formatter));
  return logger;
}

}  // namespace

std::string compose_log_text(std::string_view message, Log::Fields fields) {
  std::string line = "msg=" + quote_if_needed(message);
  for (const auto& [key, value] : fields) {
    line.append(" ").append(key).append("=").append(quote_if_needed(value));
  }
  return line;
}

std::string compose_log_json(std::string_view message, Log::Fields fields) {
  std::string line = "\"msg\":" + quote(message);
  for (const auto& [key, value] : fields) {
    line.append(",").append(quote(key)).append(":").append(quote(value));
  }
  return line;
}

Log::Log(LogLevel level, LogFormat format, LogReader reader)
    : level_(level),
      format_(format),
      text_(make_logger(LogFormat::kText, reader)),
      json_(make_logger(LogFormat::kJson, reader)) {}

Log::~Log() = default;

void Log::set(LogLevel level, LogFormat format) {
  level_ = level;
  format_ = format;
}

bool Log::debugs() const {
  return level_ == LogLevel::kDebug;
}

void Log::write(LogLevel level, std::string_view message, Fields fields) const {
  if (level < level_) return;
  if (format_ == LogFormat::kJson) {
    json_->log(to_spdlog(level), compose_log_json(message, fields));
  } else {
    text_->log(to_spdlog(level), compose_log_text(message, fields));
  }
}

void Log::debug(std::string_view message, Fields fields) const {
  write(LogLevel::kDebug, message, fields);
}

void Log::info(std::string_view message, Fields fields) const {
  write(LogLevel::kInfo, message, fields);
}

void Log::warning(std::string_view message, Fields fields) const {
  write(LogLevel::kWarning, message, fields);
}

void Log::error(std::string_view message, Fields fields) const {
  write(LogLevel::kError, message, fields);
}

}  // namespace jobsched
