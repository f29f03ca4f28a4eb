#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <string>
#include <unordered_map>

namespace jobsched::http {

// Who is at the other end of a connection: an IPv4 address, or the IPv6 network of 64 bits that
// one client commonly has all addresses of; as bytes. Empty for this machine: it is trusted, and a
// proxy on it speaks for many.
std::string peer_of(const sockaddr_storage& address);

// How many connections each peer has. Not thread-safe.
class Peers {
 public:
  // Nobody who is empty is counted.
  void enter(const std::string& peer);
  void leave(const std::string& peer);

  std::size_t count(const std::string& peer) const;

 private:
  std::unordered_map<std::string, std::size_t> counts_;
};

}  // namespace jobsched::http
