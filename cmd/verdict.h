#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cmd/environment.h"
#include "cmd/failure.h"
#include "core/delivery/signature.h"
#include "core/error.h"
#include "core/time/instant.h"
#include "daemon/http/message.h"

namespace jobsched::cmd {

// The secrets that a receiver checks signatures with: those of the file, one a line, else of the
// variable JOBSCHED_SECRET; none if neither is given. Errors: kUsage, with nothing of a secret.
Fallible<std::vector<SigningSecret>> receiver_secrets(const std::optional<std::string>& file,
                                                      const Environment& environment);

// What a receiver says of a callback's signature: that it is right, or why it is not; absent if
// there was no secret to check it with.
using Verdict = std::optional<Result<void>>;

Verdict judge(std::span<const SigningSecret> secrets,
              const http::Request& request,
              Instant arrival);

}  // namespace jobsched::cmd
