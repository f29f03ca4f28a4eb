#pragma once

#include <string>

#include "daemon/store/postgres/transaction.h"
#include "daemon/store/values.h"

namespace jobsched::pg {

// Accounts and their secrets as people change them, within a transaction; each is that member of
// `Store`. Members throw Exception.
class AccountControl {
 public:
  explicit AccountControl(Transaction& transaction) : transaction_(transaction) {}

  Result<void> add(const std::string& name, const KeyHash& key, Instant now);
  Result<void> rotate_key(const std::string& name, const KeyHash& key);
  Result<void> remove(const AccountRemoval& removal);
  Result<void> rotate_secret(const std::string& name,
                             const SigningSecret& secret,
                             Instant now,
                             Millis overlap);
  void remove_secrets(const std::string& name);

 private:
  Result<void> expect_removable(const AccountRemoval& removal, std::int64_t account);

  Transaction& transaction_;
};

}  // namespace jobsched::pg
