#include "daemon/http/tls_context.h"

#include <fcntl.h>
#include <openssl/err.h>

#include <cerrno>
#include <system_error>

#include "daemon/fd.h"

namespace jobsched::http {

TlsContext make_tls_context(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method), &::SSL_CTX_free);
  if (!context) return context;
  if (SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) context.reset();
  if (!context) return context;
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  return context;
}

std::string tls_reason() {
  const char* const text = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return text == nullptr ? "the reason is not known" : text;
}

Result<void> check_readable(const std::string& what, const std::string& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd) return {};
  return fail(ErrorKind::kInvalid,
              "cannot read " + what + " " + file + ": " + std::generic_category().message(errno));
}

}  // namespace jobsched::http
