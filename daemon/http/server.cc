#include "daemon/http/server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <map>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "daemon/fd.h"
#include "daemon/http/connection.h"
#include "daemon/http/deadlines.h"
#include "daemon/http/listener.h"
#include "daemon/http/mailbox.h"
#include "daemon/http/peers.h"
#include "daemon/http/response.h"
#include "daemon/http/socket.h"
#include "daemon/http/tls_identity.h"

namespace jobsched::http {

namespace {

constexpr std::size_t kEventBatch = 256;    // then answers and deadlines have their turn
constexpr std::size_t kAcceptBatch = 256;   // then the connections there are have theirs
constexpr std::size_t kTurnedAwayEach = 8;  // the same of one peer
constexpr std::size_t kTurnedAway = 64;  // beyond the limit, answered 503; the rest are just closed
constexpr std::chrono::milliseconds kAcceptRest{100};

// What an event is about: a connection by its id, a listener by its index, or the mailbox.
constexpr std::uint64_t kFirstConnection = std::uint64_t{1} << 32;
constexpr std::uint64_t kMailboxKey = kFirstConnection - 1;

constexpr std::string_view kFull = "the server has as many connections as it can; try again later";

constexpr std::string_view kPeerFull =
    "your address has as many connections as one may have; close some, or use them for several "
    "requests each";

int timeout_until(SteadyTime due, SteadyTime now) {
  if (due == kNever) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, INT_MAX));
}

}  // namespace

class Server::Loop {
 public:
  Loop(const Clock& clock, ServerSettings settings, Handler handler, Refusal refusal);
  ~Loop();

  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void secure(const TlsIdentity* identity) { identity_ = identity; }

  void set(const ServerSettings& settings) { context_.settings = settings; }

  Result<void> listen(const Address& address);
  Result<void> adopt(Fd fd);
  std::vector<std::string> addresses() const;
  void run();

  std::size_t connections() const { return open_; }

  void call_at(SteadyTime due, std::function<void()> call) { calls_.emplace(due, std::move(call)); }

  void post(std::function<void()> call) { context_.mailbox->post_call(std::move(call)); }

  void stop(std::chrono::milliseconds grace) { context_.mailbox->post_stop(grace); }

 private:
  // A connection with what the loop last told others about it.
  struct Held {
    Connection connection;
    std::string peer;
    std::uint32_t events = 0;  // registered with epoll
    Deadline deadline = {};
  };

  SteadyTime next_wake() const;
  void handle(const epoll_event& event);
  void make_calls();
  void handle_mail();
  void handle_deadlines();

  Result<void> check() const;
  Result<void> add(Listener listener);
  bool watch(int operation, int fd, std::uint32_t events, std::uint64_t key) const;
  void accept_from(const Listener& listener);
  std::unique_ptr<Transport> transport(const Listener& listener, Fd fd) const;
  void admit(const Listener& listener, Fd fd, std::string peer);
  void turn_away_one(const Listener& listener);
  void set_accepting(bool accepting);
  void begin_stop(std::chrono::milliseconds grace);
  void settle(std::uint64_t id, Held& held);
  void refresh_date();

  const Clock& clock_;
  ConnectionContext context_;
  const TlsIdentity* identity_ = nullptr;
  Fd epoll_;
  Fd reserve_;  // given up to turn one client away when descriptors have run out
  std::vector<Listener> listeners_;
  std::unordered_map<std::uint64_t, Held> connections_;
  std::atomic<std::size_t> open_ = 0;  // of connections_, for other threads
  Peers peers_;
  std::uint64_t next_id_ = kFirstConnection;
  Deadlines deadlines_;
  std::multimap<SteadyTime, std::function<void()>> calls_;  // that are due later
  SteadyTime now_;
  SteadyTime accept_again_ = kNever;  // when a rest ends
  SteadyTime stop_at_ = kNever;
  std::chrono::sys_seconds date_second_{};
};

