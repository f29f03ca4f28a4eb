#include "daemon/store/postgres/listener.h"

namespace jobsched::pg {

namespace {

constexpr Millis kBetweenTries{1'000};

}  // namespace

void Listener::listen(const std::function<void()>& on_news) {
  while (!stopped_) {
    try {
      hear(on_news);
    } catch (const Exception&) {
      rest_.take(kBetweenTries);  // the store says what is wrong
    }
  }
}

void Listener::hear(const std::function<void()>& on_news) {
  Connection connection(pq_, target_);
  connection.run("LISTEN jobsched");
  while (!stopped_) {
    bool news = false;
    connection.await_notices(kPatience,
                             [&](const std::string& who) { news = news || who != own_; });
    if (news) on_news();
  }
}

}  // namespace jobsched::pg
