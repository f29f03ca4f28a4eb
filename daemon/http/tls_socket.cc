#include "daemon/http/tls_socket.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <utility>

namespace jobsched::http {

struct TlsSocket::WireCalls {
  static Wire& wire_of(BIO* bio) { return *static_cast<Wire*>(BIO_get_data(bio)); }

  static int result(BIO* bio, Transfer transfer, int retry) {
    BIO_clear_retry_flags(bio);
    switch (transfer.end) {
      case Transfer::End::kNone: return static_cast<int>(transfer.bytes);
      case Transfer::End::kWait: BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY); return -1;
      case Transfer::End::kClosed: wire_of(bio).ended = true; return 0;
      case Transfer::End::kBroken:
      case Transfer::End::kPlain: break;
    }
    return -1;
  }

  static int read(BIO* bio, char* into, int size) {
    const auto count = static_cast<std::size_t>(size);
    return result(bio, wire_of(bio).socket.read({into, count}), BIO_FLAGS_READ);
  }

  static int write(BIO* bio, const char* bytes, int size) {
    const auto count = static_cast<std::size_t>(size);
    return result(bio, wire_of(bio).socket.write({bytes, count}), BIO_FLAGS_WRITE);
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return wire_of(bio).ended ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static int create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }

  static std::shared_ptr<const BIO_METHOD> method() {
    const std::shared_ptr<BIO_METHOD> made(
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection"), &BIO_meth_free);
    const bool complete = made && BIO_meth_set_read(made.get(), &read) == 1 &&
                          BIO_meth_set_write(made.get(), &write) == 1 &&
                          BIO_meth_set_ctrl(made.get(), &control) == 1 &&
                          BIO_meth_set_create(made.get(), &create) == 1;
    return complete ? made : nullptr;
  }
};

std::shared_ptr<const BIO_METHOD> TlsSocket::make_wire_method() {
  return WireCalls::method();
}

std::unique_ptr<TlsSocket> TlsSocket::make(Session session,
                                           std::shared_ptr<const BIO_METHOD> method,
                                           Fd fd) {
  std::unique_ptr<TlsSocket> made(new TlsSocket(std::move(fd)));
  return made->attach(std::move(session), std::move(method)) ? std::move(made) : nullptr;
}

bool TlsSocket::attach(Session session, std::shared_ptr<const BIO_METHOD> method) {
  ERR_clear_error();
  method_ = std::move(method);
  ssl_ = std::move(session);
  BIO* const bio = ssl_ ? BIO_new(method_.get()) : nullptr;
  if (bio == nullptr) return false;
  BIO_set_data(bio, &wire_);
  SSL_set_bio(ssl_.get(), bio, bio);
  return true;
}

TlsSocket::~TlsSocket() {
  if (ssl_ && goodbye_ != Goodbye::kSaid) say_goodbye();
}

Transfer TlsSocket::shake_hands() {
  if (broken_) return {.end = Transfer::End::kBroken};
  ERR_clear_error();
  return outcome(SSL_do_handshake(ssl_.get()), 0, read_needs_write_, SSL_ERROR_WANT_WRITE);
}

std::string TlsSocket::fault() const {
  if (!broken_) return {};
  if (!trusts_peer()) {
    const long verdict = SSL_get_verify_result(ssl_.get());
    return std::string("its certificate is not trusted: ") + X509_verify_cert_error_string(verdict);
  }
  if (reason_ == SSL_R_WRONG_VERSION_NUMBER) return "it does not speak TLS";
  const char* const text = ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, reason_));
  return reason_ == 0 || text == nullptr ? std::string() : std::string("TLS failed: ") + text;
}

Transfer TlsSocket::read(std::span<char> into) {
  if (plain_) return wire_.socket.read(into);
  if (broken_) return {.end = Transfer::End::kBroken};
  if (goodbye_ == Goodbye::kUnderWay) say_goodbye();
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
  return outcome(result, bytes, read_needs_write_, SSL_ERROR_WANT_WRITE);
}

Transfer TlsSocket::write(std::string_view bytes) {
  if (plain_) return wire_.socket.write(bytes);
  if (broken_) return {.end = Transfer::End::kBroken};
  if (bytes.empty()) return {};
  ERR_clear_error();
  std::size_t written = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
  return outcome(result, written, write_needs_read_, SSL_ERROR_WANT_READ);
}

// What a call has come to. `crossed` becomes whether it waits for the other readiness.
Transfer TlsSocket::outcome(int result, std::size_t bytes, bool& crossed, int crossed_by) {
  crossed = false;
  if (result == 1) return {.bytes = bytes};
  switch (const int error = SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: crossed = error == crossed_by; return {.end = Transfer::End::kWait};
    case SSL_ERROR_ZERO_RETURN: return {.end = Transfer::End::kClosed};
    default: break;
  }
  const auto reason = ERR_GET_REASON(ERR_peek_error());
  ERR_clear_error();
  if (!established() && reason == SSL_R_HTTP_REQUEST) {
    plain_ = true;
    return {.end = Transfer::End::kPlain};
  }
  broken_ = true;
  reason_ = reason;
  return {.end = Transfer::End::kBroken};
}

void TlsSocket::finish() {
  if (plain_) return wire_.socket.finish();
  goodbye_ = Goodbye::kUnderWay;
  say_goodbye();
}

// One attempt. What was written before it has been taken, so it follows the last byte.
void TlsSocket::say_goodbye() {
  if (plain_ || broken_ || !established()) {
    goodbye_ = Goodbye::kSaid;  // as far as it can be
    return;
  }
  ERR_clear_error();
  const int result = SSL_shutdown(ssl_.get());
  const bool waits = result < 0 && SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_WRITE;
  ERR_clear_error();
  if (waits) return;
  goodbye_ = Goodbye::kSaid;
  wire_.socket.finish();
}

bool TlsSocket::established() const {
  return plain_ || SSL_is_init_finished(ssl_.get()) == 1;
}

Readiness TlsSocket::awaits(Readiness wanted) const {
  if (plain_) return wanted;
  const bool shaking_hands = write_needs_read_ && !established();  // only then does it
  return {
      .readable = (wanted.readable && !read_needs_write_) || (wanted.writable && shaking_hands),
      .writable = (wanted.writable && !shaking_hands) || (wanted.readable && read_needs_write_) ||
                  (wanted.readable && goodbye_ == Goodbye::kUnderWay),
  };
}

bool TlsSocket::holds_bytes() const {
  return !plain_ && !broken_ && SSL_pending(ssl_.get()) > 0;
}

}  // namespace jobsched::http
