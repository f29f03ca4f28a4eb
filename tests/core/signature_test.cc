#include "core/delivery/signature.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

using jobsched::ErrorKind;
using jobsched::Instant;
using jobsched::SignedRequest;
using jobsched::SigningSecret;

namespace {

constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view kOther = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

SigningSecret secret(std::string_view text = kSecret) {
  return *SigningSecret::parse(text);
}

Instant at(std::int64_t seconds) {
  return Instant{std::chrono::seconds{seconds}};
}

// What the reference libraries say of these, too.
struct Vector {
  std::string_view id;
  std::int64_t seconds;
  std::string_view body;
  std::string_view signature;

  std::string timestamp() const { return std::to_string(seconds); }
};

constexpr Vector kVectors[] = {
    {"msg_p5jXN8AQM9LWM0D4loKWxJek", 1'614'265'330, R"({"test": 2432232314})",
     "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    {"msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1'674'087'231,
     R"({"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z",)"
     R"("data":{"id":"1f81eb52-5198-4599-803e-771906343485"}})",
     "v1,ARw42xaAApl/nxRo+iPGYwSaMQaOwMo2eyH5JBRA+bQ="},
    {"msg_empty", 1'700'000'000, "", "v1,LrOGikvEp3ovC4ipwU5sfXzzFy9SMN1tDL3jPPGtLmc="},
    {"msg_utf8", 1'700'000'000, "h\xC3\xA9llo", "v1,4NmBoc6A5COPEJhufvydhWbPRezLOgVQZUcv0AsAuB0="},
};

}  // namespace

TEST_CASE("signatures are those of Standard Webhooks") {
  for (const Vector& row : kVectors) {
    CAPTURE(row.id);
    const std::string timestamp = row.timestamp();
    CHECK(jobsched::sign(secret(), row.id, timestamp, row.body) == row.signature);
    const std::vector<SigningSecret> secrets{secret()};
    const SignedRequest request{row.id, timestamp, row.signature, row.body};
    CHECK(jobsched::verify(secrets, request, at(row.seconds)));
  }
}

TEST_CASE("a body is signed byte for byte, whatever its bytes") {
  const std::string bytes("\0\xff\r\n.", 5);
  const std::string signature = jobsched::sign(secret(), "id", "1", bytes);
  CHECK(signature != jobsched::sign(secret(), "id", "1", bytes.substr(0, 4)));
  const std::vector<SigningSecret> secrets{secret()};
  CHECK(jobsched::verify(secrets, {"id", "1", signature, bytes}, at(1)));
}

TEST_CASE("several secrets make several signatures, in their order") {
  const std::vector<SigningSecret> secrets{secret(kOther), secret()};
  const auto& row = kVectors[0];
  const std::string value = jobsched::signature_header(secrets, row.id, row.timestamp(), row.body);
  CHECK(value == jobsched::sign(secret(kOther), row.id, row.timestamp(), row.body) + " " +
                     std::string(row.signature));
}

TEST_CASE("the text form of a secret") {
  struct Row {
    std::string_view rule;
    std::string text;
    std::optional<std::size_t> bytes;  // absent: refused
  };

  const auto base64_of = [](std::size_t bytes) {
    return SigningSecret::from_bytes(std::string(bytes, 'x'))->text();
  };
  const Row rows[] = {
      {"24 bytes", std::string(kSecret), 24},
      {"25 bytes, which need padding", base64_of(25), 25},
      {"32 bytes", base64_of(32), 32},
      {"64 bytes", base64_of(64), 64},
      {"23 bytes", "whsec_eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=", {}},
      {"65 bytes", "whsec_" + std::string(84, 'e') + "eHg=", {}},
      {"no bytes", "whsec_", {}},
      {"nothing", "", {}},
      {"no prefix", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", {}},
      {"another prefix", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", {}},
      {"the prefix in capitals", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", {}},
      {"the URL-safe alphabet", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS_", {}},
      {"a cut group", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwM", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const auto parsed = SigningSecret::parse(row.text);
    REQUIRE(parsed.has_value() == row.bytes.has_value());
    if (parsed) {
      CHECK(parsed->bytes().size() == row.bytes);
      CHECK(parsed->text() == row.text);
    } else {
      CHECK(parsed.error().kind == ErrorKind::kInvalid);
      CHECK(parsed.error().detail ==
            "this is not a signing secret; one is whsec_ and the base64 of 24 to 64 bytes");
    }
  }
  CHECK_FALSE(SigningSecret::from_bytes(std::string(23, 'x')));
  CHECK_FALSE(SigningSecret::from_bytes(std::string(65, 'x')));
}

TEST_CASE("a new secret is made of chance alone") {
  std::uint64_t bits = 0;
  const auto random = [&] { return bits += 0x0101010101010101U; };
  const SigningSecret made = SigningSecret::make(random);
  CHECK(made.bytes() ==
        std::string(8, '\1') + std::string(8, '\2') + std::string(8, '\3') + std::string(8, '\4'));
  CHECK(SigningSecret::parse(made.text()) == made);
  CHECK(SigningSecret::make([] { return 0x0706050403020100U; }).bytes().substr(0, 8) ==
        std::string("\0\1\2\3\4\5\6\7", 8));
}

TEST_CASE("what a receiver refuses, and why") {
  struct Row {
    std::string_view rule;
    SignedRequest request;
    std::int64_t now;
    std::string_view fault;  // how the detail begins; empty: it is right
  };

  constexpr std::string_view kId = "msg_utf8";
  constexpr std::string_view kTime = "1700000000";
  constexpr std::string_view kBody = "h\xC3\xA9llo";
  constexpr std::string_view kRight = "v1,4NmBoc6A5COPEJhufvydhWbPRezLOgVQZUcv0AsAuB0=";
  constexpr std::int64_t kNow = 1'700'000'000;
  const std::string wrong = jobsched::sign(secret(kOther), kId, kTime, kBody);
  const std::string several = wrong + " " + std::string(kRight);
  const std::string padded = "  " + several + "  v2,x ";
  const std::string other_version = "v1a," + std::string(kRight.substr(3));
  const std::string joined = wrong + "," + std::string(kRight);
  const Row rows[] = {
      {"as it was signed", {kId, kTime, kRight, kBody}, kNow, ""},
      {"one of several signatures is right", {kId, kTime, several, kBody}, kNow, ""},
      {"other versions and blanks are passed over", {kId, kTime, padded, kBody}, kNow, ""},
      {"the oldest that is taken", {kId, kTime, kRight, kBody}, kNow + 300, ""},
      {"the furthest ahead that is taken", {kId, kTime, kRight, kBody}, kNow - 300, ""},
      {"no id", {{}, kTime, kRight, kBody}, kNow, "the header webhook-id is missing"},
      {"no timestamp", {kId, {}, kRight, kBody}, kNow, "the header webhook-timestamp is missing"},
      {"no signature", {kId, kTime, {}, kBody}, kNow, "the header webhook-signature is missing"},
      {"an old timestamp",
       {kId, kTime, kRight, kBody},
       kNow + 301,
       "webhook-timestamp is 5m1s in the past, more than the 5m that are allowed"},
      {"a timestamp of the future",
       {kId, kTime, kRight, kBody},
       kNow - 301,
       "webhook-timestamp is 5m1s in the future"},
      {"a timestamp that is none", {kId, "soon", kRight, kBody}, kNow, "webhook-timestamp is not"},
      {"an empty one", {kId, "", kRight, kBody}, kNow, "webhook-timestamp is not"},
      {"a negative one", {kId, "-1", kRight, kBody}, kNow, "webhook-timestamp is not"},
      {"one with a fraction", {kId, "1700000000.0", kRight, kBody}, kNow, "webhook-timestamp is "},
      {"one of no clock",
       {kId, "9223372036854775807", kRight, kBody},
       kNow,
       "webhook-timestamp is not"},
      {"another secret", {kId, kTime, wrong, kBody}, kNow, "no signature in webhook-signature"},
      {"another body", {kId, kTime, kRight, "hello"}, kNow, "no signature in webhook-signature"},
      {"another id", {"msg_utf9", kTime, kRight, kBody}, kNow, "no signature in webhook-signature"},
      {"another time",
       {kId, "1700000001", kRight, kBody},
       kNow,
       "no signature in webhook-signature"},
      {"the same time in another form",
       {kId, "01700000000", kRight, kBody},
       kNow,
       "no signature in webhook-signature"},
      {"a dot that moved",
       {"msg", "1700000000", kRight, "utf8"},
       kNow,
       "no signature in webhook-signature"},
      {"an empty signature", {kId, kTime, "", kBody}, kNow, "no signature in webhook-signature"},
      {"a part of it",
       {kId, kTime, kRight.substr(0, 20), kBody},
       kNow,
       "no signature in webhook-signature"},
      {"one of another version",
       {kId, kTime, other_version, kBody},
       kNow,
       "no signature in webhook-signature"},
      {"signatures joined by a comma",
       {kId, kTime, joined, kBody},
       kNow,
       "no signature in webhook-signature"},
  };
  const std::vector<SigningSecret> secrets{secret()};
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const auto verified = jobsched::verify(secrets, row.request, at(row.now));
    if (row.fault.empty()) {
      CHECK(verified.has_value());
      continue;
    }
    REQUIRE_FALSE(verified.has_value());
    CHECK(verified.error().kind == ErrorKind::kUnauthorized);
    CHECK(verified.error().detail.starts_with(row.fault));
  }
}

TEST_CASE("a receiver may know several secrets, and must know one") {
  const auto& row = kVectors[0];
  const std::string timestamp = row.timestamp();
  const SignedRequest request{row.id, timestamp, row.signature, row.body};
  const Instant now = at(row.seconds);
  const std::vector<SigningSecret> both{secret(kOther), secret()};
  CHECK(jobsched::verify(both, request, now));
  CHECK_FALSE(jobsched::verify({}, request, now));
}

TEST_CASE("the tolerance is the receiver's") {
  const auto& row = kVectors[0];
  const std::vector<SigningSecret> secrets{secret()};
  const std::string timestamp = row.timestamp();
  const SignedRequest request{row.id, timestamp, row.signature, row.body};
  CHECK(jobsched::verify(secrets, request, at(row.seconds + 1), std::chrono::seconds{1}));
  CHECK_FALSE(jobsched::verify(secrets, request, at(row.seconds + 2), std::chrono::seconds{1}));
}
