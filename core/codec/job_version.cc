#include "core/codec/job_version.h"

#include <algorithm>
#include <cstdint>

#include "core/codec/codec.h"

namespace jobsched {

namespace {

// FNV-1a: nobody gains from a collision, which would only let their own change through.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 14'695'981'039'346'656'037U;
  for (const char c : text) {
    value ^= static_cast<unsigned char>(c);
    value *= 1'099'511'628'211U;
  }
  return value;
}

}  // namespace

std::string job_version(const JobSpec& spec) {
  Job job;
  job.spec = spec;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  const std::uint64_t value = hash(write_job(Format::kJson, job));
  for (unsigned shift = 64; shift > 0; shift -= 4)
    text += kDigits[value >> (shift - 4) & 0xFU];
  return text;
}

bool is_expected(const JobVersions& versions, const JobSpec& spec) {
  return versions.empty() || std::ranges::find(versions, job_version(spec)) != versions.end();
}

tl::unexpected<Error> changed_meanwhile(const JobId& id) {
  return fail(ErrorKind::kPreconditionFailed,
              "job " + format_job_id(id) +
                  " is not, or no longer, the one of If-Match; get it again and look at what has "
                  "changed before you send this again");
}

}  // namespace jobsched
