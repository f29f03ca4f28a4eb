#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/daemon/store_conformance.h"
#include "tests/support/shifted_zone.h"
#include "tests/support/store_driver.h"

namespace jobsched::testing {

namespace {

const std::string kZone = "Test/Zone";

// A job at 09:00 every day on a clock that is `hours` ahead.
Job zoned_job(std::uint32_t number, int hours) {
  Job job = sample_cron(number, "0 0 9 * * ?", kStart);
  job.spec.timezone = kZone;
  std::get<Recurring>(job.spec.schedule).zone = shifted_zone(kZone, hours);
  job.next = first_fire_time(job.spec, kStart);
  return job;
}

Rezoned rezone(Store& store, std::shared_ptr<const Zone> rules, Instant now = kStart) {
  Rezoned all;
  Rezoning rezoning{kZone, std::move(rules)};
  do {
    const auto step = outcome<Rezoned>(
        store, [&](Done<Rezoned> done) { store.rezone(rezoning, now, std::move(done)); });
    REQUIRE(step);
    all.moved += step->moved;
    all.paused += step->paused;
    all.resumed += step->resumed;
    all.next_due = earlier(all.next_due, step->next_due);
    rezoning.after = step->rest_after;
  } while (rezoning.after);
  return all;
}

std::vector<ZoneInUse> zones(const Store& store) {
  return store.zones().value();
}

void a_time_zone_and_a_pause_are_kept(Store& store) {
  StoreDriver driver(store);
  Job once = sample_once(1, at(60));
  once.spec.timezone = "Europe/Berlin";
  Job paused = zoned_job(2, 1);
  paused.spec.paused = true;
  paused.next.reset();
  for (const Job& job : {once, paused, zoned_job(3, 1)}) {
    REQUIRE(driver.create(job));
    check_same(*driver.find("default", job.id), job);
  }
  JobSpec running = paused.spec;
  running.paused = false;
  running.timezone.reset();
  REQUIRE(driver.replace("default", paused.id, running, at(1)));
  check_same(*driver.find("default", paused.id), {paused.id, "default", running, at(1)});
}

void a_paused_job_does_not_fire(Store& store) {
  StoreDriver driver(store);
  Job paused = sample_once(1, at(1));
  paused.spec.paused = true;
  paused.next.reset();
  REQUIRE(driver.create(paused));
  CHECK(driver.claim(at(1'000)).claims.empty());
  CHECK_FALSE(driver.counts().next_due);
  CHECK(driver.find("default", paused.id).has_value());
}

void the_zones_of_recurring_jobs_are_known(Store& store) {
  StoreDriver driver(store);
  CHECK(zones(store).empty());
  Job once = sample_once(1, at(60));
  once.spec.timezone = "Europe/Berlin";
  REQUIRE(driver.create(once));
  REQUIRE(driver.create(sample_cron(2, "0 0 9 * * ?", kStart)));
  CHECK(zones(store).empty());
  REQUIRE(driver.create(zoned_job(3, 1)));
  REQUIRE(driver.create(zoned_job(4, 1)));
  const std::vector<ZoneInUse> expected{{kZone, fingerprint(*shifted_zone(kZone, 1))}};
  CHECK(zones(store) == expected);
  REQUIRE(driver.replace(
      "default", sample_id(2),
      [] {
        JobSpec spec = zoned_job(2, 1).spec;
        spec.timezone = "Another/Zone";
        return spec;
      }(),
      at(5)));
  CHECK(zones(store).size() == 2);
}

void other_rules_move_the_next_fire_time(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(zoned_job(1, 1)));
  REQUIRE(driver.create(zoned_job(2, 1)));
  REQUIRE(driver.create(sample_cron(3, "0 0 9 * * ?", kStart)));
  const Instant before = *zoned_job(1, 1).next;
  const Rezoned done = rezone(store, shifted_zone(kZone, 2));
  CHECK(done.moved == 2);
  CHECK(done.paused == 0);
  CHECK(done.resumed == 0);
  CHECK(done.next_due == before - std::chrono::hours{1});
  CHECK(driver.find("default", sample_id(1))->next == before - std::chrono::hours{1});
  CHECK(driver.find("default", sample_id(3))->next == sample_cron(3, "0 0 9 * * ?", kStart).next);
  CHECK(zones(store).front().fingerprint == fingerprint(*shifted_zone(kZone, 2)));
  CHECK(driver.claim(before - std::chrono::hours{1}).claims.size() == 2);
}

void the_same_rules_move_nothing(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(zoned_job(1, 1)));
  const Rezoned done = rezone(store, shifted_zone(kZone, 1));
  CHECK(done.moved == 0);
  CHECK_FALSE(done.next_due);
  check_same(*driver.find("default", sample_id(1)), zoned_job(1, 1));
}

void a_fire_time_that_has_come_stays(Store& store) {
  StoreDriver driver(store);
  const Job job = zoned_job(1, 1);
  REQUIRE(driver.create(job));
  const Instant later = *job.next + Millis{1};
  CHECK(rezone(store, shifted_zone(kZone, 2), later).moved == 0);
  const Claims claims = driver.claim(later);
  REQUIRE(claims.claims.size() == 1);
  CHECK(claims.claims.front().delivery.fire_time == *job.next);
}

void a_job_held_up_by_a_delivery_moves_and_stays_held_up(Store& store) {
  StoreDriver driver(store);
  const Job job = zoned_job(1, 1);
  REQUIRE(driver.create(job));
  const Claims first = driver.claim(*job.next);
  REQUIRE(first.claims.size() == 1);
  const Instant next = *driver.find("default", job.id)->next;
  CHECK(driver.claim(next).claims.empty());
  CHECK(rezone(store, shifted_zone(kZone, 2), *job.next).moved == 1);
  CHECK(driver.find("default", job.id)->next == next - std::chrono::hours{1});
  CHECK(driver.claim(next).claims.empty());
  driver.record(first.claims.front(), Accepted{});
  CHECK(driver.claim(next).claims.size() == 1);
}

void a_missing_zone_pauses_its_jobs_with_the_reason(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(zoned_job(1, 1)));
  Job by_user = zoned_job(2, 1);
  by_user.spec.paused = true;
  by_user.next.reset();
  REQUIRE(driver.create(by_user));
  const Rezoned done = rezone(store, nullptr);
  CHECK(done.paused == 1);
  CHECK(done.moved == 0);
  const Job paused = *driver.find("default", sample_id(1));
  CHECK(paused.spec.paused);
  CHECK_FALSE(paused.next);
  CHECK(paused.pause_reason == missing_zone_reason(kZone));
  CHECK_FALSE(driver.find("default", sample_id(2))->pause_reason);
  CHECK(driver.claim(at(1'000'000)).claims.empty());
  CHECK(zones(store) == std::vector<ZoneInUse>{{kZone, std::nullopt}});
  CHECK(rezone(store, nullptr).paused == 0);
}

void a_zone_that_is_back_resumes_them(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(zoned_job(1, 1)));
  Job by_user = zoned_job(2, 1);
  by_user.spec.paused = true;
  by_user.next.reset();
  REQUIRE(driver.create(by_user));
  rezone(store, nullptr);
  const Instant later = *zoned_job(1, 1).next + Millis{1};
  const Rezoned done = rezone(store, shifted_zone(kZone, 1), later);
  CHECK(done.resumed == 1);
  CHECK(done.moved == 0);
  const Job resumed = *driver.find("default", sample_id(1));
  CHECK_FALSE(resumed.spec.paused);
  CHECK_FALSE(resumed.pause_reason);
  CHECK(resumed.next == *zoned_job(1, 1).next + std::chrono::days{1});
  CHECK(done.next_due == resumed.next);
  CHECK(driver.find("default", sample_id(2))->spec.paused);
}

void a_delivery_that_ends_does_not_purge_a_paused_job(Store& store) {
  StoreDriver driver(store);
  const Job job = zoned_job(1, 1);
  REQUIRE(driver.create(job));
  const Claims claims = driver.claim(*job.next);
  REQUIRE(claims.claims.size() == 1);
  CHECK(rezone(store, nullptr, *job.next).paused == 1);
  driver.record(claims.claims.front(), Accepted{});
  CHECK(driver.find("default", job.id).has_value());
  CHECK(driver.counts().jobs == 1);
}

void a_replacement_ends_the_daemons_pause(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(zoned_job(1, 1)));
  rezone(store, nullptr);
  JobSpec spec = zoned_job(1, 1).spec;
  spec.timezone.reset();
  REQUIRE(driver.replace("default", sample_id(1), spec, at(9)));
  const Job job = *driver.find("default", sample_id(1));
  CHECK_FALSE(job.spec.paused);
  CHECK_FALSE(job.pause_reason);
  CHECK(job.next == at(9));
}

