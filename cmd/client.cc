#include "cmd/client.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include <curl/curl.h>

#include "cmd/key_file.h"
#include "core/codec/codec.h"
#include "core/limits.h"
#include "core/version.h"

namespace jobsched::cmd {

namespace {

constexpr long kConnectTimeout = 5;  // seconds
constexpr long kStall = 60;          // seconds without a byte

// Of an answer that is held in memory: a job with the largest payload, each byte escaped.
constexpr std::size_t kMaxBody = 16 * kMaxDataBytes;

std::string_view media_type(Format format) {
  switch (format) {
    case Format::kText: return kTextPlain.name;
    case Format::kJson: return kApplicationJson.name;
    case Format::kXml: return kApplicationXml.name;
  }
  return kTextPlain.name;
}

// A SIGINT that is held back until someone asks for it (cmd/patience.h) ends the transfer.
int is_interrupted(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGINT);
}

// Of the answer that came last; empty if it has none of that name.
std::string header_of(CURL* handle, const char* name) {
  constexpr int kAnyRequest = -1;
  curl_header* header = nullptr;
  const CURLHcode code = curl_easy_header(handle, name, 0, CURLH_HEADER, kAnyRequest, &header);
  return code == CURLHE_OK ? header->value : std::string{};
}

// The problem's own words; they say what to do.
Failure problem_failure(int status,
                        std::optional<std::string_view> content_type,
                        std::string_view body) {
  const Format format = document_format(content_type, body).value_or(Format::kText);
  const Problem problem = read_problem(format, status, body);
  std::string message = problem.detail.empty() ? problem.title : problem.detail;
  if (message.empty()) message = "the server answers " + std::to_string(status);
  return {exit_code_of_status(status), name_field(problem.field, message), status};
}

}  // namespace

// What one transfer has come to, as libcurl calls back.
struct Client::Transfer {
  CURL* handle = nullptr;
  const Sink* sink = nullptr;  // of the body of a success; if there is none, it is kept
  std::string body = {};
  std::optional<Failure> failure = {};  // why it was ended from here

  bool take(std::string_view piece) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (sink != nullptr && status / 100 == 2) {
      if (const auto taken = (*sink)(piece); !taken) failure = taken.error();
      return !failure;
    }
    if (body.size() + piece.size() > kMaxBody) {
      failure = Failure{ExitCode::kError, "the server's answer is too large to be one of jobsched"};
      return false;
    }
    body += piece;
    return true;
  }

  static std::size_t write(const char* bytes, std::size_t, std::size_t count, void* transfer) {
    return static_cast<Transfer*>(transfer)->take({bytes, count}) ? count : 0;
  }
};

Client::Client(ServerAddress server)
    : server_(std::move(server)), handle_(curl_easy_init(), curl_easy_cleanup) {}

Failure Client::unreachable(int curl_code,
                            const std::string& reason,
                            const ClientRequest& request) const {
  long os_error = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_OS_ERRNO, &os_error);
  if (curl_code == CURLE_COULDNT_CONNECT && os_error == EACCES) {
    return {ExitCode::kUnauthorized,
            "you may not use " + server_.text + ": permission denied; ask its owner for access"};
  }
  if (curl_code == CURLE_COULDNT_CONNECT && os_error != 0) {
    return {ExitCode::kUnreachable,
            "cannot reach " + server_.text + ": " +
                std::generic_category().message(static_cast<int>(os_error)) +
                "; is `jobsched serve` running there? -s or JOBSCHED_SERVER names another server"};
  }
  curl_off_t sent = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_PRETRANSFER_TIME_T, &sent);
  if (sent == 0) {
    return {ExitCode::kUnreachable, "cannot reach " + server_.text + ": " + reason +
                                        "; check the address that -s or JOBSCHED_SERVER names"};
  }
  const std::string_view doubt =
      request.method == "GET" ? "" : "; it may or may not have done what it was asked";
  return {ExitCode::kUnreachable,
          "no complete answer from " + server_.text + ": " + reason + std::string(doubt)};
}

void Client::configure(const ClientRequest& request, Transfer& transfer) {
  CURL* const handle = handle_.get();
  curl_easy_reset(handle);
  curl_easy_setopt(handle, CURLOPT_URL, (server_.url + request.target).c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  if (!server_.socket.empty()) {
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, server_.socket.c_str());
  }
  if (!server_.cacert.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, server_.cacert.c_str());
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(handle, CURLOPT_USERAGENT, ("jobsched/" + std::string(version())).c_str());
  if (!request.body.empty()) {
    const auto size = static_cast<curl_off_t>(request.body.size());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, size);
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectTimeout);
  if (transfer.sink == nullptr) {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, long{request.timeout.count()});
  }
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, kStall);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::write);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, is_interrupted);
}

Fallible<void> Client::perform(const ClientRequest& request, Transfer& transfer) {
  if (!handle_) return fail(ExitCode::kError, "libcurl cannot be set up");
  if (const auto loaded = load_key(); !loaded) return loaded;
  CURL* const handle = transfer.handle = handle_.get();
  configure(request, transfer);

  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(nullptr, curl_slist_free_all);
  const auto add_header = [&](const std::string& line) {
    curl_slist* const longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) return;  // out of memory: the list stays as it is
    headers.release();              // NOLINT(bugprone-unused-return-value): it is part of `longer`
    headers.reset(longer);
  };
  add_header("Accept: " + std::string(media_type(request.accept)));
  if (!request.body.empty()) add_header("Content-Type: application/json");
  if (!authorization_.empty()) add_header(authorization_);
  for (const auto& [name, value] : request.headers)
    add_header(name + ": " + value);
  add_header("Expect:");  // would cost a second with servers that do not know it
  std::array<char, CURL_ERROR_SIZE> reason{};
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason.data());
  const CURLcode code = curl_easy_perform(handle);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);

  if (transfer.failure) return tl::unexpected(*transfer.failure);
  if (code == CURLE_ABORTED_BY_CALLBACK) return fail(ExitCode::kInterrupted, {});
  if (code != CURLE_OK) {
    const std::string text = reason[0] != '\0' ? reason.data() : curl_easy_strerror(code);
    return tl::unexpected(unreachable(code, text, request));
  }
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  if (status / 100 == 2) return {};
  const char* type = nullptr;
  curl_easy_getinfo(handle, CURLINFO_CONTENT_TYPE, &type);
  const auto content_type = type == nullptr ? std::nullopt : std::optional<std::string_view>(type);
  return tl::unexpected(problem_failure(static_cast<int>(status), content_type, transfer.body));
}

Fallible<void> Client::load_key() {
  if (server_.key_file.empty() || !authorization_.empty()) return {};
  return read_key_file(server_.key_file).map([this](const std::string& key) {
    authorization_ = "Authorization: Bearer " + key;
  });
}

Fallible<Response> Client::send(const ClientRequest& request) {
  Transfer transfer;
  const auto done = perform(request, transfer);
  if (!done) return tl::unexpected(done.error());
  return Response{std::move(transfer.body), header_of(transfer.handle, "ETag"),
                  header_of(transfer.handle, "Link")};
}

Fallible<void> Client::stream(const ClientRequest& request, const Sink& sink) {
  Transfer transfer{nullptr, &sink};
  return perform(request, transfer);
}

}  // namespace jobsched::cmd