Server::Loop::Loop(const Clock& clock, ServerSettings settings, Handler handler, Refusal refusal)
    : clock_(clock),
      context_{.settings = settings, .handler = std::move(handler), .refusal = std::move(refusal)},
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      reserve_(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
      now_(clock.steady_now()) {
  watch(EPOLL_CTL_ADD, context_.mailbox->fd(), EPOLLIN, kMailboxKey);
}

Server::Loop::~Loop() {
  context_.mailbox->close();
}

// What a constructor has no way to say.
Result<void> Server::Loop::check() const {
  if (!epoll_ || context_.mailbox->fd() < 0) {
    return fail(
        ErrorKind::kUnavailable,
        "the server has no descriptor to wait for connections with; raise the limit on open files");
  }
  return {};
}

Result<void> Server::Loop::listen(const Address& address) {
  if (auto usable = check(); !usable) return usable;
  auto opened = open_listeners(address, context_.settings.socket_mode);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  for (Listener& listener : *opened) {
    if (auto added = add(std::move(listener)); !added) return added;
  }
  return {};
}

Result<void> Server::Loop::adopt(Fd fd) {
  if (auto usable = check(); !usable) return usable;
  auto listener = adopt_listener(std::move(fd));
  if (!listener) return tl::unexpected(std::move(listener.error()));
  return add(std::move(*listener));
}

Result<void> Server::Loop::add(Listener listener) {
  if (!watch(EPOLL_CTL_ADD, listener.fd.get(), EPOLLIN, listeners_.size())) {
    return fail(ErrorKind::kUnavailable, "cannot wait for connections on " + listener.text + ": " +
                                             std::generic_category().message(errno));
  }
  listeners_.push_back(std::move(listener));
  return {};
}

std::vector<std::string> Server::Loop::addresses() const {
  std::vector<std::string> texts;
  for (const Listener& listener : listeners_) {
    texts.push_back(listener.text);
  }
  return texts;
}

void Server::Loop::run() {
  std::array<epoll_event, kEventBatch> events{};
  while (!context_.stopping || (!connections_.empty() && now_ < stop_at_)) {
    const bool idle = context_.mailbox->sleep();
    now_ = clock_.steady_now();
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   idle ? timeout_until(next_wake(), now_) : 0);
    now_ = clock_.steady_now();
    refresh_date();
    for (int i = 0; i < count; ++i) {
      handle(events.at(static_cast<std::size_t>(i)));
    }
    make_calls();
    handle_mail();
    handle_deadlines();
  }
  connections_.clear();
  open_ = 0;
}

SteadyTime Server::Loop::next_wake() const {
  const SteadyTime call = calls_.empty() ? kNever : calls_.begin()->first;
  return std::min({deadlines_.next(), accept_again_, stop_at_, call});
}

void Server::Loop::handle(const epoll_event& event) {
  const std::uint64_t key = event.data.u64;
  if (key < listeners_.size()) {
    accept_from(listeners_[key]);
  } else if (const auto held = connections_.find(key); held != connections_.end()) {
    Connection& connection = held->second.connection;
    const bool ready = (event.events & (EPOLLIN | EPOLLOUT)) != 0;
    ready ? connection.on_ready(now_) : connection.on_hang_up();
    settle(key, held->second);
  }
}

void Server::Loop::make_calls() {
  while (!calls_.empty() && calls_.begin()->first <= now_)
    calls_.extract(calls_.begin()).mapped()();
}

void Server::Loop::handle_mail() {
  Mail mail = context_.mailbox->take();
  for (const auto& call : mail.calls)
    call();
  for (Answer& answer : mail.answers) {
    const auto held = connections_.find(answer.ticket.connection);
    if (held == connections_.end()) continue;
    held->second.connection.on_answer(answer.ticket.request, std::move(answer.response), now_);
    settle(held->first, held->second);
  }
  if (mail.stop) begin_stop(*mail.stop);
}

void Server::Loop::handle_deadlines() {
  if (accept_again_ <= now_) set_accepting(true);
  while (const auto key = deadlines_.take(now_)) {
    Held& held = connections_.at(*key);
    if (!deadlines_.reached(*key, held.deadline, now_)) continue;
    held.connection.on_deadline(now_);
    settle(*key, held);
  }
}

bool Server::Loop::watch(int operation, int fd, std::uint32_t events, std::uint64_t key) const {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
}

void Server::Loop::accept_from(const Listener& listener) {
  for (std::size_t i = 0; i < kAcceptBatch; ++i) {
    sockaddr_storage address{};
    void* const any = &address;
    socklen_t size = sizeof address;
    Fd fd(::accept4(listener.fd.get(), static_cast<sockaddr*>(any), &size,
                    SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd) {
      admit(listener, std::move(fd), peer_of(address));
      continue;
    }
    switch (classify_accept_error(errno)) {
      case AcceptFailure::kNone: return;
      case AcceptFailure::kNext: continue;
      case AcceptFailure::kExhausted: turn_away_one(listener); break;
      case AcceptFailure::kRest: break;
    }
    return set_accepting(false);
  }
}

// Null if there is no memory for it.
std::unique_ptr<Transport> Server::Loop::transport(const Listener& listener, Fd fd) const {
  if (identity_ != nullptr && !listener.is_unix()) return identity_->accept(std::move(fd));
  return std::make_unique<Socket>(std::move(fd));
}

void Server::Loop::admit(const Listener& listener, Fd fd, std::string peer) {
  const std::size_t limit = context_.settings.connections;
  const std::size_t each = context_.settings.connections_per_peer;
  const std::size_t of_peer = peers_.count(peer);
  if (connections_.size() >= limit + kTurnedAway) return;
  if (each > 0 && of_peer >= each + kTurnedAwayEach) return;
  // Fails on a UNIX socket, which has nothing to delay.
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!watch(EPOLL_CTL_ADD, fd.get(), EPOLLIN, next_id_)) return;
  auto carrier = transport(listener, std::move(fd));
  if (!carrier) return;
  const bool full = connections_.size() >= limit;
  const auto id = next_id_++;
  peers_.enter(peer);
  Held& held = connections_
                   .emplace(id, Held{Connection(id, std::move(carrier), context_, now_),
                                     std::move(peer), EPOLLIN})
                   .first->second;
  open_ = connections_.size();
  if (each > 0 && of_peer >= each) {
    held.connection.turn_away(429, kPeerFull, now_);
  } else if (full) {
    held.connection.turn_away(503, kFull, now_);
  }
  settle(id, held);
}

