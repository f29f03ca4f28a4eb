#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/api/account_keys.h"
#include "daemon/api/call.h"
#include "daemon/clock.h"
#include "daemon/store/store.h"

namespace jobsched {

// The calls on accounts, for whoever runs the daemon: they belong on the admin listener only.
//
//   GET    /1/accounts              the accounts, without their keys
//   POST   /1/accounts/<name>       a new account; answers with its key, the only time
//   POST   /1/accounts/<name>/key   another key in place of the one before, likewise
//   DELETE /1/accounts/<name>       removes it; with ?jobs=delete also if it has jobs
//
// A refused request changes nothing. A change that is answered holds for the next request.
class AccountsApi {
 public:
  struct Dependencies {
    Store& store;
    AccountKeys& keys;  // follow the store's; changed before the answer leaves
    const Clock& clock;
    std::function<std::uint64_t()> random;  // for keys; called by `answer` only
    // Whether the last account may be removed, after which everybody may come in.
    bool may_be_without_accounts = true;
  };

  explicit AccountsApi(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}

  // Whether a raw path is for this class to answer.
  static bool answers(std::string_view raw_path);

  // Answers a call of such a path, now or later. Called on one thread.
  void answer(Call call) const;

 private:
  void list(Call call) const;
  void add(Call call, const std::string& name) const;
  void rotate(Call call, const std::string& name) const;
  void remove(Call call, const std::string& name) const;
  Done<void> release_key(Call call, const std::string& name, const std::string& key) const;

  Dependencies dependencies_;
};

}  // namespace jobsched
