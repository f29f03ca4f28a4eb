#include "daemon/daemon.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/time/duration.h"
#include "core/time/iso8601.h"
#include "daemon/admin_listener.h"
#include "daemon/api/account_keys.h"
#include "daemon/api/accounts_api.h"
#include "daemon/api/admin_api.h"
#include "daemon/api/answer.h"
#include "daemon/api/api.h"
#include "daemon/api/authenticator.h"
#include "daemon/api/health_api.h"
#include "daemon/api/host_names.h"
#include "daemon/api/request_log.h"
#include "daemon/certificate.h"
#include "daemon/clock.h"
#include "daemon/descriptors.h"
#include "daemon/engine/curl_deliverer.h"
#include "daemon/engine/curl_library.h"
#include "daemon/engine/engine_loop.h"
#include "daemon/engine/scheduler.h"
#include "daemon/fd.h"
#include "daemon/http/server.h"
#include "daemon/http/tls_identity.h"
#include "daemon/log.h"
#include "daemon/monitor.h"
#include "daemon/random.h"
#include "daemon/reload.h"
#include "daemon/report.h"
#include "daemon/service_manager.h"
#include "daemon/settings/exposure.h"
#include "daemon/signals.h"
#include "daemon/status_line.h"
#include "daemon/store/history_pruner.h"
#include "daemon/store/open_store.h"
#include "daemon/store/store_address.h"
#include "daemon/watchdog.h"
#include "daemon/zoneinfo/zone_cache.h"
#include "daemon/zoneinfo/zone_watch.h"
#include "daemon/zoneinfo/zoneinfo.h"

namespace jobsched {

namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kTryLater = 75;          // EX_TEMPFAIL: another daemon has the store
constexpr int kBadConfiguration = 78;  // EX_CONFIG: a restart would not help

constexpr std::chrono::seconds kAdminDrainTime{1};  // when all else has ended

// Leaves the connections of everybody else alone.
constexpr std::size_t kAdminConnections = 64;

// How soon a change of the time zone data shows in the jobs that follow it.
constexpr std::chrono::seconds kZoneCheck{2};

// How long the service manager is asked to have patience: with a start that rewrites the store,
// which a restart would only begin anew, and with a stop, beyond the drain, for the last records.
constexpr std::chrono::hours kMigrationTime{1};
constexpr std::chrono::seconds kStopTime =
    EngineLoop::kRecordGrace + kAdminDrainTime + std::chrono::seconds{10};

// The signal that ends the thread which waits for signals, once everything else has ended.
constexpr int kNoMoreSignals = SIGUSR1;

// A thread that admins find by its name, e.g. in `top -H`.
template <class Run>
std::thread start(const char* name, Run run) {
  return std::thread([name, run] {
    pthread_setname_np(pthread_self(), name);
    run();
  });
}

// The parts of a running daemon, in the order in which they depend on each other.
class Daemon {
 public:
  Daemon(const Settings& settings, const SettingsSource& source, Log& log)
      : log_(log),
        settings_(settings),
        environment_(source.environment),
        notifier_(source.environment),
        reload_(source, settings, [this](const Settings& changed) { return apply(changed); }),
        hosts_(settings.listen),
        admin_hosts_(settings.admin_listen.value_or(std::vector<std::string>())),
        signals_({SIGTERM, SIGINT, SIGHUP, kNoMoreSignals}),
        certificate_(log, clock_),
        zones_(settings.zoneinfo),
        monitor_(log, clock_, [this] { return server_.connections(); }),
        health_api_([this] { return monitor_.ready(*store_); }),
        requests_(request_log(),
                  [this](http::Request request, std::unique_ptr<http::Responder> responder) {
                    answer(std::move(request), std::move(responder));
                  }),
        admin_requests_(request_log(),
                        [this](http::Request request, std::unique_ptr<http::Responder> responder) {
                          admin_api_->handle(std::move(request), std::move(responder));
                        }),
        server_(
            clock_,
            server_settings(settings),
            [this](http::Request request, std::unique_ptr<http::Responder> responder) {
              requests_.handle(std::move(request), std::move(responder));
            },
            [this](int status, std::string detail, const http::Request* partial) {
              return requests_.refused(refuse(status, std::move(detail), partial), partial);
            }),
        admin_server_(
            clock_,
            admin_server_settings(settings),
            [this](http::Request request, std::unique_ptr<http::Responder> responder) {
              admin_requests_.handle(std::move(request), std::move(responder));
            },
            [this](int status, std::string detail, const http::Request* partial) {
              return admin_requests_.refused(refuse(status, std::move(detail), partial), partial);
            }) {}

