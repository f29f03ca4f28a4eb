#pragma once

#include <memory>
#include <optional>

#include "daemon/clock.h"
#include "daemon/http/tls_identity.h"
#include "daemon/log.h"

namespace jobsched {

// What the daemon shows of itself in TLS, while its settings want TLS. Used by one thread at a
// time.
class Certificate {
 public:
  // Both outlive it.
  Certificate(const Log& log, const Clock& clock) : log_(log), clock_(clock) {}

  // Reads the files, anew if they are those of before; without any there is no TLS from now on. The
  // log says of an expired certificate that it is one. Errors: as of `TlsIdentity::load`; nothing
  // has changed then.
  Result<void> read(const std::optional<http::TlsFiles>& files);

  // For servers: null without TLS. What was once returned lives as long as this.
  const http::TlsIdentity* identity() const { return wanted_ ? identity_.get() : nullptr; }

 private:
  void look_at_expiry(const http::TlsFiles& files) const;

  const Log& log_;
  const Clock& clock_;
  std::unique_ptr<http::TlsIdentity> identity_;  // stays for connections that have begun with it
  bool wanted_ = false;
};

}  // namespace jobsched
