#include "daemon/api/call.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "daemon/api/answer.h"

namespace jobsched {

namespace {

constexpr std::string_view kBetweenMethods = ", ";

}  // namespace

Call Call::begin(http::Request request, std::unique_ptr<http::Responder> responder) {
  const MediaType problem = problem_type(request.header("Accept"), {});
  return {.request = std::move(request), .responder = std::move(responder), .problem = problem};
}

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

bool Call::take_query(std::span<const std::string_view> parameters) {
  Result<Query> read = Query::read(request.query(), parameters);
  if (read) {
    query = *std::move(read);
  } else {
    refuse(read.error());
  }
  return read.has_value();
}

void Call::refuse(const Error& error, http::Headers headers) const {
  http::Response response = problem_answer(error, problem);
  std::ranges::move(headers, std::back_inserter(response.headers));
  responder->respond(std::move(response));
}

bool Call::allow(std::string_view methods) const {
  for (std::string_view rest = methods; !rest.empty();) {
    const std::size_t end = std::min(rest.find(kBetweenMethods), rest.size());
    if (is(rest.substr(0, end))) return true;
    rest.remove_prefix(std::min(end + kBetweenMethods.size(), rest.size()));
  }
  http::Response response = problem_answer(
      {ErrorKind::kMethodNotAllowed,
       "the method " + request.method + " is not for this resource; use " + std::string(methods),
       {},
       {}},
      problem);
  response.headers.emplace_back("Allow", methods);
  responder->respond(std::move(response));
  return false;
}

// A request that was freed by the thread that commits would have the two wait for each other over
// the allocator's lock.
std::shared_ptr<Call> Call::wait() && {
  request = {};
  query = {};
  return std::make_shared<Call>(std::move(*this));
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
