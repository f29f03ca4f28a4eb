#pragma once

#include <string>
#include <string_view>

namespace jobsched {

// Where a store is: the path of a file, or the URI of a PostgreSQL database. All of these are pure.

// Whether it begins as such a URI does: "postgresql://" or "postgres://".
bool is_database(std::string_view address);

// The address without the passwords that a URI may have, for people to read: in its authority
// (user:password@…), or among its parameters (password, sslpassword).
std::string shown_address(std::string_view address);

}  // namespace jobsched
