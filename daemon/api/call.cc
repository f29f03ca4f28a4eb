#include "daemon/api/call.h"

#include <utility>

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
  // A std::function must be copyable; the state it shares is used once.
  struct State {
    std::unique_ptr<http::Responder> responder;
    http::Response response;
    MediaType problem;
  };

  auto state = std::make_shared<State>(State{std::move(responder), std::move(response), problem});
  return [state, committed = std::move(committed)](const Result<void>& result) {
    if (!result) {
      state->responder->respond(problem_answer(result.error(), state->problem));
      return;
    }
    if (committed) committed();
    state->responder->respond(std::move(state->response));
  };
}

}  // namespace jobsched
