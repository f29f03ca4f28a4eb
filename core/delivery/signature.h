#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time/instant.h"

namespace jobsched {

// Signatures of callbacks by Standard Webhooks 1.0.0, with symmetric secrets (`v1`). The headers
// `webhook-id` and `webhook-timestamp` and the body are signed together, so that a receiver knows
// who sent them, that nothing was changed on the way, and when it was sent.

// A secret that an account shares with its receivers: 24 to 64 bytes, random. It shows in no log
// and no error.
class SigningSecret {
 public:
  static constexpr std::size_t kMinBytes = 24;
  static constexpr std::size_t kMaxBytes = 64;
  static constexpr std::size_t kNewBytes = 32;  // of a new one: what HMAC-SHA256 can use

  // Errors: kInvalid if there are too few or too many.
  static Result<SigningSecret> from_bytes(std::string bytes);

  // Reads the text form: "whsec_" and the base64 of the bytes. Errors: kInvalid; the detail has
  // nothing of the text.
  static Result<SigningSecret> parse(std::string_view text);

  // A new one of kNewBytes; `random` gives 64 random bits, fit for keys, a call.
  static SigningSecret make(const std::function<std::uint64_t()>& random);

  // The text form, for those who may know it.
  std::string text() const;

  const std::string& bytes() const { return bytes_; }

  bool operator==(const SigningSecret&) const = default;

 private:
  explicit SigningSecret(std::string bytes) : bytes_(std::move(bytes)) {}

  std::string bytes_;
};

// A secret of an account and how long it is used.
struct AccountSecret {
  SigningSecret secret;
  Instant created;
  std::optional<Instant> ends = {};  // from then on it is not used; absent: it goes on

  bool operator==(const AccountSecret&) const = default;
};

// One signature: "v1," and the base64 of the HMAC-SHA256 of `id.timestamp.body`. `timestamp` is the
// text of the header.
std::string sign(const SigningSecret& secret,
                 std::string_view id,
                 std::string_view timestamp,
                 std::string_view body);

// The value of `webhook-signature`: a signature by each secret, in their order, with blanks
// between.
std::string signature_header(std::span<const SigningSecret> secrets,
                             std::string_view id,
                             std::string_view timestamp,
                             std::string_view body);

// What a receiver checks; a header that did not come is absent.
struct SignedRequest {
  std::optional<std::string_view> id;         // webhook-id
  std::optional<std::string_view> timestamp;  // webhook-timestamp
  std::optional<std::string_view> signature;  // webhook-signature
  std::string_view body;
};

// How far a receiver's clock may be from the sender's, as in the libraries of Standard Webhooks.
constexpr std::chrono::seconds kSignatureTolerance{300};

// Whether a request that arrives at `now` was signed by one of `secrets`, and not too long ago. The
// signatures are compared in constant time; those of other versions are passed over.
// Errors: kUnauthorized with the first check that failed, in this order: a header is missing, the
// timestamp is not one, it is further from `now` than `tolerance`, no signature matches.
Result<void> verify(std::span<const SigningSecret> secrets,
                    const SignedRequest& request,
                    Instant now,
                    std::chrono::seconds tolerance = kSignatureTolerance);

}  // namespace jobsched
