#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/account/account.h"
#include "core/codec/format.h"

namespace jobsched {

// Accounts in the API's formats. All pure.

// The accounts, without their keys: `name`, `jobs` and `created`. JSON as an array of objects, XML
// as <accounts> with an <account> for each. Requires: format is kJson or kXml.
std::string write_accounts(Format format, std::span<const Account> accounts);

// A new key, for the one time that it is shown: `name` and `key`; text as the key alone.
std::string write_new_key(Format format, std::string_view name, std::string_view key);

}  // namespace jobsched