void a_job_that_never_fires_by_the_new_rules_is_purged(Store& store) {
  StoreDriver driver(store);
  Job job = sample_cron(1, "0 0 9 1 1 ? 2031", kStart);
  job.spec.timezone = kZone;
  std::get<Recurring>(job.spec.schedule).zone = shifted_zone(kZone, 0);
  REQUIRE(job.next);
  REQUIRE(driver.create(job));
  CHECK(rezone(store, shifted_zone(kZone, 2), *job.next - Millis{1}).moved == 1);
  CHECK_FALSE(driver.find("default", job.id).has_value());
  CHECK(driver.counts().jobs == 0);
}

void a_zone_without_jobs_is_forgotten(Store& store) {
  StoreDriver driver(store);
  REQUIRE(driver.create(zoned_job(1, 1)));
  REQUIRE(driver.remove("default", sample_id(1)));
  rezone(store, shifted_zone(kZone, 2));
  CHECK(zones(store).empty());
}

void many_jobs_are_rezoned_in_steps(Store& store) {
  StoreDriver driver(store);
  constexpr std::uint32_t kMany = 2'500;
  for (std::uint32_t number = 1; number <= kMany; ++number)
    store.create(zoned_job(number, 1), [](const auto& created) { CHECK(created); });
  while (store.commit_group()) {
  }
  CHECK(rezone(store, shifted_zone(kZone, 2)).moved == kMany);
  CHECK(rezone(store, nullptr).paused == kMany);
  CHECK(rezone(store, shifted_zone(kZone, 3)).resumed == kMany);
}

}  // namespace

