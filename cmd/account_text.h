#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace jobsched::cmd {

// An account, as the daemon lists it: texts fit for a terminal.
struct ListedAccount {
  std::string name;
  std::uint64_t jobs = 0;
  std::string created;

  bool operator==(const ListedAccount&) const = default;
};

// Reads the daemon's JSON list. Errors: kMalformed if the text is none.
Result<std::vector<ListedAccount>> read_accounts(std::string_view json);

// A table with a heading: name, jobs and since when there is the account. Nothing if there is none.
std::string show_accounts(const std::vector<ListedAccount>& accounts);

}  // namespace jobsched::cmd
