#include "daemon/api/target.h"

#include <optional>
#include <span>
#include <vector>

#include "core/text/percent.h"

namespace jobsched {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

tl::unexpected<Error> malformed_escape() {
  return fail(ErrorKind::kMalformed,
              "a % in the path must be followed by two hexadecimal digits; write % itself as %25");
}

Result<Target> one_job(std::string_view segment) {
  const auto id = percent_decode(segment);
  if (!id) return malformed_escape();
  if (*id == "delete") return DeletionTarget{};
  return JobTarget{*id};
}

// What a word behind the id of a job asks for; absent for any other pair of segments.
std::optional<Target> of_job(const std::string& segment, const std::string& word) {
  const std::optional<JobId> id = parse_job_id(segment);
  if (!id) return std::nullopt;
  if (word == "fire") return JobActionTarget{*id, JobAction::kFire};
  if (word == "pause") return JobActionTarget{*id, JobAction::kPause};
  if (word == "resume") return JobActionTarget{*id, JobAction::kResume};
  if (word == "deliveries") return JobDeliveriesTarget{*id};
  return std::nullopt;
}

Result<Target> two_segments(std::string_view first, std::string_view second) {
  const auto schedule = percent_decode_form(first);
  const auto schedule_with_plus = percent_decode(first);
  const auto callback = percent_decode(second);
  if (!schedule || !schedule_with_plus || !callback) return malformed_escape();
  if (auto target = of_job(*schedule_with_plus, *callback)) return *target;
  return PathJobTarget{*schedule, *schedule_with_plus, *callback};
}

// `parts` are those behind /1/jobs.
Result<Target> parse_jobs(std::span<const std::string_view> parts) {
  switch (parts.size()) {
    case 0: return JobsTarget{};
    case 1: return one_job(parts[0]);
    case 2: return two_segments(parts[0], parts[1]);
    default:
      return fail(ErrorKind::kNotFound,
                  "there is nothing here; a callback URL in a path must be percent-encoded, "
                  "with every / as %2F");
  }
}

// Likewise behind /1/deliveries.
Result<Target> parse_deliveries(std::span<const std::string_view> parts) {
  if (parts.empty()) return DeliveriesTarget{};
  const auto id = percent_decode(parts[0]);
  if (!id) return malformed_escape();
  if (parts.size() == 1) return DeliveryTarget{*id};
  if (parts.size() == 2 && parts[1] == "retry") return RetryTarget{*id};
  return fail(
      ErrorKind::kNotFound,
      "there is nothing here; what can be done with a delivery is /1/deliveries/<id>/retry");
}

}  // namespace

Result<Target> parse_target(std::string_view raw_path) {
  // The first part is empty: the path begins with a slash.
  const std::vector<std::string_view> parts = split(raw_path, '/');
  if (parts.size() >= 3 && parts[1] == "1") {
    const auto rest = std::span(parts).subspan(3);
    if (parts[2] == "jobs") return parse_jobs(rest);
    if (parts[2] == "secrets" && rest.empty()) return SecretsTarget{};
    if (parts[2] == "deliveries") return parse_deliveries(rest);
  }
  if (raw_path == "/") return PageTarget{};
  if (raw_path == "/openapi.json") return OpenApiTarget{};
  return fail(ErrorKind::kNotFound,
              "there is nothing here; the jobs are at /1/jobs, their deliveries at /1/deliveries, "
              "and a page about all of it is at /");
}

}  // namespace jobsched
