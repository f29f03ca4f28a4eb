#include "daemon/engine/curl_deliverer.h"

#include <algorithm>
#include <functional>
#include <new>
#include <string>
#include <utility>

#include "core/delivery/callback.h"

namespace jobsched {

namespace {

constexpr std::size_t kShardSize = 128;   // measured: up to here a transfer costs about the same
constexpr std::size_t kMostIdle = 1'024;  // transfers kept for further attempts, ~10 KiB each

AttemptResult interrupted(const AttemptTimings& timings) {
  AttemptResult result;
  result.outcome = Outcome::kInterrupted;
  result.error = "the daemon stopped before the attempt ended";
  result.fault = Fault::kInterrupted;
  result.timings = timings;
  return result;
}

}  // namespace

struct CurlDeliverer::Shard {
  explicit Shard(CurlDeliverer& deliverer)
      : owner(deliverer), curl(deliverer.curl_), multi(curl.multi_init()) {
    if (multi == nullptr) throw std::bad_alloc();
    curl.multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &CurlDeliverer::on_socket);
    curl.multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl.multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &CurlDeliverer::on_timeout);
    curl.multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    curl.multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    curl.multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(kShardSize));
  }

  ~Shard() {
    for (auto& [easy, transfer] : active) {
      curl.multi_remove_handle(multi, easy);
    }
    curl.multi_cleanup(multi);
  }

  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  CurlDeliverer& owner;
  const CurlLibrary& curl;
  CURLM* multi;
  std::optional<SteadyTime> timer;
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> active;
};

CurlDeliverer::CurlDeliverer(const CurlLibrary& curl,
                             SocketWatch& watch,
                             const Clock& clock,
                             std::size_t expected,
                             NetworkRules rules)
    : curl_(curl), watch_(watch), clock_(clock), gate_(std::move(rules), clock) {
  // Counted by libcurl, so that several of its users do not get in each other's way.
  curl_.global_init(CURL_GLOBAL_DEFAULT);
  for (std::size_t room = 0; room < std::max<std::size_t>(expected, 1); room += kShardSize) {
    add_shard();
  }
}

CurlDeliverer::~CurlDeliverer() {
  shards_.clear();
  retired_.clear();
  idle_.clear();
  curl_.global_cleanup();
}

template <class Function>
void CurlDeliverer::for_each_shard(const Function& function) const {
  for (const auto* shards : {&shards_, &retired_}) {
    for (const auto& shard : *shards)
      function(*shard);
  }
}

// Connections belong to their shard, and libcurl has no other way to close those that wait for
// further use.
void CurlDeliverer::set_rules(NetworkRules rules) {
  if (rules == gate_.rules()) return;
  gate_.set_rules(std::move(rules));
  auto before = std::exchange(shards_, {});
  while (shards_.size() < before.size())
    add_shard();
  for (auto& shard : before) {
    if (!shard->active.empty()) retired_.push_back(std::move(shard));
  }
}

void CurlDeliverer::add_shard() {
  shards_.push_back(std::make_unique<Shard>(*this));
}

CurlDeliverer::Shard& CurlDeliverer::shard_for(const std::string& url) {
  const std::size_t home = std::hash<std::string>{}(callback_target(url)) % shards_.size();
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    Shard& shard = *shards_[(home + i) % shards_.size()];
    if (shard.active.size() < kShardSize) return shard;
  }
  add_shard();
  return *shards_.back();
}

std::unique_ptr<Transfer> CurlDeliverer::idle_transfer() {
  if (idle_.empty()) return std::make_unique<Transfer>(curl_, gate_, clock_);
  std::unique_ptr<Transfer> transfer = std::move(idle_.back());
  idle_.pop_back();
  return transfer;
}

void CurlDeliverer::keep(std::unique_ptr<Transfer> transfer) {
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(transfer));
}

void CurlDeliverer::start(AttemptRequest request, std::function<void(AttemptResult)> done) {
  ++in_flight_;
  Shard& shard = shard_for(request.url);
  std::unique_ptr<Transfer> transfer = idle_transfer();
  const bool prepared = transfer->prepare(std::move(request), std::move(done));
  CURL* easy = transfer->handle();
  if (!prepared || curl_.multi_add_handle(shard.multi, easy) != CURLM_OK) {
    refused_.emplace_back(transfer->release(),
                          AttemptResult{Outcome::kUnreachable,
                                        0,
                                        {},
                                        false,
                                        "the request could not be made; its URL may be unusable "
                                        "or memory short",
                                        Fault::kConnect});
    return;
  }
  shard.active.emplace(easy, std::move(transfer));
}

