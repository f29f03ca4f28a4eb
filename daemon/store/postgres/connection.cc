#include "daemon/store/postgres/connection.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

namespace jobsched::pg {

namespace {

constexpr int kBinary = 1;
constexpr Oid kBytea = 17;

// What the URI does not say. A dead peer must be noticed within seconds, and a standby is no place
// to write.
constexpr std::array kDefaults{
    std::pair{"connect_timeout", "3"},
    std::pair{"client_encoding", "UTF8"},
    std::pair{"tcp_user_timeout", "8000"},
    std::pair{"keepalives_idle", "4"},
    std::pair{"keepalives_interval", "2"},
    std::pair{"keepalives_count", "2"},
    std::pair{"fallback_application_name", "jobsched"},
    std::pair{"target_session_attrs", "read-write"},
};

// libpq ends its messages with a line end, and has one line for each host that it tried.
std::string one_line(std::string message) {
  while (!message.empty() && message.back() == '\n')
    message.pop_back();
  std::ranges::replace(message, '\n', ' ');
  return message;
}

PGconn* connect(const Libpq& pq, const Target& target) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : kDefaults) {
    names.push_back(name);
    values.push_back(value);
  }
  names.insert(names.end(), {"dbname", nullptr});
  values.insert(values.end(), {target.uri.c_str(), nullptr});
  constexpr int kReadUri = 1;
  return pq.connectdb_params(names.data(), values.data(), kReadUri);
}

void ignore_notice(void*, const PGresult*) {}

}  // namespace

// 25006: connected to what has become a standby; 57P…: the server is going, or coming.
bool Exception::lost() const {
  return state_.empty() || state_.starts_with("08") || state_.starts_with("57P") ||
         state_ == "25006";
}

// Serialisation failure, deadlock, lock not available.
bool Exception::contended() const {
  return state_ == "40001" || state_ == "40P01" || state_ == "55P03";
}

Connection::Connection(const Libpq& pq, Target target)
    : pq_(&pq), patience_(target.patience), handle_(connect(pq, target), pq.finish) {
  if (!handle_) throw Exception({}, "out of memory");
  if (pq.status(handle_.get()) != CONNECTION_OK) {
    throw Exception({}, one_line(pq.error_message(handle_.get())));
  }
  pq.set_notice_receiver(handle_.get(), ignore_notice, nullptr);
  if (pq.set_nonblocking(handle_.get(), 1) != 0) lose("it cannot be made non-blocking");
}

int Connection::server_version() const {
  return pq_->server_version(handle_.get());
}

void Connection::lose(const std::string& reason) {
  queued_.clear();
  const std::string said = one_line(pq_->error_message(handle_.get()));
  throw Exception({}, said.empty() ? reason : said);
}

void Connection::send(const Statement& statement) {
  const auto& values = statement.parameters.values();
  std::vector<Oid> types;
  std::vector<const char*> bytes;
  std::vector<int> lengths;
  std::vector<int> formats;
  for (const auto& [value, binary] : values) {
    types.push_back(binary ? kBytea : 0);
    bytes.push_back(value ? value->c_str() : nullptr);
    lengths.push_back(value ? static_cast<int>(value->size()) : 0);
    formats.push_back(binary ? kBinary : 0);
  }
  if (pq_->send_query_params(handle_.get(), statement.text.c_str(), static_cast<int>(values.size()),
                             types.data(), bytes.data(), lengths.data(), formats.data(),
                             kBinary) != 1) {
    lose("a statement cannot be sent");
  }
}

// Waits for the socket; false if the deadline came first.
bool Connection::await(short events, SteadyTime deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<Millis>(deadline - clock_.steady_now());
    if (left <= Millis{0}) return false;
    pollfd descriptor{pq_->socket(handle_.get()), events, 0};
    const int ready = ::poll(&descriptor, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) lose("poll failed");
  }
}

// Reads meanwhile: a server that cannot write does not read either.
void Connection::flush(SteadyTime deadline) {
  for (;;) {
    const int left = pq_->flush(handle_.get());
    if (left == 0) return;
    if (left < 0) lose("the connection broke");
    if (!await(POLLIN | POLLOUT, deadline)) lose("the server did not take a statement in time");
    if (pq_->consume_input(handle_.get()) != 1) lose("the connection broke");
  }
}

PGresult* Connection::next_result(SteadyTime deadline) {
  flush(deadline);
  while (pq_->is_busy(handle_.get()) != 0) {
    if (!await(POLLIN, deadline)) lose("the server did not answer in time");
    if (pq_->consume_input(handle_.get()) != 1) lose("the connection broke");
  }
  return pq_->get_result(handle_.get());
}

std::vector<Rows> Connection::run_queued() {
  const std::vector<Statement> statements = std::exchange(queued_, {});
  const SteadyTime deadline = clock_.steady_now() + patience_;
  if (pq_->enter_pipeline_mode(handle_.get()) != 1) lose("the connection is in use");
  for (const Statement& statement : statements)
    send(statement);
  if (pq_->pipeline_sync(handle_.get()) != 1) lose("a statement cannot be sent");

  std::vector<Rows> all;
  std::optional<Exception> refused;
  for (;;) {
    PGresult* const result = next_result(deadline);
    if (result == nullptr) {  // the end of one statement
      if (pq_->status(handle_.get()) != CONNECTION_OK) lose("the connection broke");
      continue;
    }
    const ExecStatusType status = pq_->result_status(result);
    Rows rows(*pq_, result);
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_FATAL_ERROR && !refused) {
      const auto field = [&](int which) {
        const char* const text = pq_->result_error_field(result, which);
        return std::string(text == nullptr ? "" : text);
      };
      const std::string message = field(PG_DIAG_MESSAGE_PRIMARY);
      refused.emplace(field(PG_DIAG_SQLSTATE),
                      message.empty() ? one_line(pq_->error_message(handle_.get())) : message);
      if (refused->lost() && pq_->status(handle_.get()) != CONNECTION_OK) throw *refused;
    }
    all.push_back(std::move(rows));
  }
  if (pq_->exit_pipeline_mode(handle_.get()) != 1) lose("the connection is in use");
  if (refused) throw *refused;
  return all;
}

void Connection::await_notices(Millis length, const std::function<void(std::string)>& take) {
  if (await(POLLIN, clock_.steady_now() + length) && pq_->consume_input(handle_.get()) != 1) {
    lose("the connection broke");
  }
  while (PGnotify* const notice = pq_->notifies(handle_.get())) {
    take(notice->extra);
    pq_->free_memory(notice);
  }
}

}  // namespace jobsched::pg
