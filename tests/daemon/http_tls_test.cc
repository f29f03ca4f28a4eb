#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "daemon/http/tls_identity.h"
#include "tests/support/certificate.h"
#include "tests/support/http_client.h"
#include "tests/support/http_server.h"
#include "tests/support/temporary_directory.h"

// What a client without TLS can see; the rest is seen from outside, in tests/blackbox/tls_test.py.

namespace jobsched::http {

namespace {

using namespace std::chrono_literals;
using testing::make_certificate;
using testing::TemporaryDirectory;

constexpr Instant kExpires = std::chrono::sys_days{std::chrono::year{2094} / 5 / 11} + 15h;

constexpr std::string_view kHandshake = "\x16\x03\x01\x02";  // how one begins

}  // namespace

TEST_CASE("an identity says until when it is valid, also if that is over") {
  const TemporaryDirectory folder;
  for (const Instant expires : {kExpires, kExpires - std::chrono::days{365 * 80}}) {
    const auto identity = TlsIdentity::load(make_certificate(folder.path(), "a", expires));
    REQUIRE(identity);
    CHECK((*identity)->expires() == expires);
  }
}

TEST_CASE("files that make no identity are named") {
  const TemporaryDirectory folder;
  const TlsFiles one = make_certificate(folder.path(), "one", kExpires);
  const TlsFiles two = make_certificate(folder.path(), "two", kExpires);

  struct Row {
    TlsFiles files;
    std::string_view detail;  // a part of it
  };

  const Row rows[] = {
      {{"/absent.pem", one.key}, "cannot read the certificate /absent.pem: No such file"},
      {{one.cert, "/absent.key"}, "cannot read the key /absent.key: No such file"},
      {{one.key, one.key}, "one.key holds no usable certificate in PEM form: "},
      {{one.cert, one.cert}, "one.pem holds no private key in PEM form: "},
      {{one.cert, two.key}, "two.key does not belong to the first certificate of "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.detail);
    const auto identity = TlsIdentity::load(row.files);
    REQUIRE_FALSE(identity);
    CHECK(identity.error().kind == ErrorKind::kInvalid);
    CHECK(identity.error().detail.find(row.detail) != std::string::npos);
  }
}

TEST_CASE("an identity is read again as a whole or not at all") {
  const TemporaryDirectory folder;
  const TlsFiles files = make_certificate(folder.path(), "a", kExpires);
  const auto identity = TlsIdentity::load(files).value();
  const auto later = make_certificate(folder.path(), "b", kExpires + 24h);
  std::filesystem::rename(later.cert, files.cert);
  CHECK_FALSE(identity->reload(files));
  CHECK(identity->expires() == kExpires);
  std::filesystem::rename(later.key, files.key);
  CHECK(identity->reload(files));
  CHECK(identity->expires() == kExpires + 24h);
  const TlsFiles elsewhere = make_certificate(folder.path(), "c", kExpires + 48h);
  CHECK_FALSE(identity->reload({elsewhere.cert, files.key}));
  CHECK(identity->expires() == kExpires + 24h);
  CHECK(identity->reload(elsewhere));
  CHECK(identity->expires() == kExpires + 48h);
}

TEST_CASE("a handshake must be over in time, however it drips") {
  const TemporaryDirectory folder;
  const auto identity = TlsIdentity::load(make_certificate(folder.path(), "a", kExpires)).value();
  TestServer server(echo, {.handshake = 50ms, .idle = 24h, .request = 24h}, {"127.0.0.1:0"},
                    identity.get());
  TestClient silent(server.address());
  TestClient begun(server.address());
  begun.send(kHandshake);
  CHECK(silent.read_to_end().empty());
  CHECK(begun.read_to_end().empty());
  TestClient dripping(server.address());
  dripping.send_while_taken(std::string(kHandshake) + std::string(252, '\0'), 256);
  CHECK(dripping.readable_within(10'000));
}

TEST_CASE("plain HTTP on a port for TLS is answered in plain") {
  const TemporaryDirectory folder;
  const auto identity = TlsIdentity::load(make_certificate(folder.path(), "a", kExpires)).value();
  TestServer server(echo, {}, {"127.0.0.1:0"}, identity.get());
  for (const std::string_view method : {"GET", "HEAD", "POST", "PUT"}) {
    CAPTURE(method);
    TestClient client(server.address());
    client.send(std::string(method) + " / HTTP/1.1\r\nHost: a\r\n\r\n");
    const Reply reply = client.read();
    CHECK(reply.status == 400);
    CHECK(reply.body.find("https://") != std::string::npos);
    CHECK(reply.has("Connection: close"));
    CHECK(client.read_to_end().empty());
  }
}

TEST_CASE("a server with handshakes under way stops at once") {
  const TemporaryDirectory folder;
  const auto identity = TlsIdentity::load(make_certificate(folder.path(), "a", kExpires)).value();
  TestServer server(echo, {.handshake = 24h}, {"127.0.0.1:0"}, identity.get());
  TestClient begun(server.address());
  begun.send(kHandshake);
  server.stop(24h);
  CHECK(server.ended());
  CHECK(begun.read_to_end().empty());
}

}  // namespace jobsched::http
