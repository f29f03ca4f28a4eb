#include "daemon/api/admin_api.h"

#include <utility>

#include "daemon/api/answer.h"
#include "daemon/api/call.h"
#include "daemon/api/cross_site.h"
#include "daemon/metrics/exposition.h"

namespace jobsched {

void AdminApi::handle(http::Request request, std::unique_ptr<http::Responder> responder) const {
  if (HealthApi::takes(request)) {
    dependencies_.health.handle(std::move(request), std::move(responder));
    return;
  }
  Call call = Call::begin(std::move(request), std::move(responder));
  if (const Result<void> allowed = check_same_site(call.request); !allowed) {
    call.refuse(allowed.error());
    return;
  }
  if (!dependencies_.hosts.admit(call)) return;
  if (call.request.path() == "/metrics") {
    answer_metrics(call);
    return;
  }
  if (AccountsApi::answers(call.request.path())) {
    dependencies_.accounts.answer(std::move(call));
    return;
  }
  call.refuse({ErrorKind::kNotFound,
               "there is nothing here; this is the admin listener, and the jobs are on the other",
               {},
               {}});
}

// Whatever the Accept header says: the format has one type, and scrapers ask for others they would
// rather have.
void AdminApi::answer_metrics(const Call& call) const {
  if (!call.allow("GET, HEAD")) return;
  http::Response response;
  response.headers.emplace_back("Content-Type", Exposition::kContentType);
  response.body = dependencies_.metrics();
  call.responder->respond(std::move(response));
}

}  // namespace jobsched
