#include "daemon/http/socket_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace jobsched::http {

namespace {

template <class T>
using Reasoned = tl::expected<T, std::string>;

tl::unexpected<std::string> reason(const std::string& what, int error) {
  return tl::unexpected(what + ": " + std::generic_category().message(error));
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

Fd unix_socket() {
  return Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

// sockaddr_un as the socket calls take it.
const sockaddr* as_sockaddr(const sockaddr_un& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

// Between looking whether a socket is stale and putting another in its place, no second daemon may
// do the same. The directory is what they have in common, and locking it leaves nothing behind.
Reasoned<Fd> lock_directory(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path();
  Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return reason("the directory cannot be opened", errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return reason("another process is at work in the directory; try again", errno);
  }
  return fd;
}

// Removes a socket that nobody listens on.
Reasoned<void> remove_stale(const std::string& path) {
  struct stat status {};

  if (::lstat(path.c_str(), &status) != 0) return reason("it cannot be looked at", errno);
  if (!S_ISSOCK(status.st_mode)) {
    return tl::unexpected<std::string>("the file is there and is not a socket; remove it");
  }
  const Fd probe = unix_socket();
  if (!probe) return reason("cannot make a socket", errno);
  const sockaddr_un address = address_of(path);
  // A full backlog, too, is a sign of life.
  if (::connect(probe.get(), as_sockaddr(address), sizeof address) == 0 || errno == EAGAIN) {
    return tl::unexpected<std::string>("another process listens there");
  }
  if (errno != ECONNREFUSED) {
    return reason("cannot tell whether another process listens there", errno);
  }
  if (::unlink(path.c_str()) != 0) {
    return reason("the stale socket there cannot be removed", errno);
  }
  return {};
}

}  // namespace

SocketFile::SocketFile(std::string path) {
  struct stat status {};

  if (::lstat(path.c_str(), &status) != 0) return;
  identity_ = std::make_unique<Identity>(Identity{std::move(path), status.st_dev, status.st_ino});
}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
  if (this != &other) {
    remove();
    identity_ = std::move(other.identity_);
  }
  return *this;
}

SocketFile::~SocketFile() {
  remove();
}

void SocketFile::remove() {
  if (!identity_) return;

  struct stat status {};

  const char* const path = identity_->path.c_str();
  if (::lstat(path, &status) == 0 && status.st_dev == identity_->device &&
      status.st_ino == identity_->inode) {
    ::unlink(path);
  }
  identity_.reset();
}

tl::expected<BoundFile, std::string> listen_on_file(const std::string& path, mode_t mode) {
  const auto lock = lock_directory(path);
  if (!lock) return tl::unexpected(lock.error());
  Fd fd = unix_socket();
  if (!fd) return reason("cannot make a socket", errno);
  // The file is born with the socket's mode, less the umask: there is no moment at which it is open
  // to more.
  ::fchmod(fd.get(), mode);
  const sockaddr_un address = address_of(path);
  int bound = ::bind(fd.get(), as_sockaddr(address), sizeof address);
  if (bound != 0 && errno == EADDRINUSE) {
    if (auto removed = remove_stale(path); !removed) {
      return tl::unexpected(std::move(removed.error()));
    }
    bound = ::bind(fd.get(), as_sockaddr(address), sizeof address);
  }
  if (bound != 0) return reason("cannot bind", errno);
  SocketFile file(path);
  if (::chmod(path.c_str(), mode) != 0) return reason("cannot set its mode", errno);
  if (::listen(fd.get(), SOMAXCONN) != 0) return reason("cannot listen", errno);
  return BoundFile{std::move(fd), std::move(file)};
}

}  // namespace jobsched::http
