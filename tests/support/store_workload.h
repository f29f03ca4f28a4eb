#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "daemon/store/store.h"

namespace jobsched::testing {

// What a busy daemon does to its store: groups of creates, replaces, removes, claims and records,
// as a seed decides. The same on every run, for as long as the store answers the same.
class StoreWorkload {
 public:
  StoreWorkload(Store& store, std::uint64_t seed) : store_(store), random_(seed) {}

  // Submits one group and commits it. False if any of its events failed in a way that its contract
  // does not name.
  bool run_group();

 private:
  void create();
  void create_all();
  void create_once();
  void replace();
  void remove();
  void claim();
  void record();
  void change_account();

  Job next_job();
  JobId some_id();
  std::uint32_t below(std::uint32_t end);

  template <class T>
  Done<T> noting();

  Store& store_;
  std::mt19937_64 random_;
  std::uint32_t jobs_ = 0;
  std::int64_t now_ = 0;
  std::vector<Claim> claims_;
  bool failed_ = false;
};

}  // namespace jobsched::testing
