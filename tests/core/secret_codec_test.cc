#include "core/codec/secret_codec.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/instants.h"

using jobsched::AccountSecret;
using jobsched::Format;
using jobsched::SigningSecret;
using jobsched::test::instant;

namespace {

constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

AccountSecret secret(std::string_view created, std::optional<std::string_view> ends = {}) {
  AccountSecret secret{*SigningSecret::parse(kSecret), instant(created)};
  if (ends) secret.ends = instant(*ends);
  return secret;
}

}  // namespace

TEST_CASE("a list of secrets says how long each is used, and nothing else") {
  std::vector<AccountSecret> two{secret("2026-12-01T15:30:00Z"),
                                 secret("2026-11-01T00:00:00Z", "2026-12-02T15:30:00Z")};
  two[0].created += jobsched::Millis{250};
  CHECK(write_secrets(Format::kJson, {}) == "[]");
  CHECK(write_secrets(Format::kJson, two) ==
        R"([{"created":"2026-12-01T15:30:00.250Z"},)"
        R"({"created":"2026-11-01T00:00:00Z","ends":"2026-12-02T15:30:00Z"}])");
  CHECK(write_secrets(Format::kXml, {}) ==
        R"(<?xml version="1.0" encoding="UTF-8"?><secrets></secrets>)");
  CHECK(write_secrets(Format::kXml, two) ==
        R"(<?xml version="1.0" encoding="UTF-8"?><secrets>)"
        "<secret><created>2026-12-01T15:30:00.250Z</created></secret>"
        "<secret><created>2026-11-01T00:00:00Z</created><ends>2026-12-02T15:30:00Z</ends></secret>"
        "</secrets>");
}

TEST_CASE("a new secret is shown with the time from which on it is used") {
  const AccountSecret made = secret("2026-12-01T15:30:00Z");
  CHECK(write_new_secret(Format::kText, made) == kSecret);
  CHECK(write_new_secret(Format::kJson, made) ==
        R"({"secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","created":"2026-12-01T15:30:00Z"})");
  CHECK(write_new_secret(Format::kXml, made) ==
        R"(<?xml version="1.0" encoding="UTF-8"?><secret>)"
        "<secret>whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw</secret>"
        "<created>2026-12-01T15:30:00Z</created></secret>");
}
