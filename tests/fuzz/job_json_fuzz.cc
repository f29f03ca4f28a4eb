#include "core/codec/codec.h"
#include "tests/fuzz/fuzz.h"

using jobsched::Format;
using jobsched::fuzz::require;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = jobsched::read_job(Format::kJson, jobsched::fuzz::as_text(data, size));
  if (!document) {
    require(!document.error().detail.empty());
    return 0;
  }
  const std::string text = jobsched::write_document(Format::kJson, *document);
  require(jobsched::read_job(Format::kJson, text) == *document);
  return 0;
}
