#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobsched {

// Whether only this machine can reach what is listened on: a loopback address or a UNIX socket.
bool is_local_address(std::string_view address);

// Where a daemon listens, and what protects it there.
struct Exposure {
  std::vector<std::string> addresses;
  bool has_accounts = false;
  bool has_tls = false;
  bool allow_plaintext = false;  // tls.allow_plaintext
};

// Why a daemon must not listen so, and what to do; absent if it may. Others than this machine may
// reach it only if it has accounts, without which whoever reaches it may do everything, and TLS, or
// the admin's word that something else keeps the accounts' keys from being read on the way.
std::optional<std::string> exposure_fault(const Exposure& exposure);

}  // namespace jobsched
