#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "daemon/fd.h"
#include "daemon/http/socket.h"
#include "daemon/http/transport.h"

namespace jobsched::http {

// Either side of a TLS connection; shakes hands as it is read or written.
class TlsSocket final : public Transport {
 public:
  // How OpenSSL gets at a socket without raising SIGPIPE; one serves all connections. Null if there
  // is no memory for it.
  static std::shared_ptr<const BIO_METHOD> make_wire_method();

  using Session = std::unique_ptr<SSL, decltype(&::SSL_free)>;

  // Of a session that knows which side it is on, or null. Null if there is no memory for it.
  static std::unique_ptr<TlsSocket> make(Session session,
                                         std::shared_ptr<const BIO_METHOD> method,
                                         Fd fd);

  TlsSocket(const TlsSocket&) = delete;
  TlsSocket& operator=(const TlsSocket&) = delete;

  // Says goodbye if that is possible at once.
  ~TlsSocket() override;

  // Goes on with the handshake, for who wants it over before anything else: kNone if it is.
  Transfer shake_hands();

  // Why the connection is broken, if TLS is the reason: what is wrong with the peer's certificate,
  // or OpenSSL's words. Else empty.
  std::string fault() const;

  // Whether nothing is wrong with the peer's certificate, as far as it has been looked at.
  bool trusts_peer() const { return SSL_get_verify_result(ssl_.get()) == X509_V_OK; }

  Transfer read(std::span<char> into) override;
  Transfer write(std::string_view bytes) override;
  void finish() override;
  bool established() const override;
  Readiness awaits(Readiness wanted) const override;
  bool holds_bytes() const override;

  int fd() const override { return wire_.socket.fd(); }

 private:
  // What the records travel on.
  struct Wire {
    Socket socket;
    bool ended = false;  // the peer sends no more
  };

  enum class Goodbye { kUnsaid, kUnderWay, kSaid };

  struct WireCalls;

  explicit TlsSocket(Fd fd) : wire_{Socket(std::move(fd))} {}

  bool attach(Session session, std::shared_ptr<const BIO_METHOD> method);
  Transfer outcome(int result, std::size_t bytes, bool& crossed, int crossed_by);
  void say_goodbye();

  Wire wire_;
  std::shared_ptr<const BIO_METHOD> method_;
  Session ssl_{nullptr, &::SSL_free};
  bool plain_ = false;             // the peer speaks no TLS
  bool broken_ = false;            // nothing can be said any more
  int reason_ = 0;                 // OpenSSL's for that; 0 if it has none
  bool read_needs_write_ = false;  // the last read waits for the descriptor to be writable
  bool write_needs_read_ = false;
  Goodbye goodbye_ = Goodbye::kUnsaid;
};

}  // namespace jobsched::http
