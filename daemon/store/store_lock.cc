#include "daemon/store/store_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "daemon/store/store_file.h"

namespace jobsched {

namespace {

// "process 123", or less if the file does not say: its owner may be writing it just now.
std::string owner(int file) {
  std::array<char, 32> buffer{};
  const ssize_t size = ::pread(file, buffer.data(), buffer.size(), 0);
  std::string_view text(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  text = text.substr(0, text.find_first_not_of("0123456789"));
  return text.empty() ? "another process" : "process " + std::string(text);
}

}  // namespace

Result<StoreLock> StoreLock::take(const std::string& store_path) {
  const std::string path = store_path + ".lock";
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) {
    return tl::unexpected(file_error("the lock file " + path + " cannot be opened", errno));
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return tl::unexpected(file_error("the lock file " + path + " cannot be locked", errno));
    }
    return fail(ErrorKind::kConflict,
                "the store " + store_path + " is locked by " + owner(file.get()) +
                    "; stop that daemon first, or give this one a store of its own");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  // Only the lock keeps others away; without its text they just cannot say who holds it.
  if (::ftruncate(file.get(), 0) == 0) {
    std::ignore = ::pwrite(file.get(), pid.data(), pid.size(), 0);
  }
  return StoreLock(std::move(file));
}

}  // namespace jobsched
