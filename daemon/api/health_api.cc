#include "daemon/api/health_api.h"

#include <string>
#include <string_view>
#include <utility>

#include "core/codec/writer.h"
#include "core/version.h"
#include "daemon/api/answer.h"

namespace jobsched {

namespace {

constexpr std::string_view kAlivePath = "/healthz";
constexpr std::string_view kReadyPath = "/readyz";

std::string well(Format format) {
  switch (format) {
    case Format::kText: break;
    case Format::kJson: return R"({"status":"ok","version":")" + std::string(version()) + "\"}";
    case Format::kXml:
      return std::string(kXmlDeclaration) + "<health><status>ok</status><version>" +
             std::string(version()) + "</version></health>";
  }
  return "ok";
}

}  // namespace

bool HealthApi::takes(const http::Request& request) {
  return request.path() == kAlivePath || request.path() == kReadyPath;
}

void HealthApi::handle(http::Request request, std::unique_ptr<http::Responder> responder) const {
  Call call = Call::begin(std::move(request), std::move(responder));
  if (!call.allow("GET, HEAD") || !call.accept(kEveryType)) return;
  if (call.request.path() == kReadyPath) {
    if (const Result<void> ready = ready_(); !ready) {
      call.refuse(ready.error());
      return;
    }
  }
  http::Response response = make_answer(200, call.type, well(call.type.format));
  response.headers.emplace_back("Cache-Control", "no-store");
  call.responder->respond(std::move(response));
}

}  // namespace jobsched
