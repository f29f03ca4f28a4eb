#include "daemon/api/answer.h"

#include <array>
#include <utility>

#include "daemon/api/conditions.h"

namespace jobsched {

namespace {

constexpr std::string_view kCharset = "; charset=utf-8";

constexpr int kTooManyRequests = 429;
constexpr int kUnavailable = 503;

// When to try again where nothing says how long it will take.
http::Headers::value_type soon() {
  return {"Retry-After", "1"};
}

http::Response problem_answer(const Problem& problem, MediaType type) {
  const std::string_view name =
      type.format == Format::kJson ? "application/problem+json" : type.name;
  return make_answer(problem.status, {name, type.format}, write_problem(type.format, problem));
}

}  // namespace

http::Response make_answer(int status, MediaType type, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", std::string{type.name}.append(kCharset));
  response.body = std::move(body);
  return response;
}

http::Response job_answer(int status, MediaType type, const Job& job) {
  http::Response response = make_answer(status, type, write_job(type.format, job));
  // As text there is only the id, which never changes.
  if (type.format != Format::kText) {
    response.headers.emplace_back("ETag", entity_tag(job, type.format));
  }
  return response;
}

http::Response problem_answer(const Error& error, MediaType type) {
  http::Response response = problem_answer(to_problem(error), type);
  if (error.kind == ErrorKind::kUnavailable) response.headers.push_back(soon());
  return response;
}

http::Response problem_answer(int status, std::string detail, MediaType type) {
  http::Response response = problem_answer(
      Problem{status, std::string{status_phrase(status)}, std::move(detail), {}}, type);
  if (status == kTooManyRequests || status == kUnavailable) response.headers.push_back(soon());
  return response;
}

MediaType problem_type(std::optional<std::string_view> accept, std::span<const MediaType> offered) {
  constexpr MediaType kProblemJson{"application/problem+json", Format::kJson};
  constexpr MediaType kProblemXml{"application/problem+xml", Format::kXml};
  constexpr std::array kAll{kTextPlain,      kApplicationJson, kTextXml,
                            kApplicationXml, kProblemJson,     kProblemXml};
  const auto negotiated = negotiate(accept, offered);
  if (negotiated) return negotiated->format == Format::kText ? kTextPlain : *negotiated;
  return negotiate(accept, kAll).value_or(kTextPlain);
}

}  // namespace jobsched
