#pragma once

#include <functional>
#include <optional>
#include <string>

#include "daemon/api/account_keys.h"
#include "daemon/api/call.h"
#include "daemon/api/host_names.h"
#include "daemon/api/rate_limit.h"
#include "daemon/clock.h"

namespace jobsched {

// Decides whose request a call is, and sets its account. A call that is not admitted is answered
// here; says whether it is.
using Admission = std::function<bool(Call& call)>;

// Every call is of kDefaultAccount.
bool admit_everybody(Call& call);

// Admits calls by the key in their header Authorization, as `Bearer KEY` or as Basic with the
// account as user and the key as password; while no account has a key, everybody as
// kDefaultAccount who asks for a host of the daemon's. Others are answered with 401, whether the
// account or the key is wrong; those of an address that has tried too many wrong ones with 429,
// which spares right ones from there.
//
// An account that asks more often than is allowed is answered with 429, too. Used by one thread.
class Authenticator {
 public:
  static constexpr int kFailures = 10;  // at once, from an address or IPv6 network of 64 bits …
  static constexpr std::chrono::seconds kFailureInterval{6};  // … and then one in this time

  // `requests_per_second` is for each account; 0: as many as it likes. `keys` outlives it.
  Authenticator(const AccountKeys& keys,
                const Clock& clock,
                int requests_per_second,
                HostNames hosts = HostNames());

  // Changes how often an account may ask; by the same number again nothing changes.
  void set_requests_per_second(int requests_per_second);

  // As of Admission.
  bool admit(Call& call);

 private:
  bool admit_without_key(Call& call) const;
  bool admit_by_key(Call& call);
  std::optional<std::string> account_of(const std::string& authorization) const;
  void refuse_credentials(const Call& call);

  const AccountKeys& keys_;
  const Clock& clock_;
  HostNames hosts_;
  RateLimit failures_;
  int requests_per_second_ = 0;
  std::optional<RateLimit> requests_;  // unless an account may ask as often as it likes
};

}  // namespace jobsched
