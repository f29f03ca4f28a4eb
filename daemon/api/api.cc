#include "daemon/api/api.h"

#include <algorithm>
#include <utility>

#include "core/codec/codec.h"
#include "core/job/url.h"
#include "core/time/iso8601.h"
#include "daemon/api/answer.h"
#include "daemon/api/conditions.h"
#include "daemon/api/cross_site.h"

namespace jobsched {

namespace {

std::string job_path(const JobId& id) {
  return "/1/jobs/" + format_job_id(id);
}

// Refuses a job whose callback could never be sent.
Result<JobSpec> check_target(JobSpec spec, const NetworkRules& network) {
  return parse_callback_url(spec.url)
      .and_then([&](const CallbackUrl& url) { return check_host(network, url.host); })
      .map([&] { return std::move(spec); });
}

Error no_such_job(const JobId& id) {
  return {ErrorKind::kNotFound, "there is no job " + format_job_id(id), {}, {}};
}

// A content coding would have to be undone before the payload means what the user means.
Result<void> check_coding(const http::Request& request) {
  const auto coding = request.header("Content-Encoding");
  if (!coding || coding->empty() || *coding == "identity") return {};
  return fail(ErrorKind::kUnsupportedMedia,
              "the request's Content-Encoding is \"" + *coding +
                  "\"; send the body as it is, without a Content-Encoding");
}

// The format of the document, or of the documents, in the body.
Result<Format> body_format(const http::Request& request) {
  if (auto coding = check_coding(request); !coding) return tl::unexpected(coding.error());
  const std::optional<Format> format =
      document_format(request.header("Content-Type"), request.body);
  if (format) return *format;
  return fail(ErrorKind::kUnsupportedMedia,
              "a job document is JSON or XML; send it with Content-Type: application/json or "
              "Content-Type: application/xml");
}

// Whether a path segment that is no instant was meant as one: it begins like a year and has not the
// blanks of a cron expression.
bool looks_like_date_time(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  return text.size() > 4 && text.find_first_not_of(kDigits) >= 4 &&
         std::ranges::count(text, ' ') < 2;
}

// A job without a name takes no other's place, so that its answer is ready.
Mend<Created> mend_created(MediaType type, const Job& job) {
  if (!job.spec.name) return [](const Created&, http::Response&) {};
  return [type, replacement = job](const Created& created, http::Response& response) mutable {
    if (!created.replaced) return;
    replacement.id = created.id;
    response = job_answer(200, type, replacement);
    response.headers.emplace_back("Location", job_path(created.id));
  };
}

// 200 where no job is new.
void mend_all_created(MediaType type,
                      const std::vector<Created>& created,
                      http::Response& response) {
  if (std::ranges::none_of(created, &Created::replaced)) return;
  std::vector<JobId> ids;
  for (const Created& one : created) {
    ids.push_back(one.id);
  }
  const bool none_new = std::ranges::all_of(created, &Created::replaced);
  response = make_answer(none_new ? 200 : 201, type, write_id_list(type.format, ids));
}

}  // namespace

Api::Api(Limits limits, Dependencies dependencies)
    : limits_(limits),
      dependencies_(std::move(dependencies)),
      list_(dependencies_.store),
      deliveries_(dependencies_.store, dependencies_.clock, dependencies_.on_due),
      secrets_(dependencies_.store, dependencies_.clock, dependencies_.random) {}

void Api::handle(http::Request request, std::unique_ptr<http::Responder> responder) {
  Call call{std::move(request), std::move(responder)};
  call.problem = problem_type(call.request.header("Accept"), {});
  if (const Result<void> allowed = check_same_site(call.request); !allowed) {
    call.refuse(allowed.error());
    return;
  }
  // Also where there is nothing: only accounts hear what there is.
  if (call.request.path().starts_with("/1/") && !dependencies_.admit(call)) return;
  const Result<Target> target = parse_target(call.request.path());
  if (!target) {
    call.refuse(target.error());
    return;
  }
  std::visit([&](const auto& known) { dispatch(std::move(call), known); }, *target);
}

void Api::dispatch(Call call, const JobsTarget& /*target*/) {
  if (!call.allow("GET, HEAD, POST")) return;
  if (call.reads()) {
    list_.answer(std::move(call));
  } else if (call.accept(kEveryType)) {
    create_from_body(std::move(call));
  }
}

void Api::dispatch(Call call, const JobTarget& target) {
  if (!call.allow("GET, HEAD, PUT, DELETE")) return;
  const bool has_answer = !call.is("DELETE");
  if (call.reads() && !call.accept(kDocumentTypes)) return;
  if (has_answer && !call.reads() && !call.accept(kEveryType)) return;
  const std::optional<JobId> id = parse_job_id(target.id);
  if (!id) {
    call.refuse({ErrorKind::kNotFound,
                 "there is no job \"" + target.id + "\"; the id of a job is a UUID",
                 {},
                 {}});
  } else if (call.reads()) {
    get(std::move(call), *id);
  } else if (has_answer) {
    replace(std::move(call), *id);
  } else {
    remove(std::move(call), *id);
  }
}

void Api::dispatch(Call call, const DeletionTarget& /*target*/) {
  if (!call.allow("POST") || !call.accept(kEveryType)) return;
  Result<std::vector<JobId>> ids = body_format(call.request).and_then([&](Format format) {
    return read_id_list(format, call.request.body);
  });
  if (!ids) {
    call.refuse(ids.error());
  } else if (ids->size() > kMaxBulk) {
    call.refuse({ErrorKind::kInvalid,
                 "a list may have at most " + std::to_string(kMaxBulk) +
                     " ids; send the rest in further requests",
                 {},
                 {}});
  } else {
    remove_all(std::move(call), *std::move(ids));
  }
}

void Api::dispatch(Call call, const PathJobTarget& target) {
  if (!call.allow("POST") || !call.accept(kEveryType)) return;
  const Result<JobDocument> document = read_path_document(call.request, target);
  create(std::move(call), document);
}

void Api::dispatch(Call call, const JobActionTarget& target) {
  if (!call.allow("POST")) return;
  if (target.action == JobAction::kFire) {
    deliveries_.fire(std::move(call), target.id);
  } else if (call.accept(kEveryType)) {
    pause_or_resume(std::move(call), target);
  }
}

void Api::create_from_body(Call call) {
  const Result<JobDocuments> body = body_format(call.request).and_then([&](Format format) {
    return read_jobs(format, call.request.body);
  });
  if (!body) {
    call.refuse(body.error());
  } else if (body->is_list) {
    create_all(std::move(call), body->documents);
  } else {
    create(std::move(call), body->documents.front());
  }
}

Result<Job> Api::make_job(const std::string& account, const JobDocument& document, Instant now) {
  Result<JobSpec> spec =
      check_new_job(document, limits_, dependencies_.zones, now).and_then([&](JobSpec checked) {
        return check_target(std::move(checked), dependencies_.network);
      });
  if (!spec) return tl::unexpected(std::move(spec.error()));
  const std::optional<Instant> next = first_fire_time(*spec, now);
  return Job{ids_.next(now, dependencies_.random()), account, *std::move(spec), next};
}

void Api::create(Call call, const Result<JobDocument>& document) {
  Result<Job> job = document.and_then([&](const JobDocument& known) {
    return make_job(call.account, known, dependencies_.clock.now());
  });
  if (!job) {
    call.refuse(job.error());
    return;
  }
  http::Response response = job_answer(201, call.type, *job);
  response.headers.emplace_back("Location", job_path(job->id));
  auto done = std::move(call).release_mended<Created>(std::move(response), notice(job->next),
                                                      mend_created(call.type, *job));
  dependencies_.store.create(*std::move(job), std::move(done));
}

// Every document is checked before the first job is stored.
void Api::create_all(Call call, const std::vector<JobDocument>& documents) {
  const Instant now = dependencies_.clock.now();
  std::vector<Job> jobs;
  std::vector<JobId> ids;
  std::optional<Instant> next;
  for (const JobDocument& document : documents) {
    Result<Job> job = make_job(call.account, document, now);
    if (!job) {
      call.refuse(in_list(std::move(job.error()), jobs.size()));
      return;
    }
    next = earlier(next, job->next);
    ids.push_back(job->id);
    jobs.push_back(*std::move(job));
  }
  http::Response response = make_answer(201, call.type, write_id_list(call.type.format, ids));
  auto done = std::move(call).release_mended<std::vector<Created>>(
      std::move(response), notice(next), std::bind_front(mend_all_created, call.type));
  dependencies_.store.create_all(std::move(jobs), std::move(done));
}

std::function<void()> Api::notice(std::optional<Instant> next) const {
  return [this, next] {
    if (next) dependencies_.on_due(*next);
  };
}

void Api::get(Call call, JobId id) const {
  const Result<std::optional<Job>> job = dependencies_.store.find(call.account, id);
  if (!job) {
    call.refuse(job.error());
  } else if (!*job) {
    call.refuse(no_such_job(id));
  } else if (const auto known = knows_already(call.request, **job, call.type); !known) {
    call.refuse(known.error());
  } else if (*known) {
    call.responder->respond(not_modified(**job, call.type));
  } else {
    call.responder->respond(job_answer(200, call.type, **job));
  }
}

void Api::replace(Call call, JobId id) {
  const Result<std::optional<Job>> found = dependencies_.store.find(call.account, id);
  if (!found || !*found) {
    call.refuse(found ? no_such_job(id) : found.error());
    return;
  }
  Result<JobVersions> expected = read_if_match(call.request);
  const Result<JobDocument> document = body_format(call.request).and_then([&](Format format) {
    return read_job(format, call.request.body);
  });
  if (!expected || !document) {
    call.refuse(expected ? document.error() : expected.error());
    return;
  }
  const Instant now = dependencies_.clock.now();
  Result<JobSpec> spec = check_replacement(*document, **found, limits_, dependencies_.zones, now)
                             .and_then([&](JobSpec checked) {
                               return check_target(std::move(checked), dependencies_.network);
                             });
  if (!spec) {
    call.refuse(spec.error());
    return;
  }
  const std::optional<Instant> next = first_fire_time(*spec, now);
  http::Response response = job_answer(200, call.type, Job{id, (*found)->account, *spec, next});
  auto done = std::move(call).release(std::move(response), notice(next));
  dependencies_.store.replace((*found)->account, id, *std::move(expected), std::move(*spec), next,
                              now, std::move(done));
}

void Api::remove(Call call, JobId id) {
  Result<JobVersions> expected = read_if_match(call.request);
  if (!expected) {
    call.refuse(expected.error());
    return;
  }
  http::Response response;
  response.status = 204;
  std::string account = call.account;
  dependencies_.store.remove(std::move(account), id, *std::move(expected),
                             dependencies_.clock.now(),
                             std::move(call).release(std::move(response)));
}

void Api::remove_all(Call call, std::vector<JobId> ids) {
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::string account = call.account;
  auto done = std::move(call).release_made<std::vector<JobId>>(
      [](const std::vector<JobId>& unknown, MediaType type) {
        return make_answer(200, type, write_id_list(type.format, unknown));
      });
  dependencies_.store.remove_all(std::move(account), std::move(ids), dependencies_.clock.now(),
                                 std::move(done));
}

void Api::pause_or_resume(Call call, const JobActionTarget& target) {
  std::string account = call.account;
  auto done = std::move(call).release_made<Job>([this](const Job& job, MediaType type) {
    if (job.next) dependencies_.on_due(*job.next);
    return job_answer(200, type, job);
  });
  if (target.action == JobAction::kPause) {
    dependencies_.store.pause(std::move(account), target.id, std::move(done));
  } else {
    dependencies_.store.resume(std::move(account), target.id, dependencies_.clock.now(),
                               std::move(done));
  }
}

Result<JobDocument> Api::read_path_document(const http::Request& request,
                                            const PathJobTarget& target) const {
  if (!request.query().empty()) {
    return fail(ErrorKind::kMalformed,
                "this path takes no query; if the ? belongs to the callback URL, write it as %3F",
                "url");
  }
  if (auto coding = check_coding(request); !coding) return tl::unexpected(coding.error());
  if (request.body.size() > limits_.data) {
    return fail(ErrorKind::kTooLarge,
                "the payload has " + std::to_string(request.body.size()) +
                    " bytes; this daemon takes at most " + std::to_string(limits_.data),
                "data");
  }
  JobDocument document;
  document.url = target.callback;
  if (!request.body.empty()) {
    document.data = request.body;
    document.content_type = request.header("Content-Type");
    document.signature = request.header("X-Content-Signature");
  }
  // A bare offset's plus sign is no space; of a schedule that is neither, the error names the field
  // that was meant.
  if (!parse_instant(target.schedule) && parse_instant(target.schedule_with_plus)) {
    document.when = target.schedule_with_plus;
  } else if (parse_instant(target.schedule) || looks_like_date_time(target.schedule)) {
    document.when = target.schedule;
  } else {
    document.cron = target.schedule;
  }
  return document;
}

}  // namespace jobsched