std::vector<StoreCase> zone_cases() {
  return {
      {"a time zone and a pause are kept", a_time_zone_and_a_pause_are_kept},
      {"a paused job does not fire", a_paused_job_does_not_fire},
      {"the zones of recurring jobs are known", the_zones_of_recurring_jobs_are_known},
      {"other rules move the next fire time", other_rules_move_the_next_fire_time},
      {"the same rules move nothing", the_same_rules_move_nothing},
      {"a fire time that has come stays", a_fire_time_that_has_come_stays},
      {"a job held up by a delivery moves and stays held up",
       a_job_held_up_by_a_delivery_moves_and_stays_held_up},
      {"a missing zone pauses its jobs with the reason",
       a_missing_zone_pauses_its_jobs_with_the_reason},
      {"a zone that is back resumes them", a_zone_that_is_back_resumes_them},
      {"a delivery that ends does not purge a paused job",
       a_delivery_that_ends_does_not_purge_a_paused_job},
      {"a replacement ends the daemon's pause", a_replacement_ends_the_daemons_pause},
      {"a job that never fires by the new rules is purged",
       a_job_that_never_fires_by_the_new_rules_is_purged},
      {"a zone without jobs is forgotten", a_zone_without_jobs_is_forgotten},
      {"many jobs are rezoned in steps", many_jobs_are_rezoned_in_steps},
  };
}

}  // namespace jobsched::testing
