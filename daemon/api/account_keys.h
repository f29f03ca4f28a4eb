#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "core/account/account.h"

namespace jobsched {

// The accounts of the store by their keys, in memory: every request asks. Thread-safe.
class AccountKeys {
 public:
  explicit AccountKeys(std::span<const Account> accounts = {});

  // How often keys were set or removed.
  std::uint64_t changes() const;

  // From now on these are all, as another daemon has changed them; unless keys were set or removed
  // here since there were `changes`, so that these may be older.
  void replace(std::span<const Account> accounts, std::uint64_t changes);

  // The account has this key from now on, and no other.
  void set(const std::string& name, const KeyHash& key);

  // The account has none any more.
  void remove(const std::string& name);

  // Whether no account has a key.
  bool empty() const;

  // The account of a key. How long it takes depends on how many accounts there are, but not on how
  // much of the hash is that of one; nor could that be of use, as nobody chooses a key by its hash.
  std::optional<std::string> find(const KeyHash& key) const;

 private:
  struct Entry {
    std::string name;
    KeyHash key;
  };

  using Entries = std::unordered_multimap<std::uint64_t, Entry>;  // by the first bytes of the hash

  static Entries entries_of(std::span<const Account> accounts);

  mutable std::mutex mutex_;
  Entries entries_;
  std::uint64_t changes_ = 0;
};

}  // namespace jobsched
