// What is negotiated of a set of types is what would be negotiated of it alone, and nothing is
// unless one of them could be had by itself.

#include <array>

#include "core/codec/format.h"
#include "tests/fuzz/fuzz.h"

using jobsched::MediaType;
using jobsched::fuzz::require;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::array kOffered{jobsched::kTextPlain, jobsched::kApplicationJson,
                                       jobsched::kTextXml, jobsched::kApplicationXml};
  const std::string_view accept = jobsched::fuzz::as_text(data, size);
  const auto chosen = jobsched::negotiate(accept, kOffered);
  bool any = false;
  for (const MediaType& type : kOffered) {
    const auto alone = jobsched::negotiate(accept, {&type, 1});
    require(!alone || *alone == type);
    if (chosen == type) require(alone.has_value());
    any = any || alone;
  }
  require(chosen.has_value() == any);
  return 0;
}
