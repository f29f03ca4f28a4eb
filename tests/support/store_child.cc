// A process that opens a store, for tests of what happens between processes.
//
//   store_child hold PATH     prints its process id once it has the store open; ends with its input
//   store_child create PATH   prints its process id, then the number of each job that is durable

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string_view>

#include "daemon/store/sqlite_store.h"
#include "tests/support/sample_jobs.h"

namespace jobsched::testing {

namespace {

void say(long number) {
  std::printf("%ld\n", number);
  std::fflush(stdout);
}

void create_for_ever(Store& store) {
  for (std::uint32_t number = 1;; ++number) {
    store.create(sample_once(number, at(number)), [number](const auto& created) {
      if (created) say(number);
    });
    if (number % 3 == 0) store.commit_group();  // so that a kill finds events queued
  }
}

int run(std::string_view mode, const char* path) {
  const auto ignore = [](const Error&) {};
  const auto store = SqliteStore::open(path, {ignore, ignore});
  if (!store) {
    std::fprintf(stderr, "%s\n", store.error().detail.c_str());
    return 1;
  }
  say(::getpid());
  if (mode == "create") create_for_ever(**store);
  while (std::getchar() != EOF) {
  }
  return 0;
}

}  // namespace

}  // namespace jobsched::testing

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return jobsched::testing::run(argv[1], argv[2]);
}
