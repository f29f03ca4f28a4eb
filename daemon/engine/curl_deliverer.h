#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "core/net/network_rules.h"
#include "daemon/clock.h"
#include "daemon/engine/connect_gate.h"
#include "daemon/engine/curl_library.h"
#include "daemon/engine/deliverer.h"
#include "daemon/engine/socket_watch.h"
#include "daemon/engine/transfer.h"

namespace jobsched {

// A deliverer on libcurl, driven by an event loop through three members: `on_ready`, `next_timer`
// and `on_timer`. One libcurl multi handle spends time in proportion to its transfers on each of
// them, so the attempts are spread over several ("shards"); all attempts to one target stay in one
// shard while it has room, so that connections are used again.
//
// The process must ignore SIGPIPE: TLS libraries write to sockets that have gone.
class CurlDeliverer final : public Deliverer {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // `expected` is how many attempts will be in flight at most in normal operation; more work, too.
  // `rules` say where they may go. What is given by reference outlives the deliverer.
  CurlDeliverer(const CurlLibrary& curl,
                SocketWatch& watch,
                const Clock& clock,
                std::size_t expected,
                NetworkRules rules = {});
  // Attempts under way are dropped; nobody is called.
  ~CurlDeliverer() override;
  CurlDeliverer(const CurlDeliverer&) = delete;
  CurlDeliverer& operator=(const CurlDeliverer&) = delete;

  void start(AttemptRequest request, std::function<void(AttemptResult)> done) override;
  void interrupt_all() override;
  std::size_t in_flight() const override;

  // Changes where attempts may go. Those under way are left to end, unless they have yet to
  // connect; the others use no connection that was made under the rules before. By the same rules
  // again nothing changes.
  void set_rules(NetworkRules rules);

  // Says that a watched socket is ready.
  void on_ready(int fd, bool readable, bool writable);

  // When `on_timer` is to be called, absent if only a socket can change anything.
  std::optional<SteadyTime> next_timer() const;

  // Does what is due at the clock's time.
  void on_timer();

 private:
  struct Shard;
  using Result = std::pair<std::function<void(AttemptResult)>, AttemptResult>;

  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* shard, void* socket);
  static int on_timeout(CURLM* multi, long timeout_ms, void* shard);

  template <class Function>
  void for_each_shard(const Function& function) const;
  void add_shard();
  Shard& shard_for(const std::string& url);
  std::unique_ptr<Transfer> idle_transfer();
  void act(Shard& shard, curl_socket_t fd, int events);
  void reap(Shard& shard);
  void drop_if_retired(const Shard& shard);
  void keep(std::unique_ptr<Transfer> transfer);

  const CurlLibrary& curl_;
  SocketWatch& watch_;
  const Clock& clock_;
  ConnectGate gate_;  // outlives the transfers
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::unique_ptr<Shard>> retired_;  // get no more attempts, and go with their last
  std::unordered_map<int, Shard*> owners_;       // of watched sockets
  std::vector<std::unique_ptr<Transfer>> idle_;
  std::vector<Result> refused_;  // attempts that could not even begin
  std::size_t in_flight_ = 0;
};

}  // namespace jobsched