// With no descriptor left the client would wait for as long as the shortage lasts. What it has sent
// is read so that closing does not reset the connection before the answer is there. There is no
// time for the handshake of TLS: such a client is only told by the end.
void Server::Loop::turn_away_one(const Listener& listener) {
  reserve_.reset();
  if (Fd fd(::accept4(listener.fd.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)); fd) {
    auto carrier = transport(listener, std::move(fd));
    if (carrier && carrier->established()) {
      Connection connection(0, std::move(carrier), context_, now_);
      connection.turn_away(503, kFull, now_);
      if (!connection.closed()) connection.on_ready(now_);
    }
  }
  reserve_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

void Server::Loop::set_accepting(bool accepting) {
  accept_again_ = accepting ? kNever : now_ + kAcceptRest;
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    watch(EPOLL_CTL_MOD, listeners_[i].fd.get(), accepting ? EPOLLIN : 0U, i);
  }
}

void Server::Loop::begin_stop(std::chrono::milliseconds grace) {
  context_.stopping = true;
  stop_at_ = std::min(stop_at_, now_ + grace);
  accept_again_ = kNever;
  listeners_.clear();
  std::vector<std::uint64_t> ids;
  for (const auto& [id, held] : connections_) {
    ids.push_back(id);
  }
  for (const std::uint64_t id : ids) {
    Held& held = connections_.at(id);
    held.connection.on_stop(now_);
    settle(id, held);
  }
}

// Brings epoll and the deadlines up to date after something happened to a connection, or ends it.
void Server::Loop::settle(std::uint64_t id, Held& held) {
  Connection& connection = held.connection;
  // Bounded: what a transport holds is less than is read at one go.
  while (connection.has_bytes())
    connection.on_ready(now_);
  if (!connection.closed()) {
    const Readiness awaited = connection.awaits();
    const std::uint32_t events = (awaited.readable ? std::uint32_t{EPOLLIN} : 0U) |
                                 (awaited.writable ? std::uint32_t{EPOLLOUT} : 0U);
    if (events == held.events || watch(EPOLL_CTL_MOD, connection.fd(), events, id)) {
      held.events = events;
      deadlines_.set(id, held.deadline, connection.due());
      return;
    }
  }
  deadlines_.remove(id, held.deadline);
  peers_.leave(held.peer);
  connections_.erase(id);
  open_ = connections_.size();
}

void Server::Loop::refresh_date() {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  if (now == date_second_) return;
  date_second_ = now;
  context_.date = write_date(now);
}

Server::Server(const Clock& clock, ServerSettings settings, Handler handler, Refusal refusal)
    : loop_(std::make_unique<Loop>(clock, settings, std::move(handler), std::move(refusal))) {}

Server::~Server() = default;

void Server::secure(const TlsIdentity* identity) {
  loop_->secure(identity);
}

void Server::set(const ServerSettings& settings) {
  loop_->set(settings);
}

Result<void> Server::listen(const Address& address) {
  return loop_->listen(address);
}

Result<void> Server::adopt(Fd fd) {
  return loop_->adopt(std::move(fd));
}

std::vector<std::string> Server::addresses() const {
  return loop_->addresses();
}

void Server::run() {
  loop_->run();
}

std::size_t Server::connections() const {
  return loop_->connections();
}

void Server::call_at(std::chrono::steady_clock::time_point due, std::function<void()> call) {
  loop_->call_at(due, std::move(call));
}

void Server::post(std::function<void()> call) {
  loop_->post(std::move(call));
}

void Server::stop(std::chrono::milliseconds grace) {
  loop_->stop(grace);
}

}  // namespace jobsched::http
