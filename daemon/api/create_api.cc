#include "daemon/api/create_api.h"

#include <algorithm>
#include <utility>

#include "core/codec/codec.h"
#include "core/job/url.h"
#include "core/time/iso8601.h"
#include "daemon/api/answer.h"
#include "daemon/api/body.h"
#include "daemon/api/idempotency.h"
#include "daemon/api/notice.h"

namespace jobsched {

namespace {

// Whether a path segment that is no instant was meant as one: it begins like a year and has not the
// blanks of a cron expression.
bool looks_like_date_time(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  return text.size() > 4 && text.find_first_not_of(kDigits) >= 4 &&
         std::ranges::count(text, ' ') < 2;
}

http::Response created_answer(MediaType type, const Job& job, bool replaced = false) {
  http::Response response = job_answer(replaced ? 200 : 201, type, job);
  response.headers.emplace_back("Location", "/1/jobs/" + format_job_id(job.id));
  return response;
}

// For a job that took the place of another, or was created before, by its id.
http::Response created_answer(MediaType type, Job job, const Created& created) {
  job.id = created.id;
  return created_answer(type, job, created.replaced);
}

// 200 where no job is new.
http::Response all_created_answer(MediaType type, const std::vector<Created>& created) {
  std::vector<JobId> ids;
  ids.reserve(created.size());
  for (const Created& one : created)
    ids.push_back(one.id);
  const bool none_new = !created.empty() && std::ranges::all_of(created, &Created::replaced);
  return make_answer(none_new ? 200 : 201, type, write_id_list(type.format, ids));
}

http::Response replayed(http::Response response) {
  response.headers.emplace_back(kReplayedHeader, "true");
  return response;
}

// A job without a name takes no other's place, so that its answer is ready.
Mend<Created> mend_created(MediaType type, const Job& job) {
  if (!job.spec.name) return [](const Created&, http::Response&) {};
  return [type, job](const Created& created, http::Response& response) {
    if (created.replaced) response = created_answer(type, job, created);
  };
}

void mend_all_created(MediaType type,
                      const std::vector<Created>& created,
                      http::Response& response) {
  if (std::ranges::any_of(created, &Created::replaced)) {
    response = all_created_answer(type, created);
  }
}

std::vector<Created> as_new(const std::vector<Job>& jobs) {
  std::vector<Created> created;
  created.reserve(jobs.size());
  for (const Job& job : jobs)
    created.push_back({job.id});
  return created;
}

std::optional<Instant> first_of(const std::vector<Job>& jobs) {
  std::optional<Instant> next;
  for (const Job& job : jobs)
    next = earlier(next, job.next);
  return next;
}

}  // namespace

Result<JobSpec> check_target(JobSpec spec, const NetworkRules& network) {
  return parse_callback_url(spec.url)
      .and_then([&](const CallbackUrl& url) { return check_host(network, url.host); })
      .map([&] { return std::move(spec); });
}

void CreateApi::answer(Call call) {
  const Result<Creation> creation = begin(call);
  if (!creation) {
    call.refuse(creation.error());
    return;
  }
  const Result<JobDocuments> body = body_format(call.request).and_then([&](Format format) {
    return read_jobs(format, call.request.body);
  });
  if (!body) {
    call.refuse(body.error());
  } else if (body->is_list) {
    create_all(std::move(call), *creation, body->documents);
  } else {
    create(std::move(call), *creation, body->documents.front());
  }
}

void CreateApi::answer(Call call, const PathJobTarget& target) {
  const Result<Creation> creation = begin(call);
  if (!creation) {
    call.refuse(creation.error());
    return;
  }
  const Result<JobDocument> document = read_path_document(call.request, target);
  create(std::move(call), *creation, document);
}

Result<CreateApi::Creation> CreateApi::begin(const Call& call) const {
  const Instant now = dependencies_.clock.now();
  auto key = idempotency_key_of(call.request, call.account);
  if (!key) return tl::unexpected(std::move(key.error()));
  if (!*key) return Creation{now};
  auto before = dependencies_.store.find_created(**key, now);
  if (!before) return tl::unexpected(std::move(before.error()));
  return Creation{*before ? (*before)->first : now, *std::move(key), *std::move(before)};
}

void CreateApi::create(Call call, const Creation& creation, const Result<JobDocument>& document) {
  Result<Job> job = document.and_then(
      [&](const JobDocument& known) { return make_job(call.account, known, creation.now); });
  if (!job) {
    call.refuse(job.error());
  } else if (creation.key) {
    create_once(std::move(call), creation, {*job},
                [job = *job](MediaType type, const std::vector<Created>& created) {
                  return created_answer(type, job, created.front());
                });
  } else {
    http::Response response = created_answer(call.type, *job);
    auto done = std::move(call).release_mended<Created>(std::move(response),
                                                        notice(dependencies_.on_due, job->next),
                                                        mend_created(call.type, *job));
    dependencies_.store.create(*std::move(job), std::move(done));
  }
}

void CreateApi::create_all(Call call,
                           const Creation& creation,
                           const std::vector<JobDocument>& documents) {
  Result<std::vector<Job>> jobs = make_jobs(call.account, documents, creation.now);
  if (!jobs) {
    call.refuse(jobs.error());
  } else if (creation.key) {
    create_once(std::move(call), creation, *std::move(jobs), all_created_answer);
  } else {
    http::Response response = all_created_answer(call.type, as_new(*jobs));
    auto done = std::move(call).release_mended<std::vector<Created>>(
        std::move(response), notice(dependencies_.on_due, first_of(*jobs)),
        std::bind_front(mend_all_created, call.type));
    dependencies_.store.create_all(*std::move(jobs), std::move(done));
  }
}

// Another request of the key may be on its way to the store, so that only its commit knows what to
// answer.
void CreateApi::create_once(Call call,
                            const Creation& creation,
                            std::vector<Job> jobs,
                            CreatedAnswer answer) {
  if (creation.before) {
    call.responder->respond(replayed(answer(call.type, creation.before->jobs)));
    return;
  }
  auto done = std::move(call).release_made<CreatedOnce>(
      [answer = std::move(answer), noticed = notice(dependencies_.on_due, first_of(jobs))](
          const CreatedOnce& once, MediaType type) {
        http::Response response = answer(type, once.jobs);
        if (once.repeated) return replayed(std::move(response));
        noticed();
        return response;
      });
  dependencies_.store.create_once(*creation.key, std::move(jobs), creation.now, std::move(done));
}

Result<Job> CreateApi::make_job(const std::string& account,
                                const JobDocument& document,
                                Instant now) {
  Result<JobSpec> spec =
      check_new_job(document, limits_, dependencies_.zones, now).and_then([&](JobSpec checked) {
        return check_target(std::move(checked), dependencies_.network);
      });
  if (!spec) return tl::unexpected(std::move(spec.error()));
  const std::optional<Instant> next = first_fire_time(*spec, now);
  return Job{ids_.next(now, dependencies_.random()), account, *std::move(spec), next};
}

Result<std::vector<Job>> CreateApi::make_jobs(const std::string& account,
                                              const std::vector<JobDocument>& documents,
                                              Instant now) {
  std::vector<Job> jobs;
  for (const JobDocument& document : documents) {
    Result<Job> job = make_job(account, document, now);
    if (!job) return tl::unexpected(in_list(std::move(job.error()), jobs.size()));
    jobs.push_back(*std::move(job));
  }
  return jobs;
}

Result<JobDocument> CreateApi::read_path_document(const http::Request& request,
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
