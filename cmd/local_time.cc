#include "cmd/local_time.h"

#include <memory>
#include <optional>
#include <utility>

#include "core/time/time_text.h"
#include "daemon/zoneinfo/zoneinfo.h"

namespace jobsched::cmd {

namespace {

std::optional<std::string_view> value(const Environment& environment, std::string_view variable) {
  const auto found = environment.find(variable);
  if (found == environment.end()) return std::nullopt;
  return found->second;
}

}  // namespace

Fallible<Zone> local_zone(const Environment& environment) {
  auto zone =
      load_local_zone(value(environment, "TZ"), zone_directory(environment), kLocaltimePath);
  if (!zone) return refuse_argument("TZ", zone.error());
  return *std::move(zone);
}

Fallible<Zone> named_zone(const std::string& name,
                          std::string_view iana_name,
                          const Environment& environment) {
  auto zone = load_zone(iana_name, zone_directory(environment));
  if (!zone) return fail(ExitCode::kRefused, name + ": " + zone.error().detail);
  return *std::move(zone);
}

ZoneLookup zones_of(const Environment& environment) {
  return [directory = zone_directory(environment)](std::string_view name) {
    return load_zone(name, directory).map([](Zone zone) {
      return std::shared_ptr<const Zone>(std::make_shared<Zone>(std::move(zone)));
    });
  };
}

Fallible<Instant> parse_time_in(const Zone& zone,
                                const std::string& name,
                                std::string_view text,
                                Instant now) {
  const auto instant = parse_time(text, now, zone);
  if (!instant) return refuse_argument(name, instant.error());
  return *instant;
}

Fallible<Instant> parse_local_time(const std::string& name,
                                   std::string_view text,
                                   Instant now,
                                   const Environment& environment) {
  const auto zone = local_zone(environment);
  if (!zone) return tl::unexpected(zone.error());
  return parse_time_in(*zone, name, text, now);
}

}  // namespace jobsched::cmd
