#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/daemon/store_conformance.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

using Ids = std::vector<JobId>;

std::string all_bytes() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte)
    bytes.push_back(static_cast<char>(byte));
  return bytes;
}

Job with_account(Job job, std::string account) {
  job.account = std::move(account);
  return job;
}

void a_job_is_found_as_it_was_created(Store& store) {
  StoreDriver driver(store);
  Job full = sample_once(1, at(1'001));
  full.spec.url = "https://example.com/a?b=c#d";
  full.spec.signature = "sha256=\xC3\xA9";
  full.spec.content_type = "text/plain; charset=utf-8";
  full.spec.data = all_bytes();
  full.spec.name = "a name \xE2\x82\xAC";
  full.spec.method = Method::kPatch;
  full.spec.headers = {{"X-B", "b: c"}, {"X-A", ""}, {"Authorization", "Bearer \xC3\xA9"}};
  full.spec.timeout = std::chrono::seconds{300};
  full.spec.retry = Retry{20, {{std::chrono::seconds{1}, std::chrono::seconds{86'400}}}};
  Job empty = sample_once(2, at(-1));
  empty.spec.signature = "";
  empty.spec.content_type = "";
  empty.spec.data = "";
  empty.spec.retry = Retry{1, {}};
  Job large = sample_once(3, at(0));
  large.spec.data = std::string(1'048'576, '\0');
  large.spec.headers = {{"X", std::string(8'191, 'x')}};
  large.spec.retry = Retry{{}, std::vector(19, std::chrono::seconds{86'400})};
  for (const Job& job : {full, empty, large, sample_once(4, Instant{}),
                         sample_cron(5, "0 15 10 ? * MON-FRI", kStart)}) {
    REQUIRE(driver.create(job));
    const std::optional<Job> found = driver.find("default", job.id);
    REQUIRE(found);
    check_same(*found, job);
  }
}

void what_does_not_exist_is_absent(Store& store) {
  StoreDriver driver(store);
  CHECK_FALSE(driver.find("default", sample_id(1)));
  REQUIRE(driver.create(sample_once(1, at(0))));
  CHECK_FALSE(driver.find("default", sample_id(2)));
  CHECK_FALSE(driver.find("other", sample_id(1)));
  CHECK_FALSE(driver.find("", sample_id(1)));
}

void the_id_of_a_new_job_must_be_new(Store& store) {
  StoreDriver driver(store);
  const Job first = sample_once(1, at(0));
  REQUIRE(driver.create(first));
  const auto again = driver.create(sample_once(1, at(5)));
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::kConflict);
  check_same(*driver.find("default", sample_id(1)), first);
  CHECK(driver.counts().jobs == 1);
}

using AllCreated = std::vector<Created>;

Result<AllCreated> create_all(Store& store, const std::vector<Job>& jobs) {
  return outcome<AllCreated>(
      store, [&](Done<AllCreated> done) { store.create_all(jobs, std::move(done)); });
}

void jobs_are_created_all_or_none(Store& store) {
  StoreDriver driver(store);
  const Job other = with_account(sample_once(4, at(0)), "other");
  REQUIRE(create_all(store, {sample_once(1, at(0)), sample_once(3, at(5)), other}));
  CHECK(driver.ids("default") == Ids{sample_id(1), sample_id(3)});
  CHECK(driver.ids("other") == Ids{sample_id(4)});
  check_same(*driver.find("default", sample_id(3)), sample_once(3, at(5)));

  for (const std::uint32_t taken : {3U, 5U}) {
    const auto again = create_all(
        store, {sample_once(5, at(0)), sample_once(6, at(0)), sample_once(taken, at(0))});
    REQUIRE_FALSE(again);
    CHECK(again.error().kind == ErrorKind::kConflict);
    CHECK(driver.ids("default") == Ids{sample_id(1), sample_id(3)});
    CHECK(driver.counts().jobs == 3);
  }
  REQUIRE(create_all(store, {}));
  CHECK(driver.counts().jobs == 3);

  // Nothing is left of an account that was new with them either.
  const Job first = with_account(sample_once(7, at(0)), "new");
  CHECK_FALSE(create_all(store, {first, first}));
  CHECK(driver.ids("new").empty());
  REQUIRE(driver.create(first));
  CHECK(driver.ids("new") == Ids{sample_id(7)});
}

void jobs_are_removed_together_and_those_unknown_are_told(Store& store) {
  StoreDriver driver(store);
  for (const std::uint32_t number : {1U, 2U, 3U, 4U})
    REQUIRE(driver.create(sample_once(number, at(0))));
  REQUIRE(driver.create(with_account(sample_once(5, at(0)), "other")));
  REQUIRE(driver.claim(at(0), 1).claims.size() == 1);
  const auto remove_all = [&](const std::string& account, const Ids& ids) {
    return outcome<Ids>(
               store,
               [&](Done<Ids> done) { store.remove_all(account, ids, at(0), std::move(done)); })
        .value();
  };
  CHECK(remove_all("default", {sample_id(9), sample_id(3), sample_id(5), sample_id(1),
                               sample_id(3)}) == Ids{sample_id(9), sample_id(5), sample_id(3)});
  CHECK(driver.ids("default") == Ids{sample_id(2), sample_id(4)});
  CHECK(driver.ids("other") == Ids{sample_id(5)});
  CHECK(driver.counts().jobs == 3);
  CHECK(remove_all("unknown", {sample_id(2)}) == Ids{sample_id(2)});
  CHECK(remove_all("default", {}).empty());
  CHECK(driver.claim(at(100'000), 100, 2).claims.size() == 3);
}

void a_list_gives_an_accounts_ids_in_order_of_creation(Store& store) {
  StoreDriver driver(store);
  CHECK(driver.ids("default").empty());
  for (const std::uint32_t number : {3U, 1U, 5U}) {
    REQUIRE(driver.create(sample_once(number, at(0))));
  }
  REQUIRE(driver.create(with_account(sample_once(2, at(0)), "other")));
  CHECK(driver.ids("default") == Ids{sample_id(1), sample_id(3), sample_id(5)});
  CHECK(driver.ids("other") == Ids{sample_id(2)});
  CHECK(driver.ids("unknown").empty());
}

void a_list_starts_after_an_id_and_ends_at_a_limit(Store& store) {
  StoreDriver driver(store);
  for (const std::uint32_t number : {1U, 3U, 5U}) {
    REQUIRE(driver.create(sample_once(number, at(0))));
  }

  struct Row {
    std::string_view rule;
    std::optional<JobId> after;
    std::optional<std::uint64_t> limit;
    Ids ids;
  };

  const std::vector<Row> rows{
      {"everything", {}, {}, {sample_id(1), sample_id(3), sample_id(5)}},
      {"a limit beyond the end", {}, UINT64_MAX, {sample_id(1), sample_id(3), sample_id(5)}},
      {"a limit", {}, 2, {sample_id(1), sample_id(3)}},
      {"nothing", {}, 0, {}},
      {"after an id of the list", sample_id(1), {}, {sample_id(3), sample_id(5)}},
      {"after an id between two", sample_id(2), {}, {sample_id(3), sample_id(5)}},
      {"after an id, with a limit", sample_id(1), 1, {sample_id(3)}},
      {"after the last", sample_id(5), {}, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    CHECK(driver.ids("default", row.after, row.limit) == row.ids);
  }
}

void a_list_shows_the_state_of_its_beginning(Store& store) {
  StoreDriver driver(store);
  for (std::uint32_t number = 1; number <= 4; ++number) {
    REQUIRE(driver.create(sample_once(number, at(0))));
  }
  const auto cursor = store.list("default", {}, {});
  REQUIRE(cursor);
  CHECK((*cursor)->next(1) == Ids{sample_id(1)});
  REQUIRE(driver.remove("default", sample_id(3)));
  REQUIRE(driver.create(sample_once(5, at(0))));
  CHECK((*cursor)->count() == 4);
  CHECK((*cursor)->next(10) == Ids{sample_id(2), sample_id(3), sample_id(4)});
  CHECK((*cursor)->next(10) == Ids{});
  CHECK((*cursor)->next(10) == Ids{});
  CHECK(driver.ids("default") == Ids{sample_id(1), sample_id(2), sample_id(4), sample_id(5)});
}

void a_read_sees_what_was_announced_while_others_write(Store& store) {
  constexpr std::uint32_t kJobs = 200;
  std::thread committer([&store] {
    for (std::uint32_t number = 1; number <= kJobs; ++number) {
      store.create(sample_once(number, at(0)), [&store, number](const auto& created) {
        CHECK(created);
        const auto found = store.find("default", sample_id(number));
        CHECK((found && *found));
      });
      store.commit_group();
    }
  });
  std::uint64_t seen = 0;
  while (seen < kJobs) {
    const auto cursor = store.list("default", {}, {});
    REQUIRE(cursor);
    const auto ids = (*cursor)->next(kJobs);
    REQUIRE(ids);
    REQUIRE(ids->size() == (*cursor)->count());
    REQUIRE(ids->size() >= seen);
    seen = ids->size();
  }
  committer.join();
}

void a_replacement_keeps_id_and_account(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(sample_once(1, at(1'000))));
  Job expected = sample_cron(1, "0 0 12 * * ?", kStart);
  expected.spec.url = "http://example.net/new";
  expected.spec.data = all_bytes();
  expected.spec.method = Method::kPut;
  expected.spec.headers = {{"X-A", "1"}};
  expected.spec.timeout = std::chrono::seconds{5};
  expected.spec.retry = Retry{2, {}};
  REQUIRE(driver.replace("default", sample_id(1), expected.spec, expected.next));
  check_same(*driver.find("default", sample_id(1)), expected);
  CHECK(driver.counts().jobs == 1);
  CHECK(driver.counts().next_due == expected.next);
  CHECK(driver.claim(at(1'000)).claims.empty());
  // What the new definition does not say is gone.
  const Job plain = sample_once(1, at(2'000));
  REQUIRE(driver.replace("default", sample_id(1), plain.spec, plain.next));
  check_same(*driver.find("default", sample_id(1)), plain);
}

void a_job_that_is_gone_cannot_be_replaced_or_removed(Store& store) {
  StoreDriver driver(store);
  const Job job = sample_once(1, at(1'000));
  REQUIRE(driver.create(job));
  REQUIRE(driver.create(with_account(sample_once(2, at(1'000)), "other")));

  struct Row {
    std::string account;
    JobId id;
  };

  for (const Row& row : {Row{"default", sample_id(3)}, Row{"default", sample_id(2)},
                         Row{"other", sample_id(1)}, Row{"unknown", sample_id(1)}}) {
    CAPTURE(row.account);
    const Result<void> replaced = driver.replace(row.account, row.id, job.spec, at(9));
    REQUIRE_FALSE(replaced);
    CHECK(replaced.error().kind == ErrorKind::kNotFound);
    const Result<void> removed = driver.remove(row.account, row.id);
    REQUIRE_FALSE(removed);
    CHECK(removed.error().kind == ErrorKind::kNotFound);
  }
  CHECK(driver.counts().jobs == 2);
  check_same(*driver.find("default", sample_id(1)), job);
}

void a_job_is_changed_only_if_it_has_a_version_that_is_expected(Store& store) {
  StoreDriver driver(store);
  const Job job = sample_once(1, at(1'000));
  const Job other = sample_once(1, at(2'000));
  REQUIRE(driver.create(job));
  const std::string version = job_version(job.spec);
  const auto refused = [](const Result<void>& result) {
    return !result && result.error().kind == ErrorKind::kPreconditionFailed;
  };
  CHECK(refused(
      driver.replace("default", job.id, other.spec, other.next, at(0), {job_version(other.spec)})));
  CHECK(refused(driver.remove("default", job.id, at(0), {""})));
  check_same(*driver.find("default", job.id), job);

  // Of two who have seen the same, in one group, the second has not seen what the first did.
  std::vector<bool> done;
  const auto note = [&](const Result<void>& result) { done.push_back(result.has_value()); };
  store.replace("default", job.id, {"x", version}, other.spec, other.next, at(0), note);
  store.replace("default", job.id, {version}, job.spec, job.next, at(0), note);
  store.remove("default", job.id, {version}, at(0), note);
  while (store.commit_group()) {
  }
  CHECK(done == std::vector{true, false, false});
  check_same(*driver.find("default", job.id), other);

  CHECK(driver.remove("default", job.id, at(0), {job_version(other.spec)}).has_value());
  const Result<void> gone = driver.remove("default", job.id, at(0), {version});
  CHECK((!gone && gone.error().kind == ErrorKind::kNotFound));
}

void a_removed_job_is_gone_and_does_not_fire(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(sample_once(1, at(1'000))));
  REQUIRE(driver.create(sample_once(2, at(2'000))));
  REQUIRE(driver.remove("default", sample_id(1)));
  CHECK_FALSE(driver.find("default", sample_id(1)));
  CHECK(driver.ids("default") == Ids{sample_id(2)});
  CHECK(driver.counts().jobs == 1);
  CHECK(driver.counts().next_due == at(2'000));
  CHECK(driver.claim(at(1'000)).claims.empty());
}

void a_group_is_carried_out_in_order_and_each_event_alone(Store& store) {
  std::vector<std::string> answers;
  const auto note = [&](std::string event) {
    return [&answers, event](const auto& result) {
      answers.push_back(event + (result ? " done" : " failed"));
    };
  };
  store.create(sample_once(1, at(1'000)), note("create 1"));
  store.create(sample_once(1, at(1'000)), note("create 1 again"));
  store.replace("default", sample_id(9), {}, sample_once(9, at(0)).spec, at(0), at(0),
                note("replace 9"));
  store.create(with_account(sample_once(2, at(1'000)), "other"), note("create 2"));
  store.remove("default", sample_id(2), {}, at(0), note("remove 2"));
  store.replace("default", sample_id(1), {}, sample_once(1, at(0)).spec, at(3'000), at(0),
                note("replace 1"));
  store.remove("other", sample_id(2), {}, at(0), note("remove 2 of other"));
  store.create(sample_once(3, at(1'000)), note("create 3"));
  CHECK(answers.empty());
  CHECK(store.commit_group());
  CHECK_FALSE(store.commit_group());
  CHECK(answers == std::vector<std::string>{"create 1 done", "create 1 again failed",
                                            "replace 9 failed", "create 2 done", "remove 2 failed",
                                            "replace 1 done", "remove 2 of other done",
                                            "create 3 done"});
  StoreDriver driver(store);
  CHECK(driver.ids("default") == Ids{sample_id(1), sample_id(3)});
  CHECK(driver.find("default", sample_id(1))->next == at(3'000));
  CHECK(driver.ids("other").empty());
  CHECK(driver.counts().jobs == 2);
}

void done_may_submit_further_writes(Store& store) {
  int done = 0;
  store.create(sample_once(1, at(0)), [&](const auto&) {
    ++done;
    store.create(sample_once(2, at(0)), [&](const auto&) { ++done; });
  });
  while (store.commit_group()) {
  }
  CHECK(done == 2);
  CHECK(StoreDriver(store).ids("default") == Ids{sample_id(1), sample_id(2)});
}

void waiting_ends_with_an_event_or_when_told_to(Store& store) {
  std::thread submitter([&store] { store.create(sample_once(1, at(0)), [](const auto&) {}); });
  store.wait_for_events();
  CHECK(store.commit_group());
  submitter.join();
  std::thread stopper([&store] { store.stop_waiting(); });
  store.wait_for_events();
  stopper.join();
  store.wait_for_events();
  CHECK_FALSE(store.commit_group());
}

void many_events_need_several_groups_and_all_are_carried_out(Store& store) {
  constexpr std::uint32_t kJobs = 3'000;
  std::uint32_t created = 0;
  for (std::uint32_t number = 1; number <= kJobs; ++number) {
    store.create(sample_once(number, at(0)), [&](const auto& result) {
      if (result) ++created;
    });
  }
  while (store.commit_group()) {
  }
  CHECK(created == kJobs);
  CHECK(StoreDriver(store).counts().jobs == kJobs);
}

}  // namespace

std::vector<StoreCase> job_cases() {
  return {
      {"a job is found as it was created", a_job_is_found_as_it_was_created},
      {"what does not exist is absent", what_does_not_exist_is_absent},
      {"the id of a new job must be new", the_id_of_a_new_job_must_be_new},
      {"jobs are created all or none", jobs_are_created_all_or_none},
      {"jobs are removed together, and those unknown are told",
       jobs_are_removed_together_and_those_unknown_are_told},
      {"a list gives an account's ids in order of creation",
       a_list_gives_an_accounts_ids_in_order_of_creation},
      {"a list starts after an id and ends at a limit",
       a_list_starts_after_an_id_and_ends_at_a_limit},
      {"a list shows the state of its beginning", a_list_shows_the_state_of_its_beginning},
      {"a read sees what was announced while others write",
       a_read_sees_what_was_announced_while_others_write},
      {"a replacement keeps id and account", a_replacement_keeps_id_and_account},
      {"a job that is gone cannot be replaced or removed",
       a_job_that_is_gone_cannot_be_replaced_or_removed},
      {"a job is changed only if it has a version that is expected",
       a_job_is_changed_only_if_it_has_a_version_that_is_expected},
      {"a removed job is gone and does not fire", a_removed_job_is_gone_and_does_not_fire},
      {"a group is carried out in order and each event alone",
       a_group_is_carried_out_in_order_and_each_event_alone},
      {"done may submit further writes", done_may_submit_further_writes},
      {"waiting ends with an event or when told to", waiting_ends_with_an_event_or_when_told_to},
      {"many events need several groups and all are carried out",
       many_events_need_several_groups_and_all_are_carried_out},
  };
}

}  // namespace jobsched::testing
