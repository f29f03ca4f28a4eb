#include "daemon/api/secrets_api.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/codec/secret_codec.h"
#include "core/time/duration.h"
#include "daemon/api/answer.h"
#include "daemon/api/query.h"

namespace jobsched {

namespace {

constexpr std::string_view kOverlapName = "overlap";
constexpr Millis kOverlap = std::chrono::hours{24};  // of a new secret with the one before
constexpr Millis kMaxOverlap = std::chrono::days{30};

// How long the secret before a new one goes on.
Result<Millis> read_overlap(const Query& query) {
  const auto text = query.find(kOverlapName);
  if (!text) return kOverlap;
  const Result<Millis> overlap = parse_duration(*text);
  if (overlap && *overlap <= kMaxOverlap) return *overlap;
  return fail(ErrorKind::kMalformed,
              "overlap must be a duration from 0s to 30d, such as 24h or 1h30m");
}

}  // namespace

SecretsApi::SecretsApi(Store& store, const Clock& clock, std::function<std::uint64_t()> random)
    : store_(store), clock_(clock), random_(std::move(random)) {}

void SecretsApi::answer(Call call) const {
  if (!call.allow("GET, HEAD, POST, DELETE")) return;
  if (call.reads()) {
    if (call.accept(kDocumentTypes) && call.take_no_query()) list(std::move(call));
  } else if (call.is("POST")) {
    if (call.accept(kEveryType) && call.take_query({&kOverlapName, 1})) rotate(std::move(call));
  } else if (call.take_no_query()) {
    remove(std::move(call));
  }
}

void SecretsApi::list(Call call) const {
  const Result<std::vector<AccountSecret>> secrets = store_.secrets(call.account, clock_.now());
  if (!secrets) {
    call.refuse(secrets.error());
    return;
  }
  call.responder->respond(make_answer(200, call.type, write_secrets(call.type.format, *secrets)));
}

void SecretsApi::rotate(Call call) const {
  const Result<Millis> overlap = read_overlap(call.query);
  if (!overlap) {
    call.refuse(overlap.error());
    return;
  }
  if (!call.request.body.empty()) {
    call.refuse({ErrorKind::kInvalid,
                 "this call takes no body, as the daemon makes the secret; leave it out",
                 {},
                 {}});
    return;
  }
  const Instant now = clock_.now();
  AccountSecret made{SigningSecret::make(random_), now};
  http::Response response = make_answer(201, call.type, write_new_secret(call.type.format, made));
  response.headers.emplace_back("Cache-Control", "no-store");
  std::string account = call.account;
  store_.rotate_secret(std::move(account), std::move(made.secret), now, *overlap,
                       std::move(call).release(std::move(response)));
}

void SecretsApi::remove(Call call) const {
  http::Response response;
  response.status = 204;
  std::string account = call.account;
  store_.remove_secrets(std::move(account), std::move(call).release(std::move(response)));
}

}  // namespace jobsched