  int run() {
    if (const int status = load_libraries(); status != kDone) return status;
    if (const int status = secure(); status != kDone) return status;
    if (const int status = open_store(); status != kDone) return status;
    if (const int status = load_accounts(); status != kDone) return status;
    if (const int status = listen(); status != kDone) return status;
    if (const int status = compose(); status != kDone) return status;
    check_clock();
    announce();
    serve();
    log_.info("stopped");
    return kDone;
  }

 private:
  static http::ServerSettings server_settings(const Settings& settings) {
    http::ServerSettings server;
    server.framer.body = settings.limits.body;
    server.connections = connection_share(raise_descriptor_limit(), settings.connections,
                                          settings.scheduler.concurrency);
    server.connections_per_peer = settings.connections_per_address;
    return server;
  }

  static http::ServerSettings admin_server_settings(const Settings& settings) {
    http::ServerSettings server;
    server.framer.body = settings.limits.body;
    server.connections = kAdminConnections;
    server.socket_mode = kAdminSocketMode;
    return server;
  }

  RequestLog::Dependencies request_log() {
    return {log_, clock_, monitor_.metrics().http, instance_random_.bits()};
  }

  void answer(http::Request request, std::unique_ptr<http::Responder> responder) {
    if (HealthApi::takes(request)) {
      health_api_.handle(std::move(request), std::move(responder));
    } else {
      api_->handle(std::move(request), std::move(responder));
    }
  }

  static http::Response refuse(int status, std::string detail, const http::Request* partial) {
    const auto accept = partial != nullptr ? partial->header("Accept") : std::nullopt;
    return problem_answer(status, std::move(detail), problem_type(accept, {}));
  }

  int fail_to_start(const Error& error, int status) const {
    log_.error("cannot start", {{"error", error.detail}});
    notifier_.tell("STATUS=cannot start; its log says why");
    return status;
  }

  int load_libraries() {
    const Result<CurlLibrary> curl = load_curl();
    if (!curl) return fail_to_start(curl.error(), kFailed);
    curl_ = *curl;
    return kDone;
  }

  int open_store() {
    StoreOptions options;
    options.fatal = [this](const Error& error) {
      log_.error("the store has failed; ending now, so that nothing unwritten is relied on",
                 {{"error", error.detail}});
      std::_Exit(kFailed);
    };
    options.damaged = [this](const Error& error) {
      log_.error("a stored job or secret cannot be read and is put aside",
                 {{"error", error.detail}});
    };
    options.committed = [this](const CommitReport& commit) { monitor_.committed(commit); };
    options.migrating = [this] {
      log_.info("the store is brought to the form of this version, which may take a while",
                {{"store", shown_address(settings_.store)}});
      notifier_.tell("STATUS=bringing the store to the form of this version\n" +
                     extend_timeout(kMigrationTime));
    };
    options.zones = [this](std::string_view name) { return zones_.find(name); };
    options.jobs_per_account = settings_.jobs_per_account;
    options.instance = instance_;
    auto store = jobsched::open_store(settings_.store, std::move(options));
    if (!store) {
      const ErrorKind kind = store.error().kind;
      return fail_to_start(store.error(), kind == ErrorKind::kConflict  ? kTryLater
                                          : kind == ErrorKind::kInvalid ? kBadConfiguration
                                                                        : kFailed);
    }
    store_ = std::move(*store);
    return kDone;
  }

  // Before anybody can reach the daemon: without accounts whoever does may do everything.
  int load_accounts() {
    const Result<std::vector<Account>> accounts = store_->accounts();
    if (!accounts) return fail_to_start(accounts.error(), kFailed);
    keys_ = std::make_unique<AccountKeys>(*accounts);
    has_accounts_ = !accounts->empty();
    return kDone;
  }

  Result<void> check_exposure(const Settings& settings) const {
    const auto fault = exposure_fault(
        {settings.listen, has_accounts_, settings.tls.has_value(), settings.allow_plaintext});
    if (fault) return fail(ErrorKind::kInvalid, *fault);
    return {};
  }

