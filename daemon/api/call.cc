#include "daemon/api/call.h"

#include <utility>
#include <variant>

#include "daemon/api/answer.h"

namespace jobsched {

bool Call::accept(std::span<const MediaType> offered) {
  const auto accept = request.header("Accept");
  problem = problem_type(accept, offered);
  const auto negotiated = negotiate(accept, offered);
  if (negotiated) {
    type = *negotiated;
    return true;
  }
  std::string names;
  for (const MediaType& offer : offered) {
    names.append(names.empty() ? "" : ", ").append(offer.name);
  }
  refuse({ErrorKind::kNotAcceptable, "this call answers with " + names, {}, {}});
  return false;
}

void Call::refuse(const Error& error) const {
  responder->respond(problem_answer(error, problem));
}

void Call::refuse_method(std::string allow) const {
  http::Response response =
      problem_answer({ErrorKind::kMethodNotAllowed,
                      "the method " + request.method + " is not for this resource; use " + allow,
                      {},
                      {}},
                     problem);
  response.headers.emplace_back("Allow", std::move(allow));
  responder->respond(std::move(response));
}

Done<void> Call::release(http::Response response, std::function<void()> committed) && {
  constexpr auto kAsItIs = [](std::monostate, http::Response&) {};
  auto done = std::move(*this).release_mended<std::monostate>(std::move(response),
                                                              std::move(committed), kAsItIs);
  return [done = std::move(done)](const Result<void>& result) {
    done(result.map([] { return std::monostate{}; }));
  };
}

}  // namespace jobsched
