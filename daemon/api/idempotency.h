#pragma once

#include <optional>
#include <string>

#include "core/error.h"
#include "daemon/http/message.h"
#include "daemon/store/values.h"

namespace jobsched {

// The header Idempotency-Key: what a client calls a request, so that it may send it again when it
// has not heard what became of it.

// Of an answer that was given before.
inline constexpr auto kReplayedHeader = "Idempotency-Replayed";

// The key of a request of `account`; absent if it has none. What the request asks for is its
// target, its body, and the headers that describe the body. Errors: kMalformed.
Result<std::optional<IdempotencyKey>> idempotency_key_of(const http::Request& request,
                                                         const std::string& account);

}  // namespace jobsched
