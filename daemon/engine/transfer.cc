#include "daemon/engine/transfer.h"

#include <sys/socket.h>

#include <string_view>
#include <system_error>
#include <utility>

#include "core/time/duration.h"

namespace jobsched {

namespace {

// An answer is read 1 KiB at a time, the least libcurl knows: few answers are longer, and thousands
// of transfers share the memory.
constexpr long kBufferBytes = 1'024;

// Common servers close a connection that was idle for 5 s; one that is about to go must not carry a
// request, for nobody could say whether it was received.
constexpr long kReuseSeconds = 4;

// Methods whose requests have a body by exception do not say that there is none.
bool says_nothing_of_a_body(const AttemptRequest& request) {
  return request.body.empty() && (request.method == "GET" || request.method == "DELETE");
}

std::string no_connection(long os_error) {
  std::string text = "no connection could be made";
  if (os_error != 0) text += ": " + std::generic_category().message(static_cast<int>(os_error));
  return text;
}

// The status of an answer, 0 for an interim one that no other followed.
int final_status(long status) {
  return status >= 200 ? static_cast<int>(status) : 0;
}

}  // namespace

Transfer::Transfer(const CurlLibrary& curl, ConnectGate& gate, const Clock& clock)
    : curl_(curl),
      gate_(gate),
      clock_(clock),
      easy_(curl.easy_init(), curl.easy_cleanup),
      headers_(nullptr, curl.slist_free_all) {
  if (easy_) set_constant_options();
}

template <class T>
T Transfer::info(CURLINFO what) const {
  T value{};
  curl_.easy_getinfo(easy_.get(), what, &value);
  return value;
}

void Transfer::set_constant_options() {
  const auto set = [this](CURLoption option, auto value) {
    curl_.easy_setopt(easy_.get(), option, value);
  };
  set(CURLOPT_ERRORBUFFER, error_.data());
  set(CURLOPT_NOSIGNAL, 1L);
  // A look-up that outlives its attempt must not hold up the event loop.
  set(CURLOPT_QUICK_EXIT, 1L);

  // Where it may go, and nowhere else.
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_connect);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));

  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_HTTP09_ALLOWED, 0L);
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_BUFFERSIZE, kBufferBytes);
  set(CURLOPT_MAXAGE_CONN, kReuseSeconds);

  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_PREREQFUNCTION, &Transfer::on_request);
  set(CURLOPT_PREREQDATA, this);
}

bool Transfer::prepare(AttemptRequest request, std::function<void(AttemptResult)> done) {
  request_ = std::move(request);
  done_ = std::move(done);
  answer_ = Answer{};
  started_ = clock_.steady_now();
  resolved_ = false;
  permitted_ = false;
  refused_ = Verdict::kPermitted;
  sent_ = false;
  error_[0] = '\0';
  if (!easy_ || !set_headers()) return false;
  bool ok = true;
  const auto set = [&](CURLoption option, auto value) {
    ok = ok && curl_.easy_setopt(easy_.get(), option, value) == CURLE_OK;
  };
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_CUSTOMREQUEST, request_.method == "POST" ? nullptr : request_.method.c_str());
  set(CURLOPT_POSTFIELDS, request_.body.data());  // not copied: any bytes, and they stay here
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  if (says_nothing_of_a_body(request_)) set(CURLOPT_HTTPGET, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, long{request_.connect_timeout.count()});
  set(CURLOPT_TIMEOUT_MS, long{request_.timeout.count()});
  return ok;
}

bool Transfer::set_headers() {
  headers_.reset();
  const auto append = [this](const std::string& line) {
    curl_slist* list = curl_.slist_append(headers_.get(), line.c_str());
    if (list == nullptr) return false;
    static_cast<void>(headers_.release());
    headers_.reset(list);
    return true;
  };
  // A name with a colon and no value takes back what libcurl would add by itself; a name with a
  // semicolon is a header without a value.
  bool ok = true;
  // They are not kept twice: thousands of attempts may be under way.
  for (auto& [name, value] : std::exchange(request_.headers, {})) {
    ok = ok && append(name.append(value.empty() ? ";" : ": ").append(value));
  }
  for (const char* name : {"Accept:", "Content-Type:", "Expect:"}) {
    ok = ok && append(name);
  }
  return ok;
}

// Called for each address of a name in turn, until one is connected to; one that is refused is
// passed over. A connection that is used again was permitted when it was made.
curl_socket_t Transfer::on_connect(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.resolved_ = true;
  const Verdict verdict = transfer.gate_.judge(address->addr);
  if (verdict != Verdict::kPermitted) {
    transfer.refused_ = verdict;
    return CURL_SOCKET_BAD;
  }
  transfer.permitted_ = true;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  const std::size_t bytes = size * count;
  return static_cast<Transfer*>(self)->answer_.header({data, bytes}) ? bytes : 0;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  const std::size_t bytes = size * count;
  return static_cast<Transfer*>(self)->answer_.body({data, bytes}) ? bytes : 0;
}

