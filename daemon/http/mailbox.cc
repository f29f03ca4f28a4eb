#include "daemon/http/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace jobsched::http {

namespace {

class MailResponder final : public Responder {
 public:
  MailResponder(std::shared_ptr<Mailbox> mailbox, Ticket ticket)
      : mailbox_(std::move(mailbox)), ticket_(ticket) {}

  MailResponder(const MailResponder&) = delete;
  MailResponder& operator=(const MailResponder&) = delete;

  ~MailResponder() override {
    if (mailbox_) mailbox_->post({ticket_, std::nullopt});
  }

  void respond(Response response) override {
    if (const auto mailbox = std::exchange(mailbox_, nullptr)) {
      mailbox->post({ticket_, std::move(response)});
    }
  }

 private:
  std::shared_ptr<Mailbox> mailbox_;  // until it has answered
  Ticket ticket_;
};

}  // namespace

Mailbox::Mailbox() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Mailbox::post(Answer answer) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  mail_.answers.push_back(std::move(answer));
  wake();
}

void Mailbox::post_call(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  mail_.calls.push_back(std::move(call));
  wake();
}

void Mailbox::post_stop(std::chrono::milliseconds grace) {
  const std::lock_guard lock(mutex_);
  mail_.stop = std::min(mail_.stop.value_or(grace), grace);
  wake();
}

Mail Mailbox::take() {
  const std::lock_guard lock(mutex_);
  asleep_ = false;
  return std::exchange(mail_, {});
}

bool Mailbox::sleep() {
  const std::lock_guard lock(mutex_);
  if (mail_.stop || !mail_.answers.empty() || !mail_.calls.empty()) return false;
  eventfd_t count = 0;
  if (std::exchange(rung_, false)) static_cast<void>(::eventfd_read(wake_.get(), &count));
  asleep_ = true;
  return true;
}

void Mailbox::close() {
  Mail dropped;  // goes after the lock: a body source may do anything when it goes
  const std::lock_guard lock(mutex_);
  closed_ = true;
  std::swap(dropped, mail_);
}

// With the lock held, so that the descriptor is written at most once for each sleep.
void Mailbox::wake() {
  if (!std::exchange(asleep_, false)) return;
  rung_ = true;
  static_cast<void>(::eventfd_write(wake_.get(), 1));
}

std::unique_ptr<Responder> make_responder(std::shared_ptr<Mailbox> mailbox, Ticket ticket) {
  return std::make_unique<MailResponder>(std::move(mailbox), ticket);
}

}  // namespace jobsched::http
