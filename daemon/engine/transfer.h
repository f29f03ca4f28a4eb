#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <curl/curl.h>

#include "core/net/network_rules.h"
#include "daemon/clock.h"
#include "daemon/engine/answer.h"
#include "daemon/engine/connect_gate.h"
#include "daemon/engine/curl_library.h"
#include "daemon/engine/deliverer.h"

namespace jobsched {

// One attempt as a libcurl transfer: the options that make it keep the contract of Deliverer, and
// what its end means. Can be used for one attempt after the other.
class Transfer {
 public:
  // `gate` judges each address before it is connected to. All of them outlive the transfer.
  Transfer(const CurlLibrary& curl, ConnectGate& gate, const Clock& clock);
  ~Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* handle() const { return easy_.get(); }

  // Sets up an attempt. False if libcurl refuses it.
  bool prepare(AttemptRequest request, std::function<void(AttemptResult)> done);

  // What it means that the transfer ended with `code` at `now`.
  AttemptResult result(CURLcode code, Instant now) const;

  // How far it came until now.
  AttemptTimings timings() const;

  // Forgets the attempt, and gives away what is to be called with its result.
  std::function<void(AttemptResult)> release();

 private:
  // Owns what libcurl has made, to be freed by one of its functions.
  template <class T>
  using Owner = std::unique_ptr<T, void (*)(T*)>;

  struct Failure {
    Fault fault;
    std::string error;
  };

  static curl_socket_t on_connect(void* self, curlsocktype purpose, curl_sockaddr* address);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static int on_request(void* self, char* remote, char* local, int remote_port, int local_port);

  template <class T>
  T info(CURLINFO what) const;

  void set_constant_options();
  bool set_headers();
  Failure failure(CURLcode code) const;
  Failure other_failure(CURLcode code) const;

  const CurlLibrary& curl_;
  ConnectGate& gate_;
  const Clock& clock_;
  Owner<CURL> easy_;
  Owner<curl_slist> headers_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  AttemptRequest request_;
  std::function<void(AttemptResult)> done_;
  Answer answer_;
  std::chrono::steady_clock::time_point started_;
  bool resolved_ = false;   // an address was found to connect to
  bool permitted_ = false;  // … and one of them may be
  Verdict refused_ = Verdict::kPermitted;
  bool sent_ = false;
};

}  // namespace jobsched
