#include "core/job/url.h"
#include "core/limits.h"
#include "tests/fuzz/fuzz.h"

using jobsched::fuzz::require;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = jobsched::fuzz::as_text(data, size);
  const auto url = jobsched::parse_callback_url(text);
  if (!url) {
    require(url.error().field == "url" && !url.error().detail.empty());
    require(url.error().position <= text.size());
    return 0;
  }
  require(text.size() <= jobsched::kMaxUrlBytes);
  require(url->scheme == "http" || url->scheme == "https");
  require(!url->host.empty() && url->port != 0);
  for (const char c : text)
    require(c > ' ' && c < '\x7F');
  return 0;
}
