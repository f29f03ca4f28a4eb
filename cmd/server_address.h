#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace jobsched::cmd {

constexpr std::string_view kDefaultServer = "http://127.0.0.1:7243";

// Where a client command finds the daemon.
struct ServerAddress {
  std::string text;       // as given, for messages
  std::string authority;  // host and port as given, e.g. "127.0.0.1:7243"
  std::string host;       // a name, or an IP address without brackets
  std::string port;       // the scheme's own if none is given
  std::string path = {};  // what goes before a target, without a slash at its end
  bool tls = false;
  std::string socket = {};    // the path of a UNIX socket; empty for TCP
  std::string cacert = {};    // PEM: the authorities that TLS trusts; empty: those of the system
  std::string key_file = {};  // with the key that the client shows itself by; empty: by none
  std::string_view named_by = "-s or JOBSCHED_SERVER";  // for messages: what names another
};

// Reads "http://HOST[:PORT]", the same with https, or "unix:/path"; a path after the port is that
// of a proxy before the daemon. No user name, query or fragment: credentials do not belong on a
// command line. Errors: kInvalid.
Result<ServerAddress> parse_server_address(std::string_view text);

}  // namespace jobsched::cmd
