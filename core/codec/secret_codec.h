#pragma once

#include <span>
#include <string>

#include "core/codec/format.h"
#include "core/delivery/signature.h"

namespace jobsched {

// Signing secrets in the API's formats. All pure.

// How long each secret is used, and nothing of the secrets: `created`, and `ends` where there is an
// end. JSON as an array of objects, XML as <secrets> with a <secret> for each.
// Requires: format is kJson or kXml.
std::string write_secrets(Format format, std::span<const AccountSecret> secrets);

// A new secret, for the one time that it is shown: `secret` and `created`; text as the secret
// alone.
std::string write_new_secret(Format format, const AccountSecret& secret);

}  // namespace jobsched
