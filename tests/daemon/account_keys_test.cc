#include "daemon/api/account_keys.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace jobsched::testing {

TEST_CASE("accounts are found by their keys, as they are now") {
  AccountKeys none;
  CHECK(none.empty());
  CHECK_FALSE(none.find(hash_account_key("a")));

  const std::vector<Account> accounts{{"alice", hash_account_key("a"), {}, 0},
                                      {"bob", hash_account_key("b"), {}, 0}};
  AccountKeys keys(accounts);
  CHECK_FALSE(keys.empty());
  CHECK(keys.find(hash_account_key("a")) == "alice");
  CHECK(keys.find(hash_account_key("b")) == "bob");
  CHECK_FALSE(keys.find(hash_account_key("c")));

  keys.set("alice", hash_account_key("c"));
  CHECK_FALSE(keys.find(hash_account_key("a")));
  CHECK(keys.find(hash_account_key("c")) == "alice");

  keys.remove("alice");
  CHECK_FALSE(keys.find(hash_account_key("c")));
  CHECK_FALSE(keys.empty());
  keys.remove("bob");
  CHECK(keys.empty());
}

TEST_CASE("hashes that begin alike are told apart") {
  KeyHash one{};
  KeyHash other{};
  other.back() = 1;
  const std::vector<Account> accounts{{"one", one, {}, 0}, {"other", other, {}, 0}};
  const AccountKeys keys(accounts);
  CHECK(keys.find(one) == "one");
  CHECK(keys.find(other) == "other");
  other.back() = 2;
  CHECK_FALSE(keys.find(other));
}

}  // namespace jobsched::testing
