#include "cmd/client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include "cmd/exchange.h"
#include "cmd/key_file.h"
#include "core/codec/codec.h"
#include "core/limits.h"
#include "core/time/duration.h"
#include "core/version.h"
#include "daemon/http/answer_reader.h"

namespace jobsched::cmd {

namespace {

constexpr std::chrono::seconds kConnectTimeout{5};

// Of an answer that is held in memory: a job with the largest payload, each byte escaped.
constexpr std::size_t kMaxBody = 16 * kMaxDataBytes;

std::string_view media_type(Format format) {
  switch (format) {
    case Format::kText: return kTextPlain.name;
    case Format::kJson: return kApplicationJson.name;
    case Format::kXml: return kApplicationXml.name;
  }
  return kTextPlain.name;
}

// The problem's own words; they say what to do.
Failure problem_failure(int status,
                        std::optional<std::string_view> content_type,
                        std::string_view body) {
  const Format format = document_format(content_type, body).value_or(Format::kText);
  const Problem problem = read_problem(format, status, body);
  std::string message = problem.detail.empty() ? problem.title : problem.detail;
  if (message.empty()) message = "the server answers " + std::to_string(status);
  return {exit_code_of_status(status), name_field(problem.field, message), status};
}

// Whether a connection that was used before can be used again: nobody has closed it meanwhile, and
// nothing has come that nobody asked for.
bool is_idle(http::Transport& connection) {
  std::array<char, 1> unasked{};
  return connection.read(unasked).end == http::Transfer::End::kWait;
}

std::string reason_of(ExchangeEnd end, const http::AnswerReader& answer, Millis timeout) {
  switch (end) {
    case ExchangeEnd::kTimeout: return "it took longer than " + format_duration(timeout);
    case ExchangeEnd::kSilence: return "nothing came for " + format_duration(Exchange::kSilence);
    case ExchangeEnd::kMalformed: return "what came is not HTTP: " + answer.fault();
    case ExchangeEnd::kLost:
      return answer.begun() ? "the connection was closed in the middle of it"
                            : "the connection was closed";
    case ExchangeEnd::kComplete:
    case ExchangeEnd::kInterrupted:
    case ExchangeEnd::kStopped: break;
  }
  return {};
}

}  // namespace

// What one transfer has come to.
struct Client::Transfer {
  const Sink* sink = nullptr;  // of the body of a success; if there is none, it is kept
  std::string body = {};
  std::optional<Failure> failure = {};  // why it was ended from here
  http::AnswerReader answer{[this](std::string_view piece) { return take(piece); }};

  explicit Transfer(const Sink* taker) : sink(taker) {}

  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  bool take(std::string_view piece) {
    if (sink != nullptr && answer.status() / 100 == 2) {
      if (const auto taken = (*sink)(piece); !taken) failure = taken.error();
      return !failure;
    }
    if (body.size() + piece.size() > kMaxBody) {
      failure = Failure{ExitCode::kError, "the server's answer is too large to be one of jobsched"};
      return false;
    }
    body += piece;
    return true;
  }

  std::string header(std::string_view name) const {
    return std::string(answer.header(name).value_or(std::string_view()));
  }
};

Client::Client(ServerAddress server) : server_(std::move(server)) {}

Failure Client::unreachable(const NoConnection& why) const {
  if (why.interrupted) return {ExitCode::kInterrupted, {}};
  if (why.os_error == EACCES) {
    return {ExitCode::kUnauthorized,
            "you may not use " + server_.text + ": permission denied; ask its owner for access"};
  }
  const std::string unreached = "cannot reach " + server_.text + ": ";
  const std::string named_by(server_.named_by);
  if (why.os_error != 0) {
    return {ExitCode::kUnreachable, unreached + std::generic_category().message(why.os_error) +
                                        "; is `jobsched serve` running there? " + named_by +
                                        " names another server"};
  }
  const std::string_view authorities = why.untrusted ? ", and the authorities of --cacert" : "";
  return {ExitCode::kUnreachable, unreached + why.reason + "; check the address that " + named_by +
                                      " names" + std::string(authorities)};
}

Failure Client::unanswered(const std::string& why, const ClientRequest& request) const {
  const std::string_view doubt =
      request.method == "GET" ? "" : "; it may or may not have done what it was asked";
  return {ExitCode::kUnreachable,
          "no complete answer from " + server_.text + ": " + why + std::string(doubt)};
}

// The request as it is sent.
std::string Client::wire_text(const ClientRequest& request) const {
  std::string text = request.method + " " + server_.path + request.target + " HTTP/1.1\r\n";
  const auto add_header = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  add_header("Host", server_.authority);
  add_header("User-Agent", "jobsched/" + std::string(version()));
  add_header("Accept", media_type(request.accept));
  if (!authorization_.empty()) add_header("Authorization", authorization_);
  for (const auto& [name, value] : request.headers)
    add_header(name, value);
  if (!request.body.empty()) add_header("Content-Type", kApplicationJson.name);
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    add_header("Content-Length", std::to_string(request.body.size()));
  }
  return text.append("\r\n").append(request.body);
}

