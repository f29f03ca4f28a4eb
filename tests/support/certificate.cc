#include "tests/support/certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace jobsched::testing {

namespace {

template <class T, auto kFree>
struct Freed {
  void operator()(T* object) const { kFree(object); }
};

template <class T, auto kFree>
using Owned = std::unique_ptr<T, Freed<T, kFree>>;

void require(bool done) {
  if (!done) throw std::runtime_error("no certificate could be made");
}

Owned<BIO, BIO_free> open_file(const std::filesystem::path& path) {
  Owned<BIO, BIO_free> file(BIO_new_file(path.c_str(), "w"));
  require(file != nullptr);
  return file;
}

}  // namespace

http::TlsFiles make_certificate(const std::filesystem::path& folder,
                                const std::string& name,
                                Instant expires) {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
  const Owned<X509, X509_free> certificate(X509_new());
  require(key && certificate);
  X509* const x509 = certificate.get();
  const auto until = std::chrono::floor<std::chrono::seconds>(expires).time_since_epoch().count();
  const std::basic_string<unsigned char> host{'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't'};
  X509_NAME* const subject = X509_get_subject_name(x509);
  require(X509_set_version(x509, X509_VERSION_3) == 1 &&
          ASN1_INTEGER_set(X509_get_serialNumber(x509), 1) == 1 &&
          ASN1_TIME_set(X509_getm_notBefore(x509), until - 86'400) != nullptr &&
          ASN1_TIME_set(X509_getm_notAfter(x509), until) != nullptr &&
          X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, host.data(),
                                     static_cast<int>(host.size()), -1, 0) == 1 &&
          X509_set_issuer_name(x509, subject) == 1 && X509_set_pubkey(x509, key.get()) == 1 &&
          X509_sign(x509, key.get(), EVP_sha256()) != 0);
  http::TlsFiles files{folder / (name + ".pem"), folder / (name + ".key")};
  require(PEM_write_bio_X509(open_file(files.cert).get(), x509) == 1 &&
          PEM_write_bio_PrivateKey(open_file(files.key).get(), key.get(), nullptr, nullptr, 0,
                                   nullptr, nullptr) == 1);
  return files;
}

}  // namespace jobsched::testing
