#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/api/call.h"
#include "daemon/http/message.h"

namespace jobsched {

// The hosts that a daemon is asked by. A web page can have its own name resolve to this machine
// once the browser has loaded it (DNS rebinding): the browser then takes the daemon for the page's
// own site, and lets the page read what it answers and change what it likes. Only the Host still
// says whose name was asked for. It must be one that no page can have, wherever nothing but being
// reached protects a daemon: `localhost` or a name below it, an IP address, or a host that the
// daemon is told to listen on.
//
// Others are answered with 421 (Misdirected Request), with which RFC 9110 section 7.4 has a server
// reject a target that it is no authority for; 403 would say that the same could be allowed to
// somebody else.
class HostNames {
 public:
  // `listen` are the addresses to listen on, as they are set.
  explicit HostNames(const std::vector<std::string>& listen = {});

  // Why a request is misdirected, and what to do; absent if it is for one of these hosts. So is
  // every request on a UNIX socket, which web pages cannot reach, and one that names no host, as
  // HTTP/1.0 allows: it comes from no browser.
  std::optional<std::string> fault(const http::Request& request) const;

  // Whether a call is for one of these hosts. With any other it is answered here.
  bool admit(const Call& call) const;

 private:
  std::vector<std::string> names_;  // in lower case
};

}  // namespace jobsched
