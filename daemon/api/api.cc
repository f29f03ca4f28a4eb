#include "daemon/api/api.h"

#include <algorithm>
#include <utility>

#include "core/codec/codec.h"
#include "daemon/api/answer.h"
#include "daemon/api/body.h"
#include "daemon/api/conditions.h"
#include "daemon/api/cross_site.h"
#include "daemon/api/notice.h"

namespace jobsched {

namespace {

Error no_such_job(const JobId& id) {
  return {ErrorKind::kNotFound, "there is no job " + format_job_id(id), {}, {}};
}

}  // namespace

Api::Api(Limits limits, Dependencies dependencies)
    : limits_(limits),
      dependencies_(std::move(dependencies)),
      creates_(limits,
               {dependencies_.store, dependencies_.clock, dependencies_.random,
                dependencies_.on_due, dependencies_.zones, dependencies_.network}),
      list_(dependencies_.store),
      deliveries_(dependencies_.store, dependencies_.clock, dependencies_.on_due),
      secrets_(dependencies_.store, dependencies_.clock, dependencies_.random) {}

void Api::set(Limits limits, const NetworkRules& network) {
  limits_ = limits;
  dependencies_.network = network;
  creates_.set(limits, network);
}

void Api::handle(http::Request request, std::unique_ptr<http::Responder> responder) {
  Call call = Call::begin(std::move(request), std::move(responder));
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
  } else if (call.accept(kEveryType) && call.take_no_query()) {
    creates_.answer(std::move(call));
  }
}

void Api::dispatch(Call call, const JobTarget& target) {
  if (!call.allow("GET, HEAD, PUT, DELETE")) return;
  const bool has_answer = !call.is("DELETE");
  if (call.reads() && !call.accept(kDocumentTypes)) return;
  if (has_answer && !call.reads() && !call.accept(kEveryType)) return;
  if (!call.take_no_query()) return;
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
  if (!call.allow("POST") || !call.accept(kEveryType) || !call.take_no_query()) return;
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
  creates_.answer(std::move(call), target);
}

void Api::dispatch(Call call, const JobActionTarget& target) {
  if (!call.allow("POST")) return;
  if (target.action == JobAction::kFire) {
    deliveries_.fire(std::move(call), target.id);
  } else if (call.accept(kEveryType) && call.take_no_query()) {
    pause_or_resume(std::move(call), target);
  }
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
  auto done = std::move(call).release(std::move(response), notice(dependencies_.on_due, next));
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

}  // namespace jobsched
