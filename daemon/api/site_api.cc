#include "daemon/api/site_api.h"

#include <utility>

#include "daemon/api/answer.h"
#include "daemon/api/site/site.h"

namespace jobsched {

namespace {

constexpr MediaType kTextHtml{"text/html", Format::kText};

void answer(Call call, MediaType type, std::string_view body, http::Headers headers) {
  if (!call.allow("GET, HEAD") || !call.accept({&type, 1}) || !call.take_no_query()) return;
  http::Response response = make_answer(200, type, std::string(body));
  for (auto& header : headers)
    response.headers.push_back(std::move(header));
  call.responder->respond(std::move(response));
}

}  // namespace

void answer_openapi(Call call) {
  // Tools that run in a browser may read it, too: it is the same for everybody.
  answer(std::move(call), kApplicationJson, openapi_document(),
         {{"Access-Control-Allow-Origin", "*"}});
}

void answer_page(Call call) {
  answer(std::move(call), kTextHtml, api_page(),
         {{"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"},
          {"X-Content-Type-Options", "nosniff"}});
}

}  // namespace jobsched