  int secure() {
    const Result<void> read = certificate_.read(settings_.tls);
    if (!read) return fail_to_start(read.error(), kBadConfiguration);
    server_.secure(certificate_.identity());
    return kDone;
  }

  int adopt_sockets() {
    const auto passed = read_passed_sockets(environment_, ::getpid());
    if (!passed) return fail_to_start(passed.error(), kBadConfiguration);
    for (const PassedSocket& socket : *passed) {
      http::Server& server = socket.is_admin() ? admin_server_ : server_;
      const Result<void> adopted = server.adopt(Fd(socket.fd));
      if (!adopted) return fail_to_start(adopted.error(), kBadConfiguration);
    }
    return kDone;
  }

  int listen() {
    const Result<void> permitted = check_exposure(settings_);
    if (!permitted) return fail_to_start(permitted.error(), kBadConfiguration);
    if (const int status = adopt_sockets(); status != kDone) return status;
    const std::vector<std::string> passed = server_.addresses();
    if (!passed.empty() && !settings_.listen_given) settings_.listen.clear();
    for (const std::string& text : settings_.listen) {
      if (std::ranges::find(passed, text) != passed.end()) continue;
      const Result<http::Address> address = http::parse_address(text);
      if (!address) return fail_to_start(address.error(), kBadConfiguration);
      const Result<void> listening = server_.listen(*address);
      if (!listening) return fail_to_start(listening.error(), kFailed);
    }
    settings_.listen = server_.addresses();
    const Result<void> found = check_exposure(settings_);
    if (!found) return fail_to_start(found.error(), kBadConfiguration);
    if (!settings_.admin_listen && !admin_server_.addresses().empty()) return kDone;
    const Result<void> listening = listen_for_admins(admin_server_, settings_, log_);
    return listening ? kDone : fail_to_start(listening.error(), kFailed);
  }

  // Without it the daemon works as well, so what is wrong with it does not keep it from starting.
  void watch_engine() {
    const auto interval = read_watchdog(environment_, ::getpid());
    if (!interval) {
      log_.warning("the service manager's watchdog is not fed",
                   {{"error", interval.error().detail}});
    } else if (*interval) {
      watchdog_.emplace(
          **interval, [this] { notifier_.tell("WATCHDOG=1"); },
          [this](const std::function<void()>& answered) {
            store_->record({}, [answered](const Result<void>& /*result*/) { answered(); });
          });
    }
  }

  LoopWatch loop_watch() {
    LoopWatch watch{[this](Millis step) { report_clock_step(log_, step); }};
    if (watchdog_) {
      watch.went_round = [this](Watchdog::SteadyTime now) {
        return watchdog_->engine_went_round(now);
      };
    }
    return watch;
  }

  int compose() {
    watch_engine();
    auto loop = EngineLoop::create(clock_, loop_watch());
    if (!loop) return fail_to_start(loop.error(), kFailed);
    loop_ = std::move(*loop);
    rules_ = network_rules(settings_, has_accounts_);
    deliverer_ = std::make_unique<CurlDeliverer>(curl_, *loop_, clock_,
                                                 settings_.scheduler.concurrency, rules_);
    scheduler_ = std::make_unique<Scheduler>(
        settings_.scheduler, instance_, *store_, *deliverer_,
        [this] { return engine_random_.unit(); }, [this] { loop_->wake(); },
        SchedulerWatch{[this](const AttemptReport& attempt) {
                         monitor_.metrics().engine.ended(attempt.result.outcome);
                         report(log_, attempt);
                       },
                       [this](const Skipped& skipped) { report(log_, skipped); },
                       [this](const SetBackReport& set_back) { report(log_, set_back); },
                       [this](const Delivery& delivery, Instant now) {
                         monitor_.metrics().engine.started(delivery, now);
                       }});
    const Result<std::optional<Instant>> last_claim = store_->last_claim();
    if (!last_claim) return fail_to_start(last_claim.error(), kFailed);
    if (*last_claim) scheduler_->resume(**last_claim);
    authenticator_ = std::make_unique<Authenticator>(
        *keys_, clock_, static_cast<int>(settings_.requests_per_second), hosts_);
    api_ = std::make_unique<Api>(
        settings_.limits,
        Api::Dependencies{*store_, clock_, [this] { return api_random_.bits(); },
                          [this](Instant due) { scheduler_->notice(due); },
                          [this](std::string_view name) { return zones_.find(name); }, rules_,
                          [this](Call& call) { return authenticator_->admit(call); }});
    admin_api_ = std::make_unique<AdminApi>(AdminApi::Dependencies{
        health_api_, [this] { return monitor_.exposition(*store_); },
        AccountsApi({*store_, *keys_, clock_, [this] { return admin_random_.bits(); },
                     listens_locally(settings_)}),
        admin_hosts_});
    zone_watch_ = std::make_unique<ZoneWatch>(
        zones_, *store_, clock_, [this](Instant due) { scheduler_->notice(due); },
        [this](const ZoneReport& change) { report(log_, change); });
    pruner_ = std::make_unique<HistoryPruner>(*store_, settings_.history_keep);
    return kDone;
  }

