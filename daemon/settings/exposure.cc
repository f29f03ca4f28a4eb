#include "daemon/settings/exposure.h"

#include <algorithm>

#include "core/text/utf8.h"
#include "daemon/http/server.h"

namespace jobsched {

bool is_local_address(std::string_view address) {
  // Also of a socket without a path, which cannot be written as a setting.
  if (address.starts_with("unix:")) return true;
  const auto parsed = http::parse_address(address);
  return parsed && parsed->is_loopback();
}

std::optional<std::string> exposure_fault(const Exposure& exposure) {
  const auto exposed = std::ranges::find_if_not(exposure.addresses, is_local_address);
  if (exposed == exposure.addresses.end()) return std::nullopt;
  const std::string reached = quote(*exposed) + " can be reached from elsewhere";
  if (!exposure.has_accounts) {
    return reached +
           ", where everybody could do everything, as there are no accounts; let it listen on "
           "127.0.0.1:7243 only, run `jobsched account add NAME`, and start it again as now";
  }
  if (exposure.has_tls || exposure.allow_plaintext) return std::nullopt;
  return reached +
         ", and without TLS the keys of accounts can be read on the way; set tls.cert and tls.key, "
         "or, if a proxy or a tunnel sees to that, tls.allow_plaintext: true";
}

}  // namespace jobsched
