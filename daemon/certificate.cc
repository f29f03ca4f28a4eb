#include "daemon/certificate.h"

#include <utility>

#include "core/time/iso8601.h"

namespace jobsched {

Result<void> Certificate::read(const std::optional<http::TlsFiles>& files) {
  if (!files) {
    wanted_ = false;
    return {};
  }
  if (identity_) {
    if (auto reloaded = identity_->reload(*files); !reloaded) return reloaded;
    log_.info("the certificate has been read again",
              {{"expires", format_instant(identity_->expires())}});
  } else {
    auto loaded = http::TlsIdentity::load(*files);
    if (!loaded) return tl::unexpected(std::move(loaded.error()));
    identity_ = std::move(*loaded);
  }
  wanted_ = true;
  look_at_expiry(*files);
  return {};
}

// Clients refuse it, but to serve none would not help them.
void Certificate::look_at_expiry(const http::TlsFiles& files) const {
  if (identity_->expires() > clock_.now()) return;
  log_.warning("the certificate has expired; put a new one in its place and send SIGHUP",
               {{"cert", files.cert}, {"expired", format_instant(identity_->expires())}});
}

}  // namespace jobsched