void CurlDeliverer::interrupt_all() {
  std::vector<Result> ended;
  for (auto& [done, result] : std::exchange(refused_, {})) {
    ended.emplace_back(std::move(done), interrupted({}));
  }
  for_each_shard([&](Shard& shard) {
    for (auto& [easy, transfer] : shard.active) {
      curl_.multi_remove_handle(shard.multi, easy);
      ended.emplace_back(transfer->release(), interrupted(transfer->timings()));
      keep(std::move(transfer));
    }
    shard.active.clear();
  });
  retired_.clear();
  in_flight_ -= ended.size();
  for (auto& [done, result] : ended) {
    done(std::move(result));
  }
}

std::size_t CurlDeliverer::in_flight() const {
  return in_flight_;
}

int CurlDeliverer::on_socket(CURL*, curl_socket_t fd, int what, void* shard, void*) {
  auto& self = *static_cast<Shard*>(shard);
  CurlDeliverer& deliverer = self.owner;
  if (what == CURL_POLL_REMOVE) {
    deliverer.owners_.erase(fd);
    deliverer.watch_.unwatch(fd);
    return 0;
  }
  deliverer.owners_[fd] = &self;
  deliverer.watch_.watch(fd, (what & CURL_POLL_IN) != 0, (what & CURL_POLL_OUT) != 0);
  return 0;
}

int CurlDeliverer::on_timeout(CURLM*, long timeout_ms, void* shard) {
  auto& self = *static_cast<Shard*>(shard);
  if (timeout_ms < 0) {
    self.timer.reset();
  } else {
    self.timer = self.owner.clock_.steady_now() + Millis{timeout_ms};
  }
  return 0;
}

void CurlDeliverer::on_ready(int fd, bool readable, bool writable) {
  const auto owner = owners_.find(fd);
  if (owner == owners_.end()) return;  // an event of the round in which the socket was given up
  act(*owner->second, fd, (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0));
}

std::optional<CurlDeliverer::SteadyTime> CurlDeliverer::next_timer() const {
  if (!refused_.empty()) return clock_.steady_now();
  std::optional<SteadyTime> earliest;
  for_each_shard([&](const Shard& shard) {
    if (shard.timer && (!earliest || *shard.timer < *earliest)) earliest = shard.timer;
  });
  return earliest;
}

void CurlDeliverer::on_timer() {
  const SteadyTime now = clock_.steady_now();
  // Listed first: an attempt that ends may start others, and they may need another shard.
  std::vector<Shard*> due;
  for_each_shard([&](Shard& shard) {
    if (shard.timer && *shard.timer <= now) due.push_back(&shard);
  });
  for (Shard* shard : due) {
    shard->timer.reset();
    act(*shard, CURL_SOCKET_TIMEOUT, 0);
  }
  std::vector<Result> refused = std::exchange(refused_, {});
  in_flight_ -= refused.size();
  for (auto& [done, result] : refused) {
    done(std::move(result));
  }
}

void CurlDeliverer::act(Shard& shard, curl_socket_t fd, int events) {
  int running = 0;
  curl_.multi_socket_action(shard.multi, fd, events, &running);
  reap(shard);
  drop_if_retired(shard);
}

void CurlDeliverer::drop_if_retired(const Shard& shard) {
  if (!shard.active.empty()) return;
  std::erase_if(retired_, [&](const auto& one) { return one.get() == &shard; });
}

void CurlDeliverer::reap(Shard& shard) {
  const Instant now = clock_.now();
  std::vector<Result> ended;
  int left = 0;
  while (const CURLMsg* message = curl_.multi_info_read(shard.multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const auto active = shard.active.extract(easy);
    AttemptResult result = active.mapped()->result(message->data.result, now);
    curl_.multi_remove_handle(shard.multi, easy);
    ended.emplace_back(active.mapped()->release(), std::move(result));
    keep(std::move(active.mapped()));
  }
  in_flight_ -= ended.size();
  for (auto& [done, result] : ended) {
    done(std::move(result));
  }
}

}  // namespace jobsched
