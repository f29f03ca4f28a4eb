#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/store/values.h"

namespace jobsched::testing {

// The idempotency keys of a MemoryStore, none ever forgotten.
class MemoryKeys {
 public:
  // As `Store::find_created`.
  Result<std::optional<CreatedOnce>> find(const IdempotencyKey& key, Instant now) const {
    const auto found = known_.find({key.account, key.key});
    if (found == known_.end()) return std::nullopt;
    const auto& [request, created] = found->second;
    if (created.first <= now - kIdempotencyPeriod) return std::nullopt;
    if (request != key.request) return fail(ErrorKind::kInvalid, "that was another request");
    return CreatedOnce{created.jobs, created.first, true};
  }

  // Gives `created`.
  CreatedOnce keep(const IdempotencyKey& key, CreatedOnce created) {
    known_[{key.account, key.key}] = {key.request, created};
    return created;
  }

  // All of an account.
  void drop(std::string_view account) {
    std::erase_if(known_, [&](const auto& entry) { return entry.first.first == account; });
  }

 private:
  std::map<std::pair<std::string, std::string>, std::pair<Digest, CreatedOnce>> known_;
};

}  // namespace jobsched::testing
