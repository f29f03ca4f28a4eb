#include "daemon/http/tls_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <utility>

#include "daemon/http/tls_context.h"

namespace jobsched::http {

namespace {

constexpr std::array<unsigned char, 9> kProtocol{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

Result<void> trust(SSL_CTX& context, const std::string& authorities) {
  if (authorities.empty()) {
    SSL_CTX_set_default_verify_paths(&context);  // without any, no certificate is trusted
    return {};
  }
  if (const auto readable = check_readable("the authorities", authorities); !readable) {
    return readable;
  }
  if (SSL_CTX_load_verify_locations(&context, authorities.c_str(), nullptr) == 1) return {};
  return fail(ErrorKind::kInvalid,
              authorities + " holds no usable certificate in PEM form: " + tls_reason());
}

bool is_ip_address(const std::string& host) {
  in6_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// Only names are told to the server before it shows a certificate (RFC 6066 section 3).
bool expect_host(SSL& session, std::string host) {
  X509_VERIFY_PARAM* const expected = SSL_get0_param(&session);
  if (is_ip_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1 &&
         SSL_ctrl(&session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) ==
             1;
}

}  // namespace

Result<std::unique_ptr<TlsSocket>> connect_tls(Fd fd, const TlsServer& server) {
  ERR_clear_error();
  const TlsContext context = make_tls_context(TLS_client_method());
  auto method = TlsSocket::make_wire_method();
  if (!context || !method) {
    return fail(ErrorKind::kInternal, "TLS cannot be set up: " + tls_reason());
  }
  if (const auto trusted = trust(*context, server.authorities); !trusted) {
    return tl::unexpected(trusted.error());
  }
  TlsSocket::Session session(SSL_new(context.get()), &::SSL_free);
  const bool prepared = session && expect_host(*session, server.host) &&
                        SSL_set_alpn_protos(session.get(), kProtocol.data(), kProtocol.size()) == 0;
  if (prepared) {
    SSL_set_verify(session.get(), SSL_VERIFY_PEER, nullptr);
    SSL_set_connect_state(session.get());
    if (auto made = TlsSocket::make(std::move(session), std::move(method), std::move(fd))) {
      return made;
    }
  }
  return fail(ErrorKind::kInternal, "TLS cannot be set up: " + tls_reason());
}

}  // namespace jobsched::http
