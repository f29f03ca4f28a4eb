#include "daemon/store/postgres/listener.h"

#include <chrono>
#include <thread>

namespace jobsched::pg {

void Listener::listen(const std::function<void()>& on_news) {
  while (!stopped_) {
    try {
      hear(on_news);
    } catch (const Exception&) {
      rest();  // the store says what is wrong
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

// Before it tries again.
void Listener::rest() const {
  constexpr int kTimes = 5;
  for (int times = 0; times < kTimes && !stopped_; ++times)
    std::this_thread::sleep_for(kPatience);
}

}  // namespace jobsched::pg
