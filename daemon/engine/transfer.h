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
#include "daemon/engine/deliverer.h"

namespace jobsched {

// One attempt as a libcurl transfer: the options that make it keep the contract of Deliverer, and
// what its end means. Can be used for one attempt after the other.
class Transfer {
 public:
  // `gate` judges each address before it is connected to. Both outlive the transfer.
  Transfer(ConnectGate& gate, const Clock& clock);
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

  // The transfer of a handle that `prepare` was called on.
  static Transfer& of(CURL* handle);

 private:
  struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };

  struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  struct Failure {
    Fault fault;
    std::string error;
  };

  static curl_socket_t on_connect(void* self, curlsocktype purpose, curl_sockaddr* address);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static int on_request(void* self, char* remote, char* local, int remote_port, int local_port);

  void set_constant_options();
  bool set_headers();
  Failure failure(CURLcode code) const;
  Failure other_failure(CURLcode code) const;

  ConnectGate& gate_;
  const Clock& clock_;
  std::unique_ptr<CURL, EasyDeleter> easy_;
  std::unique_ptr<curl_slist, ListDeleter> headers_;
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