// libcurl sends a request again, by itself, when a connection that it used before turns out to be
// closed; but the first one may well have been received.
int Transfer::on_request(void* self, char*, char*, int, int) {
  return std::exchange(static_cast<Transfer*>(self)->sent_, true) ? CURL_PREREQFUNC_ABORT
                                                                  : CURL_PREREQFUNC_OK;
}

AttemptResult Transfer::result(CURLcode code, Instant now) const {
  AttemptResult result;
  result.status = final_status(info<long>(CURLINFO_RESPONSE_CODE));
  result.retry_after = answer_.retry_after(now);
  result.no_retry = answer_.no_retry();
  result.timings = timings();
  result.response = answer_.kept_body();
  if (code == CURLE_OK || answer_.body_long_enough()) {
    const bool accepted = result.status >= 200 && result.status <= 299;
    result.outcome = accepted ? Outcome::kAccepted : Outcome::kRejected;
    result.fault = accepted ? Fault::kNone : Fault::kStatus;
    if (!accepted) result.error = "the endpoint answered " + std::to_string(result.status);
    return result;
  }
  Failure failed = failure(code);
  result.outcome = failed.fault == Fault::kTimeout   ? Outcome::kTimedOut
                   : failed.fault == Fault::kBlocked ? Outcome::kBlocked
                                                     : Outcome::kUnreachable;
  result.fault = failed.fault;
  result.error = std::move(failed.error);
  return result;
}

AttemptTimings Transfer::timings() const {
  // What was over before this attempt began, or has not come yet, is 0 or of no meaning.
  const auto at = [this](CURLINFO what, bool reached) {
    const Micros time{info<curl_off_t>(what)};
    return reached && time > Micros{0} ? std::optional{time} : std::nullopt;
  };
  AttemptTimings timings;
  timings.dns = at(CURLINFO_NAMELOOKUP_TIME_T, resolved_);
  timings.connect = at(CURLINFO_CONNECT_TIME_T, permitted_);
  timings.tls = at(CURLINFO_APPCONNECT_TIME_T, permitted_);
  timings.first_byte = at(CURLINFO_STARTTRANSFER_TIME_T, sent_);
  timings.total = std::chrono::duration_cast<Micros>(clock_.steady_now() - started_);
  return timings;
}

// Never the URL: its query may be a secret.
Transfer::Failure Transfer::failure(CURLcode code) const {
  if (refused_ != Verdict::kPermitted && !permitted_) {
    return {Fault::kBlocked, std::string(refusal(refused_))};
  }
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return {Fault::kDns, "the host name could not be resolved"};
    case CURLE_COULDNT_CONNECT:
      return {Fault::kConnect, no_connection(info<long>(CURLINFO_OS_ERRNO))};
    case CURLE_OPERATION_TIMEDOUT:
      return {Fault::kTimeout,
              sent_ ? "no complete answer within " + format_duration(request_.timeout)
                    : "no connection in time"};
    case CURLE_GOT_NOTHING:
    case CURLE_ABORTED_BY_CALLBACK:
      return {Fault::kConnection, "the connection was closed before an answer came"};
    case CURLE_PARTIAL_FILE:
      return {Fault::kConnection, "the connection was closed before the answer was complete"};
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      // The code for both; only the words tell that nothing was wrong with the connection.
      if (std::string_view(error_.data()).ends_with("in chunked-encoding")) {
        return {Fault::kProtocol, "the answer was not HTTP/1"};
      }
      return {Fault::kConnection, "the connection broke"};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return {Fault::kTls, std::string("TLS failed: ") + error_.data()};
    default: return other_failure(code);
  }
}

// What the daemon's own checks or the endpoint's disregard of HTTP have ended.
Transfer::Failure Transfer::other_failure(CURLcode code) const {
  if (answer_.headers_too_long()) {
    return {Fault::kProtocol, "the headers of the answer were longer than " +
                                  std::to_string(kMaxAnswerHeaders) + " bytes"};
  }
  const bool unusable = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
  if (unusable && !sent_) return {Fault::kConnect, "the URL cannot be used for a callback"};
  if (unusable || code == CURLE_WEIRD_SERVER_REPLY) {
    return {Fault::kProtocol, "the answer was not HTTP/1"};
  }
  // What libcurl says of a line longer than its own limit, which is 100 KiB.
  if (code == CURLE_OUT_OF_MEMORY && sent_) {
    return {Fault::kProtocol, "a header of the answer was too long"};
  }
  const std::string_view detail = error_.data();
  return {
      sent_ ? Fault::kProtocol : Fault::kConnect,
      "the exchange failed: " + std::string(detail.empty() ? curl_.easy_strerror(code) : detail)};
}

std::function<void(AttemptResult)> Transfer::release() {
  request_ = {};
  return std::exchange(done_, nullptr);
}

}  // namespace jobsched
