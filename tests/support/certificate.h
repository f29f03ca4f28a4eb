#pragma once

#include <chrono>
#include <filesystem>

#include "core/time/instant.h"
#include "daemon/http/tls_identity.h"

namespace jobsched::testing {

// Writes a certificate for localhost that it signs itself, valid until `expires`, and its key into
// NAME.pem and NAME.key of the folder.
http::TlsFiles make_certificate(const std::filesystem::path& folder,
                                const std::string& name,
                                Instant expires);

}  // namespace jobsched::testing
