#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "daemon/fd.h"
#include "tests/support/temporary_directory.h"

namespace jobsched::testing {

// A way to a PostgreSQL server's UNIX socket that can be cut at the worst moment: when the answer
// to a COMMIT is on its way, or the COMMIT itself.
class CuttingRelay {
 public:
  enum class Cut { kNever, kBeforeCommit, kAfterCommit };

  // `server` is the server's socket.
  explicit CuttingRelay(std::string server);
  ~CuttingRelay();

  CuttingRelay(const CuttingRelay&) = delete;
  CuttingRelay& operator=(const CuttingRelay&) = delete;

  // The folder of the socket to connect to, as `host` in a URL.
  const std::string& host() const { return directory_.path(); }

  // Cuts the connection that commits next, once; the ones after it are whole.
  void cut_next(Cut cut) { cut_ = cut; }

 private:
  void run();
  void relay(Fd client);

  std::string server_;
  TemporaryDirectory directory_;
  Fd listener_;
  std::atomic<Cut> cut_ = Cut::kNever;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

}  // namespace jobsched::testing
