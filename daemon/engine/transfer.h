#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include <curl/curl.h>

#include "daemon/engine/answer.h"
#include "daemon/engine/deliverer.h"

namespace jobsched {

// One attempt as a libcurl transfer: the options that make it keep the contract of Deliverer, and
// what its end means. Can be used for one attempt after the other.
class Transfer {
 public:
  Transfer();
  ~Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* handle() const { return easy_.get(); }

  // Sets up an attempt. False if libcurl refuses it.
  bool prepare(AttemptRequest request, std::function<void(AttemptResult)> done);

  // What it means that the transfer ended with `code` at `now`.
  AttemptResult result(CURLcode code, Instant now) const;

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

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static int on_request(void* self, char* remote, char* local, int remote_port, int local_port);

  void set_constant_options();
  bool set_headers();
  std::string failure(CURLcode code) const;

  std::unique_ptr<CURL, EasyDeleter> easy_;
  std::unique_ptr<curl_slist, ListDeleter> headers_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  AttemptRequest request_;
  std::function<void(AttemptResult)> done_;
  Answer answer_;
  bool sent_ = false;
};

}  // namespace jobsched
