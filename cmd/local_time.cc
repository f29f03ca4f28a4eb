#include "cmd/local_time.h"

#include <optional>

#include "core/time/time_text.h"
#include "daemon/zoneinfo/zoneinfo.h"

namespace jobsched::cmd {

Fallible<Instant> parse_local_time(const std::string& name,
                                   std::string_view text,
                                   Instant now,
                                   const Environment& environment) {
  const auto value = [&](std::string_view variable) -> std::optional<std::string_view> {
    const auto found = environment.find(variable);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
  const auto zone =
      load_local_zone(value("TZ"), value("TZDIR").value_or(kZoneinfoDirectory), kLocaltimePath);
  if (!zone) return refuse_argument("TZ", zone.error());
  const auto instant = parse_time(text, now, *zone);
  if (!instant) return refuse_argument(name, instant.error());
  return *instant;
}

}  // namespace jobsched::cmd
