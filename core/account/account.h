#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/digest.h"
#include "core/error.h"
#include "core/time/instant.h"

namespace jobsched {

// An account owns jobs, their deliveries and secrets, and sees no others. What it shows itself by
// is a key: "jsk_" and the base64url of 32 random bytes. As nobody guesses one, a plain hash of it
// is enough to know it by, and nothing else of it is kept.

// Of every request while no account has a key.
constexpr std::string_view kDefaultAccount = "default";

constexpr std::size_t kMaxAccountName = 64;

// An account's name: 1 to kMaxAccountName of a-z, 0-9, `.`, `_` and `-`, the first a letter or
// digit. It needs no escaping wherever it is written. Errors: kInvalid, field "name".
Result<void> check_account_name(std::string_view name);

// Of a key's text.
using KeyHash = Digest;

// A new key's text; `random` gives 64 random bits, fit for keys, a call.
std::string make_account_key(const std::function<std::uint64_t()>& random);

// Of any text, also of one that is no key.
KeyHash hash_account_key(std::string_view key);

// Takes the same time whatever the hashes are.
bool same_key(const KeyHash& a, const KeyHash& b);

// An account that has a key.
struct Account {
  std::string name;
  KeyHash key = {};
  Instant created;
  std::uint64_t jobs = 0;

  bool operator==(const Account&) const = default;
};

}  // namespace jobsched
