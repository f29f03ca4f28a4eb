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

constexpr std::string_view kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ level=%l %v";
constexpr std::string_view kJsonPattern = R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

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

Log::Log(LogLevel level, LogFormat format)
    : format_(format),
      logger_(std::make_unique<spdlog::logger>("jobsched",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_level(to_spdlog(level));
  logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      std::string{format == LogFormat::kJson ? kJsonPattern : kTextPattern},
      spdlog::pattern_time_type::utc));
}

Log::~Log() = default;

std::string Log::compose(std::string_view message, Fields fields) const {
  return format_ == LogFormat::kJson ? compose_log_json(message, fields)
                                     : compose_log_text(message, fields);
}

bool Log::debugs() const {
  return logger_->should_log(spdlog::level::debug);
}

void Log::debug(std::string_view message, Fields fields) const {
  if (debugs()) logger_->debug(compose(message, fields));
}

void Log::info(std::string_view message, Fields fields) const {
  logger_->info(compose(message, fields));
}

void Log::warning(std::string_view message, Fields fields) const {
  logger_->warn(compose(message, fields));
}

void Log::error(std::string_view message, Fields fields) const {
  logger_->error(compose(message, fields));
}

}  // namespace jobsched