Fallible<void> Client::connect(SteadyTime deadline) {
  auto connected = connect_to(server_, deadline);
  if (!connected) return tl::unexpected(unreachable(connected.error()));
  connection_ = std::move(*connected);
  return {};
}

// An exchange on a connection that may have been used before. The other side may close one just as
// it is used again, which is no reason to fail where the request has no effect, or cannot have been
// read to its end.
Fallible<ExchangeEnd> Client::exchange(const ClientRequest& request, Transfer& transfer) {
  const std::string text = wire_text(request);
  const SteadyTime deadline =
      transfer.sink == nullptr ? steady_now() + request.timeout : SteadyTime::max();
  for (;;) {
    const bool used_before = connection_ && is_idle(*connection_);
    if (!used_before) {
      const auto connected = connect(std::min(deadline, steady_now() + kConnectTimeout));
      if (!connected) return tl::unexpected(connected.error());
    }
    auto connection = std::move(connection_);
    Exchange exchange(*connection, text, transfer.answer);
    const ExchangeEnd end = exchange.run(deadline);
    if (end == ExchangeEnd::kComplete && exchange.sent() && transfer.answer.keeps_connection()) {
      connection_ = std::move(connection);
    }
    const bool harmless = request.method == "GET" || !exchange.sent();
    if (end != ExchangeEnd::kLost || !used_before || !harmless || transfer.answer.begun())
      return end;
  }
}

Fallible<void> Client::perform(const ClientRequest& request, Transfer& transfer) {
  if (const auto loaded = load_key(); !loaded) return loaded;
  const auto end = exchange(request, transfer);
  if (!end) return tl::unexpected(end.error());
  if (transfer.failure) return tl::unexpected(*transfer.failure);
  if (*end == ExchangeEnd::kInterrupted) return fail(ExitCode::kInterrupted, {});
  if (*end != ExchangeEnd::kComplete) {
    return tl::unexpected(unanswered(reason_of(*end, transfer.answer, request.timeout), request));
  }
  const int status = transfer.answer.status();
  if (status / 100 == 2) return {};
  if (const auto location = transfer.answer.header("Location"); location && status / 100 == 3) {
    return fail(ExitCode::kError, server_.text + " sends on to " + std::string(*location) +
                                      "; name the daemon itself with " +
                                      std::string(server_.named_by));
  }
  return tl::unexpected(
      problem_failure(status, transfer.answer.header("Content-Type"), transfer.body));
}

Fallible<void> Client::load_key() {
  if (server_.key_file.empty() || !authorization_.empty()) return {};
  return read_key_file(server_.key_file).map([this](const std::string& key) {
    authorization_ = "Bearer " + key;
  });
}

Fallible<Response> Client::send(const ClientRequest& request) {
  Transfer transfer(nullptr);
  const auto done = perform(request, transfer);
  if (!done) return tl::unexpected(done.error());
  return Response{std::move(transfer.body), transfer.header("ETag"), transfer.header("Link")};
}

Fallible<void> Client::stream(const ClientRequest& request, const Sink& sink) {
  Transfer transfer(&sink);
  return perform(request, transfer);
}

}  // namespace jobsched::cmd
