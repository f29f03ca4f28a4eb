#include "daemon/api/authenticator.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/net/ip_address.h"
#include "core/text/ascii.h"
#include "core/text/base64.h"
#include "daemon/http/syntax.h"

namespace jobsched {

namespace {

struct Credentials {
  std::optional<std::string> account;  // Basic says whose key it is
  std::string key;
};

std::optional<Credentials> read_basic(std::string_view encoded) {
  const Result<std::string> decoded = decode_base64(encoded);
  if (!decoded) return std::nullopt;
  const std::size_t colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

std::optional<Credentials> read_authorization(std::string_view header) {
  const std::size_t blank = std::min(header.find(' '), header.size());
  const std::string_view scheme = header.substr(0, blank);
  const std::string_view rest = trim(header.substr(blank), is_space);
  if (http::same_text(scheme, "Bearer")) return Credentials{std::nullopt, std::string(rest)};
  if (http::same_text(scheme, "Basic")) return read_basic(rest);
  return std::nullopt;
}

http::Headers challenges() {
  return {{"WWW-Authenticate", R"(Bearer realm="jobsched")"},
          {"WWW-Authenticate", R"(Basic realm="jobsched", charset="UTF-8")"}};
}

http::Headers retry_after(std::chrono::seconds wait) {
  return {{"Retry-After", std::to_string(wait.count())}};
}

// Who has one address of an IPv6 network has all that share its first 64 bits.
std::string origin_of(const std::string& peer) {
  std::optional<IpAddress> address = parse_ip_address(peer);
  if (!address || address->is_v4()) return peer;
  std::fill(address->bytes.begin() + 8, address->bytes.end(), std::uint8_t{0});
  return format_ip_address(*address);
}

}  // namespace

bool admit_everybody(Call& call) {
  call.account = kDefaultAccount;
  return true;
}

Authenticator::Authenticator(const AccountKeys& keys,
                             const Clock& clock,
                             int requests_per_second,
                             HostNames hosts)
    : keys_(keys), clock_(clock), hosts_(std::move(hosts)), failures_(kFailureInterval, kFailures) {
  set_requests_per_second(requests_per_second);
}

void Authenticator::set_requests_per_second(int requests_per_second) {
  if (requests_per_second == requests_per_second_) return;
  requests_per_second_ = requests_per_second;
  requests_.reset();
  if (requests_per_second == 0) return;
  const std::chrono::nanoseconds second = std::chrono::seconds{1};
  requests_.emplace(second / requests_per_second, requests_per_second);
}

bool Authenticator::admit(Call& call) {
  if (!(keys_.empty() ? admit_without_key(call) : admit_by_key(call))) return false;
  if (!requests_) return true;
  const auto wait = requests_->take(call.account, clock_.steady_now());
  if (!wait) return true;
  call.refuse({ErrorKind::kTooManyRequests,
               "the account asks more often than limits.requests_per_second allows; wait as long "
               "as Retry-After says",
               {},
               {}},
              retry_after(*wait));
  return false;
}

// A key would protect the daemon from web pages, which do not have it.
bool Authenticator::admit_without_key(Call& call) const {
  return hosts_.admit(call) && admit_everybody(call);
}

bool Authenticator::admit_by_key(Call& call) {
  const auto authorization = call.request.header("Authorization");
  if (!authorization) {
    call.refuse({ErrorKind::kUnauthorized,
                 "this daemon has accounts; send the key of yours as Authorization: Bearer KEY, "
                 "or name its file with --key-file",
                 {},
                 {}},
                challenges());
    return false;
  }
  std::optional<std::string> account = account_of(*authorization);
  if (!account) {
    refuse_credentials(call);
    return false;
  }
  call.account = *std::move(account);
  return true;
}

// The key is what is looked for: a wrong account and a wrong key take the same way.
std::optional<std::string> Authenticator::account_of(const std::string& authorization) const {
  const std::optional<Credentials> given = read_authorization(authorization);
  if (!given) return std::nullopt;
  std::optional<std::string> account = keys_.find(hash_account_key(given->key));
  if (account && given->account && *given->account != *account) return std::nullopt;
  return account;
}

void Authenticator::refuse_credentials(const Call& call) {
  const auto wait = failures_.take(origin_of(call.request.peer), clock_.steady_now());
  if (wait) {
    call.refuse({ErrorKind::kTooManyRequests,
                 "too many wrong keys have come from this address; wait as long as Retry-After "
                 "says, and send a right one",
                 {},
                 {}},
                retry_after(*wait));
    return;
  }
  call.refuse({ErrorKind::kUnauthorized,
               "this is not the key of an account; `jobsched account rotate` makes a new one if it "
               "is lost",
               {},
               {}},
              challenges());
}

}  // namespace jobsched
