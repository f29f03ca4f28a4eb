#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "core/error.h"
#include "core/time/instant.h"
#include "daemon/fd.h"
#include "daemon/http/transport.h"

namespace jobsched::http {

struct TlsFiles {
  std::string cert;  // PEM: the server's certificate, then those that lead to its authority
  std::string key;   // PEM: the private key of the first of them, without a passphrase
};

// What a server shows of itself in TLS (1.2 and 1.3, ALPN "http/1.1"). The files can be read anew
// while it is in use. Thread-safe.
class TlsIdentity {
 public:
  // Errors: kInvalid naming the file and what is wrong with it. A certificate that has expired is
  // none: see `expires`.
  static Result<std::unique_ptr<TlsIdentity>> load(const TlsFiles& files);

  // Reads these files, or the same ones again, all or nothing: after an error it is what it was.
  // Connections that there are go on with what they began with. Errors: as of `load`.
  Result<void> reload(const TlsFiles& files);

  // When the certificate is no longer valid.
  Instant expires() const;

  // The server's side of a new connection. Requires: a connected, non-blocking stream socket.
  // Null if there is no memory for it.
  std::unique_ptr<Transport> accept(Fd fd) const;

 private:
  class Pair;

  explicit TlsIdentity(std::shared_ptr<const Pair> pair);

  std::shared_ptr<const Pair> pair() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const Pair> pair_;
};

}  // namespace jobsched::http
