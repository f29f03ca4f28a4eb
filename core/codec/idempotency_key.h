#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace jobsched {

// The value of the header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07 section
// 2.1), both ways. Pure and thread-safe.

constexpr std::size_t kMaxIdempotencyKey = 255;

// Whether a key can be sent: 1 to kMaxIdempotencyKey characters, printable ASCII.
bool is_idempotency_key(std::string_view key);

// The key that a header's value gives: a string in quotes (RFC 8941 section 3.3.3), as the draft
// has it, or bare, as many clients send it, without blanks, commas, semicolons and backslashes.
// Absent if it is neither, or not a key.
std::optional<std::string> read_idempotency_key(std::string_view value);

// As a string in quotes.
std::string write_idempotency_key(std::string_view key);

}  // namespace jobsched
