#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "daemon/fd.h"
#include "daemon/http/message.h"

namespace jobsched::http {

// Which request on which connection an answer is for. Neither number is used again.
struct Ticket {
  std::uint64_t connection = 0;
  std::uint64_t request = 0;

  bool operator==(const Ticket&) const = default;
};

// An answer on its way to the server's thread; without a response, the responder was dropped.
struct Answer {
  Ticket ticket;
  std::optional<Response> response;
};

// What other threads want of the server's thread.
struct Mail {
  std::vector<Answer> answers;
  std::vector<std::function<void()>> calls;       // to be made there
  std::optional<std::chrono::milliseconds> stop;  // the shortest grace asked for
};

// Takes mail from any thread to the server's. Shared by the server and the responders it gave out,
// which may outlive it.
class Mailbox {
 public:
  Mailbox();

  // Any thread.
  void post(Answer answer);
  void post_call(std::function<void()> call);
  void post_stop(std::chrono::milliseconds grace);

  // Readable while there is mail for a server that has gone to sleep. -1 if there was no descriptor
  // to be had.
  int fd() const { return wake_.get(); }

  // The server's thread only: everything posted so far.
  Mail take();

  // The server's thread only: says that it will wait for `fd`. False if there is mail already.
  bool sleep();

  // The server's thread only: drops what is there and all that will come.
  void close();

 private:
  void wake();

  Fd wake_;
  std::mutex mutex_;
  Mail mail_;
  bool asleep_ = false;  // saves a system call for each answer given on the server's own thread
  bool rung_ = false;    // wake_ is readable
  bool closed_ = false;
};

// The responder of one request: posts its answer.
std::unique_ptr<Responder> make_responder(std::shared_ptr<Mailbox> mailbox, Ticket ticket);

}  // namespace jobsched::http