  // Jobs fire by it, so whoever looks for the reason of strange fire times should find this.
  void check_clock() const {
    const Instant now = clock_.now();
    if (is_plausible(now)) return;
    log_.warning("the clock is plainly wrong; jobs fire by it all the same, so set it",
                 {{"now", format_instant(now)}});
  }

  std::string addresses() const {
    return list_addresses(settings_.listen, settings_.tls ? "https://" : "http://");
  }

  // One line, which scripts read the address from.
  void announce() const {
    const Result<StoreCounts> counts = store_->counts();
    log_.info("serving", {{"address", addresses()},
                          {"admin", list_addresses(admin_server_.addresses(), "http://")},
                          {"store", shown_address(settings_.store)},
                          {"callbacks", rules_.public_only ? "to public addresses" : "anywhere"},
                          {"pending", counts ? std::to_string(counts->jobs) : "unknown"}});
  }

  DaemonState state() const {
    const Result<StoreCounts> counts = store_->counts();
    return {.addresses = addresses(),
            .pending = counts ? std::optional{counts->jobs} : std::nullopt,
            .instances = counts ? counts->instances : 1,
            .store_fault = monitor_.store_fault(),
            .draining = draining_,
            .in_flight = monitor_.metrics().engine.in_flight(),
            .settings_news = settings_news_};
  }

  // Tells the service manager of the change, e.g. "READY=1", and what there is to be shown.
  void tell(std::string change) {
    if (!notifier_.is_heard()) return;
    if (const auto line = status_.look(state(), clock_.steady_now())) {
      change += (change.empty() ? "STATUS=" : "\nSTATUS=") + *line;
    }
    if (!change.empty()) notifier_.tell(change);
  }

  // Threads start and stop here: what others depend on stops last.
  void serve() {
    // Nothing fires by the rules of an earlier run.
    zone_watch_->check();
    std::thread writer = start("writer", [this] { write(); });
    std::thread engine = start("engine", [this] { loop_->run(*scheduler_, *deliverer_); });
    std::thread news =
        start("news", [this] { store_->await_news([this] { scheduler_->notice(clock_.now()); }); });
    std::thread http = start("http", [this] { server_.run(); });
    std::thread admin = start("admin", [this] { admin_server_.run(); });
    tell("READY=1");
    std::thread signals = start("signals", [this] { heed_signals(); });
    http.join();
    engine.join();
    admin_server_.stop(kAdminDrainTime);
    admin.join();
    writing_ = false;
    store_->stop_waiting();
    writer.join();
    news.join();
    pthread_kill(signals.native_handle(), kNoMoreSignals);
    signals.join();
  }

  void write() {
    while (writing_) {
      store_->wait_for_events();
      while (commit()) {
      }
    }
  }

  bool commit() {
    monitor_.committing();
    return store_->commit_group();
  }

  // A clock that is plainly wrong does not say what is old.
  void look_round() {
    zone_watch_->check();
    refresh_accounts();
    if (const Instant now = clock_.now(); is_plausible(now)) pruner_->check(now);
    tell({});
  }

  // What can fail comes first; then each part changes on the thread that it belongs to.
  Result<void> apply(Settings settings) {
    settings.listen = settings_.listen;  // what is listened on stays
    return check_exposure(settings)
        .and_then([&] { return certificate_.read(settings.tls); })
        .map([&] {
          settings_ = std::move(settings);
          log_.set(settings_.log_level, settings_.log_format);
          pruner_->set_keep(settings_.history_keep);
          store_->set_jobs_per_account(settings_.jobs_per_account);
          hand_over();
        });
  }

