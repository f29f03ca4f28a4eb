#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "core/error.h"
#include "daemon/fd.h"

namespace jobsched::http {

// The file of a UNIX socket. Removes it when it goes, unless another has taken its place.
class SocketFile {
 public:
  SocketFile() = default;  // none
  explicit SocketFile(std::string path);
  SocketFile(SocketFile&&) noexcept = default;
  SocketFile& operator=(SocketFile&& other) noexcept;
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;
  ~SocketFile();

 private:
  struct Identity {
    std::string path;
    dev_t device;
    ino_t inode;
  };

  void remove();

  std::unique_ptr<Identity> identity_;
};

// A UNIX socket that listens on `path`, with `mode` for its file. A socket that a dead process left
// there is replaced; one that answers, and a file of any other kind, is not. Errors: the reason, in
// words.
struct BoundFile {
  Fd fd;
  SocketFile file;
};

tl::expected<BoundFile, std::string> listen_on_file(const std::string& path, mode_t mode);

}  // namespace jobsched::http
