#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/api/account_keys.h"
#include "daemon/api/accounts_api.h"
#include "daemon/api/answer.h"
#include "daemon/api/api.h"
#include "daemon/api/authenticator.h"
#include "tests/support/fake_clock.h"
#include "tests/support/recorder.h"

namespace jobsched::testing {

// An Api over a store, at 2027-01-15T08:00:00Z, and the answers it gives.
class ApiRig {
 public:
  static constexpr Instant kNow{Millis{1'800'000'000'000}};
  static constexpr std::string_view kDocument =
      R"({"url":"http://a.test/","when":"2027-01-15T09:00:00Z","data":"x"})";

  explicit ApiRig(Store& target, NetworkRules network = {}, int requests_per_second = 0)
      : store(target),
        authenticator_(keys, clock, requests_per_second),
        api_({},
             {store, clock, [this] { return ++random_; },
              [this](Instant due) { noticed.push_back(due); }, no_zones, std::move(network),
              [this](Call& call) { return authenticator_.admit(call); }}),
        accounts_({store, keys, clock, [this] { return ++random_; }}) {}

  // Sends a request; its answer appears in the returned place, at once or after a commit.
  std::optional<http::Response>& send(std::string method,
                                      std::string target,
                                      std::string_view body = {},
                                      http::Headers headers = {}) {
    answers_.emplace_back();
    api_.handle({std::move(method), std::move(target), std::move(headers), std::string{body}, peer},
                std::make_unique<Recorder>(answers_.back()));
    return answers_.back();
  }

  // The same to the calls on accounts, with its commit.
  http::Response ask_admin(std::string method,
                           std::string target,
                           std::string_view body = {},
                           http::Headers headers = {}) {
    auto& answer = answers_.emplace_back();
    Call call =
        Call::begin({std::move(method), std::move(target), std::move(headers), std::string{body}},
                    std::make_unique<Recorder>(answer));
    REQUIRE(AccountsApi::answers(call.request.path()));
    accounts_.answer(std::move(call));
    if (!answer) store.commit_group();
    REQUIRE(answer);
    return *std::move(answer);
  }

  // The same, and its commit.
  http::Response ask(std::string method,
                     std::string target,
                     std::string_view body = {},
                     http::Headers headers = {}) {
    auto& answer = send(std::move(method), std::move(target), body, std::move(headers));
    if (!answer) store.commit_group();
    REQUIRE(answer);
    return *std::move(answer);
  }

  // Creates a job; its id.
  std::string create(std::string_view document = kDocument) {
    const http::Response created = ask("POST", "/1/jobs", document);
    REQUIRE(created.status == 201);
    return created.body;
  }

  // To change what they go by.
  Authenticator& authenticator() { return authenticator_; }

  Api& api() { return api_; }

  FakeClock clock{kNow};
  Store& store;
  std::vector<Instant> noticed;  // when the engine was told that something is due
  AccountKeys keys;              // none: everybody may come in
  std::string peer;              // from where requests come

 private:
  std::uint64_t random_ = 0;
  std::deque<std::optional<http::Response>> answers_;
  Authenticator authenticator_;
  Api api_;
  AccountsApi accounts_;
};

// The value of a header of an answer, empty if it has none of that name.
inline std::string header_of(const http::Response& response, std::string_view name) {
  for (const auto& [known, value] : response.headers) {
    if (known == name) return value;
  }
  return {};
}

}  // namespace jobsched::testing
