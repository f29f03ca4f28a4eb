#pragma once

#include <deque>
#include <string>
#include <unordered_map>

namespace jobsched {

// Whose turn it is: accounts take turns, and the lanes of an account among themselves, so that no
// account waits for another one's many. A lane is listed at most once. Memory is that of the lanes
// that are listed.
template <class Lane>
class Turns {
 public:
  void add(const std::string& account, Lane& lane) {
    const auto [entry, is_new] = lanes_.try_emplace(account);
    if (is_new) accounts_.push_back(account);
    entry->second.push_back(&lane);
  }

  // Takes the next lane off the list; null if none is listed.
  Lane* next() {
    if (accounts_.empty()) return nullptr;
    const auto account = lanes_.find(accounts_.front());
    accounts_.pop_front();
    Lane* lane = account->second.front();
    account->second.pop_front();
    if (account->second.empty()) {
      lanes_.erase(account);
    } else {
      accounts_.push_back(account->first);
    }
    return lane;
  }

 private:
  std::unordered_map<std::string, std::deque<Lane*>> lanes_;  // none is empty
  std::deque<std::string> accounts_;                          // those of lanes_, in turn
};

}  // namespace jobsched
