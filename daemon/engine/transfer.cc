#include "daemon/engine/transfer.h"

#include <string_view>
#include <system_error>
#include <utility>

#include "core/time/duration.h"

namespace jobsched {

namespace {

// An answer is read 2 KiB at a time: few answers are longer, and thousands of transfers share the
// memory.
constexpr long kBufferBytes = 2'048;

// Common servers close a connection that was idle for 5 s; one that is about to go must not carry a
// request, for nobody could say whether it was received.
constexpr long kReuseSeconds = 4;

template <class T>
T info(CURL* easy, CURLINFO what) {
  T value{};
  curl_easy_getinfo(easy, what, &value);
  return value;
}

// Methods whose requests have a body by exception do not say that there is none.
bool says_nothing_of_a_body(const AttemptRequest& request) {
  return request.body.empty() && (request.method == "GET" || request.method == "DELETE");
}

std::string no_connection(long os_error) {
  std::string text = "no connection could be made";
  if (os_error != 0) text += ": " + std::generic_category().message(static_cast<int>(os_error));
  return text;
}

}  // namespace

Transfer::Transfer() : easy_(curl_easy_init()) {
  if (easy_) set_constant_options();
}

void Transfer::set_constant_options() {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // A look-up that outlives its attempt must not hold up the event loop.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);

  // Where it may go, and nowhere else.
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));

  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kBufferBytes);
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kReuseSeconds);

  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &Transfer::on_request);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
}

bool Transfer::prepare(AttemptRequest request, std::function<void(AttemptResult)> done) {
  request_ = std::move(request);
  done_ = std::move(done);
  answer_ = Answer{};
  sent_ = false;
  error_[0] = '\0';
  if (!easy_ || !set_headers()) return false;
  bool ok = true;
  const auto set = [&](CURLoption option, auto value) {
    ok = ok && curl_easy_setopt(easy_.get(), option, value) == CURLE_OK;
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
    curl_slist* list = curl_slist_append(headers_.get(), line.c_str());
    if (list == nullptr) return false;
    static_cast<void>(headers_.release());
    headers_.reset(list);
    return true;
  };
  // A name with a colon and no value takes back what libcurl would add by itself; a name with a
  // semicolon is a header without a value.
  bool ok = true;
  for (const auto& [name, value] : request_.headers) {
    ok = ok && append(std::string(name).append(value.empty() ? ";" : ": ").append(value));
  }
  for (const char* name : {"Accept:", "Content-Type:", "Expect:"}) {
    ok = ok && append(name);
  }
  return ok;
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  const std::size_t bytes = size * count;
  return static_cast<Transfer*>(self)->answer_.header({data, bytes}) ? bytes : 0;
}

std::size_t Transfer::on_body(char*, std::size_t size, std::size_t count, void* self) {
  const std::size_t bytes = size * count;
  return static_cast<Transfer*>(self)->answer_.body(bytes) ? bytes : 0;
}

// libcurl sends a request again, by itself, when a connection that it used before turns out to be
// closed; but the first one may well have been received.
int Transfer::on_request(void* self, char*, char*, int, int) {
  return std::exchange(static_cast<Transfer*>(self)->sent_, true) ? CURL_PREREQFUNC_ABORT
                                                                  : CURL_PREREQFUNC_OK;
}

AttemptResult Transfer::result(CURLcode code, Instant now) const {
  AttemptResult result;
  result.status = static_cast<int>(info<long>(handle(), CURLINFO_RESPONSE_CODE));
  result.retry_after = answer_.retry_after(now);
  result.no_retry = answer_.no_retry();
  if (code == CURLE_OK || answer_.body_long_enough()) {
    const bool accepted = result.status >= 200 && result.status <= 299;
    result.outcome = accepted ? Outcome::kAccepted : Outcome::kRejected;
    if (!accepted) result.error = "the endpoint answered " + std::to_string(result.status);
    return result;
  }
  result.outcome = code == CURLE_OPERATION_TIMEDOUT ? Outcome::kTimedOut : Outcome::kUnreachable;
  result.error = failure(code);
  return result;
}

// Never the URL: its query may be a secret.
std::string Transfer::failure(CURLcode code) const {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return sent_ ? "the answer was not HTTP/1" : "the URL cannot be used for a callback";
    case CURLE_COULDNT_RESOLVE_HOST: return "the host name could not be resolved";
    case CURLE_COULDNT_CONNECT: return no_connection(info<long>(handle(), CURLINFO_OS_ERRNO));
    case CURLE_OPERATION_TIMEDOUT:
      return sent_ ? "no complete answer within " + format_duration(request_.timeout)
                   : "no connection in time";
    case CURLE_GOT_NOTHING:
    case CURLE_ABORTED_BY_CALLBACK: return "the connection was closed before an answer came";
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION: return std::string("TLS failed: ") + error_.data();
    case CURLE_PARTIAL_FILE: return "the connection was closed before the answer was complete";
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return "the connection broke";
    case CURLE_WEIRD_SERVER_REPLY: return "the answer was not HTTP/1";
    default: break;
  }
  if (answer_.headers_too_long()) {
    return "the headers of the answer were longer than " + std::to_string(kMaxAnswerHeaders) +
           " bytes";
  }
  const std::string_view detail = error_.data();
  return "the exchange failed: " + std::string(detail.empty() ? curl_easy_strerror(code) : detail);
}

std::function<void(AttemptResult)> Transfer::release() {
  request_ = {};
  return std::exchange(done_, nullptr);
}

Transfer& Transfer::of(CURL* handle) {
  return *info<Transfer*>(handle, CURLINFO_PRIVATE);
}

}  // namespace jobsched
