// Feeds bytes to a framer at one go and in pieces, as the first byte says: both must come to the
// same, and neither may hold more than the limits allow.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/http/framer.h"

namespace {

using jobsched::http::Complete;
using jobsched::http::Framer;
using jobsched::http::FramerLimits;
using jobsched::http::NeedMore;
using jobsched::http::Refused;

constexpr FramerLimits kLimits{
    .request_line = 200, .headers = 500, .header_count = 10, .body = 100};
constexpr std::size_t kMostHeld = 200 + 500 + 100 + 300;  // and a line that is not complete

std::string transcript(std::string_view bytes, std::size_t piece) {
  Framer framer(kLimits);
  std::string text;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    framer.feed(bytes.substr(0, piece));
    while (true) {
      const auto outcome = framer.poll();
      if (std::holds_alternative<NeedMore>(outcome)) break;
      if (const auto* refused = std::get_if<Refused>(&outcome)) {
        return text + std::to_string(refused->status) + refused->detail;
      }
      const auto& [request, keep_alive] = std::get<Complete>(outcome);
      text += request.method + " " + request.target + (keep_alive ? "+" : "-");
      for (const auto& [name, value] : request.headers)
        text += name + ":" + value + "\n";
      text += request.body + "\n";
      if (request.body.size() > kLimits.body) std::abort();
    }
    if (framer.buffered() > kMostHeld) std::abort();
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const void* const any = data + 1;
  const std::string_view bytes(static_cast<const char*>(any), size - 1);
  if (transcript(bytes, bytes.size() + 1) != transcript(bytes, data[0] % 16 + 1U)) std::abort();
  return 0;
}
