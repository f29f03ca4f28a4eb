#include "daemon/store/history_pruner.h"

#include <doctest/doctest.h>

#include "tests/support/forwarding_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/sample_jobs.h"

namespace jobsched::testing {

namespace {

// Notes what is to be pruned and answers as it is told.
class PruneStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  void prune(Instant before, Done<Pruned> done) override {
    asked.push_back(before);
    waiting = std::move(done);
  }

  void answer(Result<Pruned> pruned) { std::exchange(waiting, nullptr)(std::move(pruned)); }

  std::vector<Instant> asked;
  Done<Pruned> waiting;
};

struct Fixture {
  MemoryStore memory;
  PruneStore store{memory};
  HistoryPruner pruner{store, Millis{1'000}};
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "the log is pruned of what is older than it is kept, once a minute") {
  pruner.check(at(0));
  CHECK(store.asked == std::vector{at(-1'000)});
  store.answer(Pruned{3, false});
  pruner.check(at(59'999));
  CHECK(store.asked.size() == 1);
  pruner.check(at(60'000));
  CHECK(store.asked.back() == at(59'000));
}

TEST_CASE_FIXTURE(Fixture, "it goes on as long as there is more") {
  pruner.check(at(0));
  store.answer(Pruned{500, true});
  CHECK(store.asked == std::vector{at(-1'000), at(-1'000)});
  store.answer(Pruned{7, false});
  CHECK(store.asked.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "one step is under way at a time") {
  pruner.check(at(0));
  pruner.check(at(120'000));
  CHECK(store.asked.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a store that fails is asked again a minute later") {
  pruner.check(at(0));
  store.answer(fail(ErrorKind::kStoreFull, "full"));
  pruner.check(at(2'000));
  CHECK(store.asked.size() == 1);
  pruner.check(at(60'000));
  CHECK(store.asked.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "a clock that is set back does not keep it from pruning") {
  pruner.check(at(0));
  store.answer(Pruned{});
  pruner.check(at(-3'600'000));
  CHECK(store.asked.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "by another time to keep it prunes at once") {
  pruner.check(at(0));
  store.answer(Pruned{});
  pruner.set_keep(Millis{1'000});  // the same
  pruner.check(at(1));
  CHECK(store.asked.size() == 1);
  pruner.set_keep(Millis{10});
  pruner.check(at(2));
  CHECK(store.asked.back() == at(-8));
}

}  // namespace jobsched::testing
