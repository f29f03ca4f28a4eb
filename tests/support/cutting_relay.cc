#include "tests/support/cutting_relay.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace jobsched::testing {

namespace {

constexpr int kPatience = 20;  // milliseconds until it sees that it is to stop
constexpr std::string_view kCommit("\0COMMIT\0", 8);  // not the COMMITTED of an isolation level

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  return address;
}

Fd unix_socket() {
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) throw std::runtime_error("cannot make a socket");
  return fd;
}

// What has come; absent if nothing has within kPatience, empty if the other end has gone.
std::optional<std::string> read_some(const Fd& from) {
  pollfd descriptor{from.get(), POLLIN, 0};
  if (::poll(&descriptor, 1, 0) <= 0) return std::nullopt;
  std::array<char, 65'536> buffer{};
  const ssize_t size = ::read(from.get(), buffer.data(), buffer.size());
  return std::string(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
}

bool write_all(const Fd& to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(to.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

CuttingRelay::CuttingRelay(std::string server)
    : server_(std::move(server)), listener_(unix_socket()) {
  const sockaddr_un address = address_of(directory_ / ".s.PGSQL.5432");
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(listener_.get(), 16) != 0) {
    throw std::runtime_error("cannot listen");
  }
  thread_ = std::thread([this] { run(); });
}

CuttingRelay::~CuttingRelay() {
  stopped_ = true;
  thread_.join();
}

void CuttingRelay::run() {
  std::vector<std::thread> connections;
  while (!stopped_) {
    pollfd descriptor{listener_.get(), POLLIN, 0};
    if (::poll(&descriptor, 1, kPatience) <= 0) continue;
    Fd client(::accept(listener_.get(), nullptr, nullptr));
    connections.emplace_back(
        [this, moved = std::make_shared<Fd>(std::move(client))] { relay(std::move(*moved)); });
  }
  for (std::thread& connection : connections)
    connection.join();
}

void CuttingRelay::relay(Fd client) {
  const Fd server = unix_socket();
  const sockaddr_un address = address_of(server_);
  if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return;
  }
  bool cut = false;  // with the next answer
  while (!stopped_) {
    std::array<pollfd, 2> both{pollfd{client.get(), POLLIN, 0}, pollfd{server.get(), POLLIN, 0}};
    if (::poll(both.data(), both.size(), kPatience) <= 0) continue;
    if (const auto asked = read_some(client)) {
      if (asked->find(kCommit) != std::string::npos) {
        const Cut how = cut_.exchange(Cut::kNever);
        if (how == Cut::kBeforeCommit) return;
        cut = how == Cut::kAfterCommit;
      }
      if (asked->empty() || !write_all(server, *asked)) return;
    }
    if (const auto answered = read_some(server)) {
      if (cut || answered->empty() || !write_all(client, *answered)) return;
    }
  }
}

}  // namespace jobsched::testing
