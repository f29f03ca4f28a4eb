#include "daemon/api/account_keys.h"

#include <cstring>

namespace jobsched {

namespace {

std::uint64_t index_of(const KeyHash& key) {
  std::uint64_t index = 0;
  std::memcpy(&index, key.data(), sizeof(index));
  return index;
}

}  // namespace

AccountKeys::AccountKeys(std::span<const Account> accounts) : entries_(entries_of(accounts)) {}

AccountKeys::Entries AccountKeys::entries_of(std::span<const Account> accounts) {
  Entries entries;
  for (const Account& account : accounts)
    entries.emplace(index_of(account.key), Entry{account.name, account.key});
  return entries;
}

std::uint64_t AccountKeys::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

void AccountKeys::replace(std::span<const Account> accounts, std::uint64_t changes) {
  Entries entries = entries_of(accounts);
  const std::lock_guard lock(mutex_);
  if (changes == changes_) entries_.swap(entries);
}

void AccountKeys::set(const std::string& name, const KeyHash& key) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.name == name; });
  entries_.emplace(index_of(key), Entry{name, key});
}

void AccountKeys::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.name == name; });
}

bool AccountKeys::empty() const {
  const std::lock_guard lock(mutex_);
  return entries_.empty();
}

std::optional<std::string> AccountKeys::find(const KeyHash& key) const {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = entries_.equal_range(index_of(key));
  for (auto entry = first; entry != last; ++entry) {
    if (same_key(entry->second.key, key)) return entry->second.name;
  }
  return std::nullopt;
}

}  // namespace jobsched
