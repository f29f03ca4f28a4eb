#include "daemon/api/request_log.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <exception>
#include <utility>

#include "core/delivery/delivery.h"
#include "core/job/id.h"
#include "core/text/ascii.h"
#include "core/time/iso8601.h"
#include "daemon/api/answer.h"

namespace jobsched {

namespace {

constexpr std::string_view kIdHeader = "X-Request-Id";
constexpr std::size_t kLongestId = 128;
constexpr std::size_t kFreshDigits = 16;
constexpr int kFault = 500;  // other statuses of 5xx say what the daemon cannot do just now

// What paths are made of, and methods: whatever else a client sends in their place may be what it
// meant to keep to itself. A body with the wrong length is read as a request, too.
constexpr std::array<std::string_view, 16> kWords{
    "",      "1",       "jobs",     "delete", "fire",    "pause",  "resume",  "deliveries",
    "retry", "secrets", "accounts", "key",    "healthz", "readyz", "metrics", "openapi.json"};
constexpr std::array<std::string_view, 9> kMethods{"GET",    "HEAD",    "POST",    "PUT",  "PATCH",
                                                   "DELETE", "OPTIONS", "CONNECT", "TRACE"};

template <class Words>
bool is_one_of(const Words& words, std::string_view text) {
  return std::ranges::find(words, text) != words.end();
}

// One line of the log: what was asked and how it was answered.
struct Line {
  std::string method;
  std::string path;  // as sent
  std::string id;
  std::chrono::steady_clock::time_point began;
};

std::string milliseconds_of(std::chrono::steady_clock::duration length) {
  const auto micros = std::chrono::floor<Micros>(length).count();
  std::string fraction = std::to_string(micros % 1'000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(micros / 1'000) + "." + fraction + "ms";
}

bool is_wanted(const Log& log, int status) {
  return status == kFault || log.debugs();
}

void write(const Log& log,
           const Line& line,
           int status,
           std::chrono::steady_clock::time_point now) {
  const bool failed = status == kFault;
  (log.*(failed ? &Log::error : &Log::debug))(
      failed ? "request failed" : "request",
      {{"method", is_one_of(kMethods, line.method) ? line.method : "*"},
       {"path", loggable_path(line.path)},
       {"status", std::to_string(status)},
       {"took", milliseconds_of(now - line.began)},
       {"request_id", line.id}});
}

// Answers in the place of another responder, with what this log adds.
class LoggedResponder final : public http::Responder {
 public:
  LoggedResponder(const RequestLog::Dependencies& dependencies,
                  Line line,
                  std::unique_ptr<http::Responder> responder)
      : log_(dependencies.log),
        clock_(dependencies.clock),
        metrics_(dependencies.metrics),
        line_(std::move(line)),
        responder_(std::move(responder)) {}

  LoggedResponder(const LoggedResponder&) = delete;
  LoggedResponder& operator=(const LoggedResponder&) = delete;

  ~LoggedResponder() override {
    if (!responder_) return;
    respond(problem_answer(kFault, "the request was dropped without an answer", kTextPlain));
  }

  void respond(http::Response response) override {
    metrics_.answered(response.status);
    if (is_wanted(log_, response.status)) {
      write(log_, line_, response.status, clock_.steady_now());
    }
    response.headers.emplace_back(kIdHeader, std::move(line_.id));
    std::exchange(responder_, nullptr)->respond(std::move(response));
  }

 private:
  const Log& log_;
  const Clock& clock_;
  HttpMetrics& metrics_;
  Line line_;
  std::unique_ptr<http::Responder> responder_;
};

// The ids of one daemon differ, and those of two do by chance: a walk through all numbers, each
// step of which is scrambled (SplitMix64), so that it costs no call of the system.
std::string fresh_id(std::uint64_t& last) {
  constexpr std::string_view kHex = "0123456789abcdef";
  last += 0x9E3779B97F4A7C15U;
  std::uint64_t bits = last;
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
  bits ^= bits >> 31U;
  std::string id(kFreshDigits, '0');
  for (char& digit : id) {
    bits = std::rotl(bits, 4);
    digit = kHex[bits & 0xFU];
  }
  return id;
}

bool is_harmless(std::string_view segment) {
  return is_one_of(kWords, segment) || parse_job_id(segment) || parse_delivery_id(segment) ||
         parse_instant(segment);
}

}  // namespace

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

std::string loggable_path(std::string_view path) {
  std::string shown;
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    shown += is_harmless(segment) ? segment : "*";
    if (slash == std::string_view::npos) return shown;
    shown += '/';
    path.remove_prefix(slash + 1);
  }
}

void RequestLog::handle(http::Request request, std::unique_ptr<http::Responder> responder) {
  Line line{request.method, std::string(request.path()), id_of(&request),
            dependencies_.clock.steady_now()};
  std::string id = line.id;
  try {
    handler_(std::move(request), std::make_unique<LoggedResponder>(dependencies_, std::move(line),
                                                                   std::move(responder)));
  } catch (const std::exception& exception) {
    dependencies_.log.error("the request could not be handled",
                            {{"error", exception.what()}, {"request_id", std::move(id)}});
  }
}

http::Response RequestLog::refused(http::Response response, const http::Request* partial) {
  std::string id = id_of(partial);
  dependencies_.metrics.answered(response.status);
  if (is_wanted(dependencies_.log, response.status)) {
    const auto now = dependencies_.clock.steady_now();
    const Line line{partial != nullptr ? partial->method : "",
                    partial != nullptr ? std::string(partial->path()) : "", id, now};
    write(dependencies_.log, line, response.status, now);
  }
  response.headers.emplace_back(kIdHeader, std::move(id));
  return response;
}

std::string RequestLog::id_of(const http::Request* request) {
  if (request != nullptr) {
    if (auto own = request->header(kIdHeader); own && is_request_id(*own)) return *std::move(own);
  }
  return fresh_id(last_id_);
}

}  // namespace jobsched
