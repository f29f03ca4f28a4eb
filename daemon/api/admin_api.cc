#include "daemon/api/admin_api.h"

#include <utility>

#include "daemon/api/answer.h"
#include "daemon/api/call.h"

namespace jobsched {

void AdminApi::handle(http::Request request, std::unique_ptr<http::Responder> responder) const {
  Call call{std::move(request), std::move(responder)};
  call.problem = problem_type(call.request.header("Accept"), {});
  call.refuse({ErrorKind::kNotFound,
               "there is nothing here; this is the admin listener, and the jobs are on the other",
               {},
               {}});
}

}  // namespace jobsched
