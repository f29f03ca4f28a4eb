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

AccountKeys::AccountKeys(std::span<const Account> accounts) {
  for (const Account& account : accounts)
    entries_.emplace(index_of(account.key), Entry{account.name, account.key});
}

void AccountKeys::set(const std::string& name, const KeyHash& key) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.name == name; });
  entries_.emplace(index_of(key), Entry{name, key});
}

void AccountKeys::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
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
