#include "daemon/api/accounts_api.h"

#include <utility>
#include <vector>

#include "core/codec/account_codec.h"
#include "core/text/utf8.h"
#include "daemon/api/answer.h"
#include "daemon/api/query.h"

namespace jobsched {

namespace {

constexpr std::string_view kPath = "/1/accounts";
constexpr std::string_view kKey = "/key";
constexpr std::string_view kJobs = "jobs";  // the parameter

// A body would be passed over, and with it what was meant by it.
bool refused_for_body(const Call& call) {
  if (call.request.body.empty()) return false;
  call.refuse({ErrorKind::kInvalid,
               "this call takes no body, as the daemon makes the key; leave it out",
               {},
               {}});
  return true;
}

Result<bool> read_with_jobs(const Query& query) {
  const auto jobs = query.find(kJobs);
  if (!jobs) return false;
  if (*jobs == "delete") return true;
  return fail(ErrorKind::kMalformed,
              "jobs is " + quote(*jobs) +
                  "; write jobs=delete to remove an account with its jobs, or leave it out");
}

}  // namespace

bool AccountsApi::answers(std::string_view raw_path) {
  return raw_path == kPath ||
         (raw_path.starts_with(kPath) && raw_path.substr(kPath.size()).starts_with('/'));
}

void AccountsApi::answer(Call call) const {
  const std::string path(call.request.path());
  std::string_view name = std::string_view(path).substr(kPath.size());
  if (name.empty()) {
    if (call.allow("GET, HEAD") && call.accept(kDocumentTypes) && call.take_no_query()) {
      list(std::move(call));
    }
    return;
  }
  name.remove_prefix(1);
  const bool is_key = name.ends_with(kKey);
  if (is_key) name.remove_suffix(kKey.size());
  if (const Result<void> checked = check_account_name(name); !checked) {
    call.refuse(checked.error());
  } else if (!call.allow(is_key ? "POST" : "DELETE, POST")) {
    return;
  } else if (call.is("DELETE")) {
    if (call.take_query({&kJobs, 1})) remove(std::move(call), std::string(name));
  } else if (call.accept(kEveryType) && call.take_no_query() && !refused_for_body(call)) {
    is_key ? rotate(std::move(call), std::string(name)) : add(std::move(call), std::string(name));
  }
}

void AccountsApi::list(Call call) const {
  const Result<std::vector<Account>> accounts = dependencies_.store.accounts();
  if (!accounts) {
    call.refuse(accounts.error());
    return;
  }
  call.responder->respond(make_answer(200, call.type, write_accounts(call.type.format, *accounts)));
}

void AccountsApi::add(Call call, const std::string& name) const {
  const std::string key = make_account_key(dependencies_.random);
  dependencies_.store.add_account(name, hash_account_key(key), dependencies_.clock.now(),
                                  release_key(std::move(call), name, key));
}

void AccountsApi::rotate(Call call, const std::string& name) const {
  const std::string key = make_account_key(dependencies_.random);
  dependencies_.store.rotate_key(name, hash_account_key(key),
                                 release_key(std::move(call), name, key));
}

Done<void> AccountsApi::release_key(Call call,
                                    const std::string& name,
                                    const std::string& key) const {
  http::Response response = make_answer(201, call.type, write_new_key(call.type.format, name, key));
  response.headers.emplace_back("Cache-Control", "no-store");
  return std::move(call).release(
      std::move(response),
      [&keys = dependencies_.keys, name, hash = hash_account_key(key)] { keys.set(name, hash); });
}

void AccountsApi::remove(Call call, const std::string& name) const {
  const Result<bool> with_jobs = read_with_jobs(call.query);
  if (!with_jobs) {
    call.refuse(with_jobs.error());
    return;
  }
  http::Response response;
  response.status = 204;
  AccountRemoval removal{name, *with_jobs, dependencies_.may_be_without_accounts};
  dependencies_.store.remove_account(
      std::move(removal),
      std::move(call).release(std::move(response),
                              [&keys = dependencies_.keys, name] { keys.remove(name); }));
}

}  // namespace jobsched
