#include "core/delivery/log.h"

#include <algorithm>
#include <array>

namespace jobsched {

namespace {

constexpr std::array<std::string_view, 7> kStates{"waiting",    "inFlight", "accepted", "exhausted",
                                                  "superseded", "skipped",  "cancelled"};

constexpr std::array<std::string_view, 10> kFaults{
    "accepted", "status",     "dns",      "connect", "tls",
    "timeout",  "connection", "protocol", "blocked", "interrupted"};

template <class Enum, class Names>
std::optional<Enum> parse_name(const Names& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view state_name(DeliveryState state) {
  return kStates[static_cast<std::size_t>(state)];
}

std::optional<DeliveryState> parse_state(std::string_view name) {
  return parse_name<DeliveryState>(kStates, name);
}

bool is_terminal(DeliveryState state) {
  return state != DeliveryState::kWaiting && state != DeliveryState::kInFlight;
}

std::string_view fault_name(Fault fault) {
  return kFaults[static_cast<std::size_t>(fault)];
}

std::optional<Fault> parse_fault(std::string_view name) {
  return parse_name<Fault>(kFaults, name);
}

}  // namespace jobsched
