#include "daemon/api/job_list_api.h"

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "core/codec/codec.h"
#include "core/text/percent.h"
#include "daemon/api/answer.h"
#include "daemon/api/id_list_source.h"
#include "daemon/api/query.h"

namespace jobsched {

namespace {

constexpr std::array<std::string_view, 5> kParameters{"limit", "after", "expand", "name", "state"};

constexpr std::size_t kMaxPage = 10'000;  // ids: one page is made in memory
constexpr std::size_t kMaxJobs = 1'000;   // jobs: each is read for itself, on the server's thread
constexpr std::size_t kMaxPayload = 1'048'576;  // bytes, after which a page of jobs ends

Result<void> parse_expand(std::string_view text, bool& expand, bool& with_last) {
  with_last = text == "last";
  expand = with_last || text.empty() || text == "1" || text == "true";
  if (expand || text == "0" || text == "false") return {};
  return fail(ErrorKind::kMalformed,
              "expand must be 1, for whole jobs, last, for jobs with their last deliveries, or 0, "
              "for their ids");
}

std::vector<JobId> ids_of(const std::vector<ListedJob>& jobs) {
  std::vector<JobId> ids;
  ids.reserve(jobs.size());
  for (const ListedJob& listed : jobs)
    ids.push_back(listed.job.id);
  return ids;
}

}  // namespace

std::string JobListApi::Page::next(const JobId& last) const {
  std::string target = "/1/jobs?limit=" + std::to_string(*limit);
  if (expand) target += with_last ? "&expand=last" : "&expand=1";
  if (filter.name) target += "&name=" + percent_encode(filter.name->text());
  if (const auto state = state_of(filter)) target += "&state=" + std::string(*state);
  return target + "&after=" + format_job_id(last);
}

void JobListApi::answer(Call call) const {
  if (!call.accept(kEveryType) || !call.take_query(kParameters)) return;
  const Result<Page> page = read_page(call.query);
  if (!page) {
    call.refuse(page.error());
  } else if (page->reads_jobs()) {
    answer_jobs(std::move(call), *page);
  } else if (page->limit) {
    answer_ids(std::move(call), *page);
  } else {
    stream(std::move(call), *page);
  }
}

Result<JobListApi::Page> JobListApi::read_page(const Query& query) {
  Page page;
  Result<void> read;
  const auto parameter = [&](std::string_view name, const auto& take) {
    const auto text = query.find(name);
    if (read && text) read = take(*text);
  };
  parameter("expand",
            [&](std::string_view text) { return parse_expand(text, page.expand, page.with_last); });
  parameter("name", [&](std::string_view text) { return set_name(page.filter, text); });
  parameter("state", [&](std::string_view text) { return set_state(page.filter, text); });
  const std::size_t most = page.reads_jobs() ? kMaxJobs : kMaxPage;
  if (page.reads_jobs()) page.limit = kMaxJobs;
  parameter("limit", [&](std::string_view text) {
    return parse_limit(text, most).map([&](std::size_t limit) { page.limit = limit; });
  });
  parameter("after", [&](std::string_view text) -> Result<void> {
    page.after = parse_job_id(text);
    if (page.after) return {};
    return fail(ErrorKind::kMalformed, "after must be the id of a job, a UUID");
  });
  if (!read) return tl::unexpected(read.error());
  return page;
}

void JobListApi::stream(Call call, const Page& page) const {
  Result<std::unique_ptr<JobIdCursor>> cursor = store_.list(call.account, page.after, {});
  if (!cursor) {
    call.refuse(cursor.error());
    return;
  }
  auto source = std::make_unique<IdListSource>(call.type.format, std::move(*cursor));
  http::Response response = make_answer(200, call.type, {});
  response.content_length = source->size();
  response.source = std::move(source);
  call.responder->respond(std::move(response));
}

void JobListApi::answer_ids(Call call, const Page& page) const {
  // One more than the page, to know whether there is a next one.
  Result<std::vector<JobId>> ids = read_ids(call.account, page, *page.limit + 1);
  if (!ids) {
    call.refuse(ids.error());
    return;
  }
  std::optional<JobId> last;
  if (ids->size() > *page.limit) {
    ids->pop_back();
    last = ids->back();
  }
  respond(call, page, write_id_list(call.type.format, *ids), last);
}

// As text a job is its id.
void JobListApi::answer_jobs(Call call, const Page& page) const {
  const Result<Found> found = read_jobs(call.account, page);
  if (!found) {
    call.refuse(found.error());
    return;
  }
  const Format format = call.type.format;
  const bool whole = page.expand && format != Format::kText;
  respond(call, page,
          whole ? write_job_list(format, found->jobs) : write_id_list(format, ids_of(found->jobs)),
          found->last);
}

void JobListApi::respond(const Call& call,
                         const Page& page,
                         std::string body,
                         const std::optional<JobId>& last) {
  http::Response response = make_answer(200, call.type, std::move(body));
  if (last) response.headers.emplace_back("Link", "<" + page.next(*last) + ">; rel=\"next\"");
  call.responder->respond(std::move(response));
}

Result<std::vector<JobId>> JobListApi::read_ids(const std::string& account,
                                                const Page& page,
                                                std::size_t most) const {
  const Result<std::unique_ptr<JobIdCursor>> cursor = store_.list(account, page.after, most);
  if (!cursor) return tl::unexpected(cursor.error());
  std::vector<JobId> all;
  for (;;) {
    const Result<std::vector<JobId>> some = (*cursor)->next(kMaxPage);
    if (!some) return tl::unexpected(some.error());
    if (some->empty()) return all;
    all.insert(all.end(), some->begin(), some->end());
  }
}

Result<JobListApi::Found> JobListApi::read_jobs(const std::string& account,
                                                const Page& page) const {
  const std::size_t look_at = page.filter.any() ? kMaxJobs : *page.limit;
  const Result<std::vector<JobId>> ids = read_ids(account, page, look_at + 1);
  if (!ids) return tl::unexpected(ids.error());
  Found found;
  std::size_t payload = 0;
  for (std::size_t i = 0; i < ids->size(); ++i) {
    if (i == look_at || found.jobs.size() == *page.limit || payload > kMaxPayload) {
      found.last = (*ids)[i - 1];
      break;
    }
    Result<std::optional<ListedJob>> job = read_job(account, (*ids)[i], page);
    if (!job) return tl::unexpected(std::move(job.error()));
    if (!*job) continue;
    if (page.expand) payload += (*job)->job.spec.data.value_or("").size();
    found.jobs.push_back(**std::move(job));
  }
  return found;
}

// Absent if it is not wanted, or gone since the ids were read.
Result<std::optional<ListedJob>> JobListApi::read_job(const std::string& account,
                                                      const JobId& id,
                                                      const Page& page) const {
  Result<std::optional<Job>> job = store_.find(account, id);
  if (!job) return tl::unexpected(std::move(job.error()));
  if (!*job || !page.filter.passes(**job)) return std::nullopt;
  ListedJob listed{**std::move(job)};
  if (page.with_last || page.filter.last) {
    auto deliveries = store_.deliveries(account, {.job = id}, std::nullopt, 1);
    if (!deliveries) return tl::unexpected(std::move(deliveries.error()));
    if (!deliveries->empty()) listed.last = std::move(deliveries->front());
  }
  if (!page.filter.passes(listed.last)) return std::nullopt;
  if (!page.with_last) listed.last.reset();
  return listed;
}

}  // namespace jobsched
