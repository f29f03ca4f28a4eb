#include "daemon/http/tls_identity.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <utility>

#include "daemon/http/tls_context.h"
#include "daemon/http/tls_socket.h"

namespace jobsched::http {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;

constexpr std::string_view kProtocol = "\x08http/1.1";  // as ALPN has it: with its length

tl::unexpected<Error> refuse(std::string detail) {
  return fail(ErrorKind::kInvalid, std::move(detail));
}

// In place of OpenSSL's own, which asks on the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

int select_protocol(SSL*,
                    const unsigned char** selected,
                    unsigned char* selected_size,
                    const unsigned char* offered,
                    unsigned int offered_size,
                    void*) {
  const void* const protocol = kProtocol.data();
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, selected_size, static_cast<const unsigned char*>(protocol),
                            kProtocol.size(), offered, offered_size);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *selected = found;
  return SSL_TLSEXT_ERR_OK;
}

TlsContext make_context() {
  TlsContext context = make_tls_context(TLS_server_method());
  if (!context) return context;
  // An end without a goodbye is common, and harmless: HTTP says itself where a request ends.
  SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Sessions are resumed by tickets, which the clients keep.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context.get(), &select_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context.get(), &no_passphrase);
  return context;
}

Result<Key> read_key(const std::string& file) {
  if (auto readable = check_readable("the key", file); !readable) {
    return tl::unexpected(std::move(readable.error()));
  }
  const std::unique_ptr<BIO, decltype(&::BIO_free)> bio(BIO_new_file(file.c_str(), "r"),
                                                        &::BIO_free);
  Key key(nullptr, &::EVP_PKEY_free);
  if (bio) key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr));
  if (key) return key;
  const bool locked = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_BAD_PASSWORD_READ;
  const std::string why = tls_reason();
  if (locked) {
    return refuse("the key " + file +
                  " is protected by a passphrase, which nobody is there to enter; store it "
                  "without one, readable by the daemon only");
  }
  return refuse(file + " holds no private key in PEM form: " + why);
}

Result<Instant> expiry_of(const std::string& file, const X509& certificate) {
  std::tm time{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &time) != 1) {
    return refuse("the certificate " + file + " does not say until when it is valid");
  }
  const std::chrono::year_month_day date{std::chrono::year{time.tm_year + 1900},
                                         std::chrono::month{static_cast<unsigned>(time.tm_mon + 1)},
                                         std::chrono::day{static_cast<unsigned>(time.tm_mday)}};
  return std::chrono::sys_days{date} + std::chrono::hours{time.tm_hour} +
         std::chrono::minutes{time.tm_min} + std::chrono::seconds{time.tm_sec};
}

}  // namespace

// A certificate with its key, ready for use.
class TlsIdentity::Pair {
 public:
  static Result<std::shared_ptr<const Pair>> load(const TlsFiles& files) {
    ERR_clear_error();
    TlsContext context = make_context();
    auto method = TlsSocket::make_wire_method();
    if (!context || !method) return refuse("TLS cannot be set up: " + tls_reason());
    if (auto readable = check_readable("the certificate", files.cert); !readable) {
      return tl::unexpected(std::move(readable.error()));
    }
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.cert.c_str()) != 1) {
      return refuse(files.cert + " holds no usable certificate in PEM form: " + tls_reason());
    }
    auto key = read_key(files.key);
    if (!key) return tl::unexpected(std::move(key.error()));
    X509* const leaf = SSL_CTX_get0_certificate(context.get());
    if (X509_check_private_key(leaf, key->get()) != 1) {
      ERR_clear_error();
      return refuse("the key " + files.key + " does not belong to the first certificate of " +
                    files.cert + "; give the key that the certificate was made for");
    }
    if (SSL_CTX_use_PrivateKey(context.get(), key->get()) != 1) {
      return refuse("the key " + files.key + " cannot be used: " + tls_reason());
    }
    const auto expires = expiry_of(files.cert, *leaf);
    if (!expires) return tl::unexpected(expires.error());
    return std::make_shared<const Pair>(std::move(context), std::move(method), *expires);
  }

  Pair(TlsContext context, std::shared_ptr<const BIO_METHOD> method, Instant expires)
      : context_(std::move(context)), method_(std::move(method)), expires_(expires) {}

  Instant expires() const { return expires_; }

  std::unique_ptr<Transport> accept(Fd fd) const {
    TlsSocket::Session session(SSL_new(context_.get()), &::SSL_free);
    if (session) SSL_set_accept_state(session.get());
    return TlsSocket::make(std::move(session), method_, std::move(fd));
  }

 private:
  TlsContext context_;
  std::shared_ptr<const BIO_METHOD> method_;
  Instant expires_;
};

Result<std::unique_ptr<TlsIdentity>> TlsIdentity::load(const TlsFiles& files) {
  auto pair = Pair::load(files);
  if (!pair) return tl::unexpected(std::move(pair.error()));
  return std::unique_ptr<TlsIdentity>(new TlsIdentity(std::move(*pair)));
}

TlsIdentity::TlsIdentity(std::shared_ptr<const Pair> pair) : pair_(std::move(pair)) {}

Result<void> TlsIdentity::reload(const TlsFiles& files) {
  auto pair = Pair::load(files);
  if (!pair) return tl::unexpected(std::move(pair.error()));
  const std::lock_guard lock(mutex_);
  pair_ = std::move(*pair);
  return {};
}

Instant TlsIdentity::expires() const {
  return pair()->expires();
}

std::unique_ptr<Transport> TlsIdentity::accept(Fd fd) const {
  return pair()->accept(std::move(fd));
}

std::shared_ptr<const TlsIdentity::Pair> TlsIdentity::pair() const {
  const std::lock_guard lock(mutex_);
  return pair_;
}

}  // namespace jobsched::http