  // Other instances may have added, changed or removed some. While the store cannot be read, those
  // that were known hold.
  void refresh_accounts() {
    if (!is_database(settings_.store)) return;
    const std::uint64_t changes = keys_->changes();
    if (const auto accounts = store_->accounts()) keys_->replace(*accounts, changes);
  }

  // Waits until the others have taken them, so that what is asked from then on goes by them. They
  // are there, because it is this thread that stops them.
  void hand_over() {
    rules_ = network_rules(settings_, has_accounts_);
    std::latch taken{3};
    loop_->post([&] {
      deliverer_->set_rules(rules_);
      scheduler_->set(settings_.scheduler);
      taken.count_down();
    });
    server_.post([&] {
      server_.set(server_settings(settings_));
      server_.secure(certificate_.identity());
      authenticator_->set_requests_per_second(static_cast<int>(settings_.requests_per_second));
      api_->set(settings_.limits, rules_);
      taken.count_down();
    });
    admin_server_.post([&] {
      admin_server_.set(admin_server_settings(settings_));
      taken.count_down();
    });
    taken.wait();
  }

  void reload() {
    notifier_.tell(reloading(clock_.steady_now()));
    settings_news_ = reload_settings(reload_, log_);
    tell("READY=1");
  }

  void heed_signals() {
    for (;;) {
      const std::optional<int> number = signals_.wait(kZoneCheck);
      if (number == kNoMoreSignals) return;
      if (number == SIGHUP && !draining_) reload();
      if (!number || number == SIGHUP) {
        look_round();
        continue;
      }
      if (draining_) {
        log_.warning("told to stop again; ending at once");
        std::_Exit(kFailed);
      }
      draining_ = true;
      tell("STOPPING=1\n" + extend_timeout(settings_.drain + kStopTime));
      log_.info("draining", {{"at_most", format_duration(settings_.drain)}});
      server_.stop(settings_.drain);
      loop_->drain(clock_.steady_now() + settings_.drain);
    }
  }

  Log& log_;
  Settings settings_;  // that hold, with the real addresses; while it serves, the signal thread's
  const Environment& environment_;
  const Notifier notifier_;
  Reload reload_;
  const HostNames hosts_;  // before their names become addresses
  const HostNames admin_hosts_;
  Signals signals_;
  SystemClock clock_;
  Certificate certificate_;  // outlives the servers
  ZoneCache zones_;
  SystemRandom instance_random_;
  const std::uint64_t instance_ = instance_random_.bits();  // tells this run from all others
  Monitor monitor_;
  std::optional<Watchdog> watchdog_;  // these three outlive the store's answers
  std::unique_ptr<ZoneWatch> zone_watch_;
  std::unique_ptr<HistoryPruner> pruner_;
  SystemRandom api_random_;            // the http thread's
  SystemRandom admin_random_;          // the admin thread's
  SystemRandom engine_random_;         // the engine thread's
  std::unique_ptr<AccountKeys> keys_;  // outlive the store's answers, too
  bool has_accounts_ = false;          // at the start
  NetworkRules rules_;                 // where callbacks may go
  CurlLibrary curl_;
  std::unique_ptr<QueuedStore> store_;
  std::unique_ptr<EngineLoop> loop_;
  std::unique_ptr<CurlDeliverer> deliverer_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<Api> api_;
  HealthApi health_api_;
  std::unique_ptr<AdminApi> admin_api_;
  RequestLog requests_;
  RequestLog admin_requests_;
  http::Server server_;
  http::Server admin_server_;  // apart, so that it answers when the other is full
  std::atomic<bool> writing_ = true;
  StatusNews status_;          // these are the main thread's until it is ready, …
  std::string settings_news_;  // … then that of the signals
  bool draining_ = false;
};

}  // namespace

Result<void> check_files(const Settings& settings) {
  if (!settings.tls) return {};
  const auto identity = http::TlsIdentity::load(*settings.tls);
  if (!identity) return tl::unexpected(identity.error());
  return {};
}

int run_daemon(const Settings& settings, const SettingsSource& source) {
  const bool journal = writes_to_journal(source.environment, STDERR_FILENO);
  Log log{settings.log_level, settings.log_format,
          journal ? LogReader::kJournal : LogReader::kAnybody};
  forget_passed_sockets();
  return Daemon{settings, source, log}.run();
}

}  // namespace jobsched
