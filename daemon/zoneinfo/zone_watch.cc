#include "daemon/zoneinfo/zone_watch.h"

#include <utility>

namespace jobsched {

ZoneWatch::ZoneWatch(ZoneCache& zones,
                     Store& store,
                     const Clock& clock,
                     std::function<void(Instant)> on_due,
                     std::function<void(const ZoneReport&)> report)
    : zones_(zones),
      store_(store),
      clock_(clock),
      on_due_(std::move(on_due)),
      report_(std::move(report)) {}

void ZoneWatch::check() {
  if (under_way_ > 0) return;
  const Result<std::vector<ZoneInUse>> in_use = store_.zones();
  if (!in_use) return;
  for (const ZoneInUse& zone : *in_use) {
    std::shared_ptr<const Zone> rules = zones_.look_again(zone.name);
    const auto now = rules ? std::optional{fingerprint(*rules)} : std::nullopt;
    if (now == zone.fingerprint) continue;
    ++under_way_;
    rezone({{zone.name, rules == nullptr}, std::move(rules), std::nullopt});
  }
}

void ZoneWatch::rezone(Pass pass) {
  const Rezoning rezoning{pass.report.zone, pass.rules, pass.after};
  store_.rezone(
      rezoning, clock_.now(),
      [this, pass = std::move(pass)](const Result<Rezoned>& done) { take_in(pass, done); });
}

void ZoneWatch::take_in(Pass pass, const Result<Rezoned>& done) {
  if (!done) {
    --under_way_;
    return;
  }
  pass.report.moved += done->moved;
  pass.report.paused += done->paused;
  pass.report.resumed += done->resumed;
  pass.after = done->rest_after;
  if (done->next_due) on_due_(*done->next_due);
  if (pass.after) {
    rezone(std::move(pass));
    return;
  }
  report_(pass.report);
  --under_way_;
}

}  // namespace jobsched
