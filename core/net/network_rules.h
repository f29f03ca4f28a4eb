#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/net/ip_address.h"

namespace jobsched {

// Where callbacks may go.
struct NetworkRules {
  bool public_only = false;  // to public addresses, or to any
  std::vector<IpNetwork> allow = {};
  std::vector<IpNetwork> deny = {};

  bool operator==(const NetworkRules&) const = default;
};

// Whether the public Internet can reach the address: it is in none of the special-purpose networks
// of the IANA registries (RFC 6890), nor multicast, nor reserved.
bool is_public(const IpAddress& address);

// Whether the address is link-local, or one at which a cloud tells an instance its secrets.
bool is_link_local_or_metadata(const IpAddress& address);

enum class Verdict {
  kPermitted,
  kDenied,               // by an entry of `deny`
  kLinkLocalOrMetadata,  // and no entry of `allow` names it
  kNotPublic,            // and only public addresses are permitted
};

// Judges a connection to `address`; `own` are the addresses of this machine, none of which is
// public. In this order:
//
//   1. the longest entry of `deny` for the address forbids it, unless an entry of `allow` for it is
//      longer still;
//   2. an entry of `allow` for it permits it;
//   3. a link-local or metadata address is forbidden;
//   4. where only public addresses are permitted, any other is forbidden.
//
// An entry of `allow` that is wider than the link-local, metadata or loopback network in which the
// address lies is no entry for it: 0.0.0.0/0 does not open them. An IPv6 address that carries an
// IPv4 address to which its packets may be passed on (NAT64, 6to4, Teredo, translated, compatible)
// is permitted if both are. Pure.
Verdict judge(const NetworkRules& rules,
              const IpAddress& address,
              std::span<const IpAddress> own = {});

// Why a callback was not sent, for people; names the setting and never the address, which may be a
// secret of this network. Empty for kPermitted.
std::string_view refusal(Verdict verdict);

// Judges the host of a callback URL as far as its text tells: one that is an address and must not
// be connected to is refused before any job is made. Names can change what they stand for; they are
// judged when they have been looked up.
// Errors: kInvalid with field "url".
Result<void> check_host(const NetworkRules& rules, std::string_view host);

}  // namespace jobsched
