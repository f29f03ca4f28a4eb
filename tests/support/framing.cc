#include "tests/support/framing.h"

#include <algorithm>

namespace jobsched::http {

namespace {

std::string describe(const Complete& complete) {
  const Request& request = complete.request;
  std::string text = request.method + " " + request.target;
  for (const auto& [name, value] : request.headers)
    text += " {" + name + ": " + value + "}";
  return text + " <" + request.body + ">" + (complete.keep_alive ? " keep\n" : " close\n");
}

}  // namespace

std::string transcript(std::string_view bytes,
                       const std::function<std::size_t(std::size_t left)>& piece,
                       FramerLimits limits) {
  Framer framer(limits);
  std::string text;
  while (!bytes.empty()) {
    const std::size_t size = std::clamp<std::size_t>(piece(bytes.size()), 1, bytes.size());
    framer.feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
    while (true) {
      const auto outcome = framer.poll();
      if (std::holds_alternative<NeedMore>(outcome)) break;
      if (const auto* refused = std::get_if<Refused>(&outcome)) {
        return text + std::to_string(refused->status) + " " + refused->detail + "\n";
      }
      text += describe(std::get<Complete>(outcome));
    }
  }
  return text;
}

std::string transcript(std::string_view bytes, FramerLimits limits) {
  return transcript(
      bytes, [](std::size_t left) { return left; }, limits);
}

}  // namespace jobsched::http
