#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "core/error.h"

namespace jobsched::http {

// What both sides of TLS have in common.

using TlsContext = std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)>;

// TLS 1.2 and 1.3, for sockets that do not block. Null if OpenSSL has no memory for it.
TlsContext make_tls_context(const SSL_METHOD* method);

// Why OpenSSL's last call has failed; it has forgotten it then.
std::string tls_reason();

// OpenSSL says of a file that cannot be read only that it cannot. Errors: kInvalid with the reason;
// `what` is e.g. "the key".
Result<void> check_readable(const std::string& what, const std::string& file);

}  // namespace jobsched::http
