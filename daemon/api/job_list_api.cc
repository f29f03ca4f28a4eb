#include "daemon/api/job_list_api.h"

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "core/codec/codec.h"
#include "daemon/api/answer.h"
#include "daemon/api/id_list_source.h"
#include "daemon/api/query.h"

namespace jobsched {

namespace {

constexpr std::array<std::string_view, 3> kParameters{"limit", "after", "expand"};

constexpr std::size_t kMaxPage = 10'000;  // ids: one page is made in memory
constexpr std::size_t kMaxJobs = 1'000;   // jobs: each is read for itself, on the server's thread

Result<bool> parse_expand(std::string_view text) {
  if (text.empty() || text == "1" || text == "true") return true;
  if (text == "0" || text == "false") return false;
  return fail(ErrorKind::kMalformed, "expand must be 1, for whole jobs, or 0, for their ids");
}

}  // namespace

std::string JobListApi::Page::next(const JobId& last) const {
  return "/1/jobs?limit=" + std::to_string(*limit) + (expand ? "&expand=1" : "") +
         "&after=" + format_job_id(last);
}

void JobListApi::answer(Call call) const {
  if (!call.accept(kEveryType) || !call.take_query(kParameters)) return;
  const Result<Page> page = read_page(call.query);
  if (!page) {
    call.refuse(page.error());
  } else if (page->limit) {
    answer_page(std::move(call), *page);
  } else {
    stream(std::move(call), *page);
  }
}

Result<JobListApi::Page> JobListApi::read_page(const Query& query) {
  Page page;
  if (const auto text = query.find("expand")) {
    const Result<bool> expand = parse_expand(*text);
    if (!expand) return tl::unexpected(expand.error());
    page.expand = *expand;
    if (page.expand) page.limit = kMaxJobs;
  }
  if (const auto text = query.find("limit")) {
    const Result<std::size_t> limit = parse_limit(*text, page.expand ? kMaxJobs : kMaxPage);
    if (!limit) return tl::unexpected(limit.error());
    page.limit = *limit;
  }
  if (const auto text = query.find("after")) {
    page.after = parse_job_id(*text);
    if (!page.after) return fail(ErrorKind::kMalformed, "after must be the id of a job, a UUID");
  }
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

void JobListApi::answer_page(Call call, const Page& page) const {
  Result<std::vector<JobId>> ids = read_ids(call.account, page);
  if (!ids) {
    call.refuse(ids.error());
    return;
  }
  const bool more = ids->size() > *page.limit;
  if (more) ids->pop_back();
  Result<std::string> body = write(call, page, *ids);
  if (!body) {
    call.refuse(body.error());
    return;
  }
  http::Response response = make_answer(200, call.type, *std::move(body));
  if (more) response.headers.emplace_back("Link", "<" + page.next(ids->back()) + ">; rel=\"next\"");
  call.responder->respond(std::move(response));
}

// One more than the page, to know whether there is a next one.
Result<std::vector<JobId>> JobListApi::read_ids(const std::string& account,
                                                const Page& page) const {
  const Result<std::unique_ptr<JobIdCursor>> cursor =
      store_.list(account, page.after, *page.limit + 1);
  if (!cursor) return tl::unexpected(cursor.error());
  std::vector<JobId> all;
  for (;;) {
    const Result<std::vector<JobId>> some = (*cursor)->next(kMaxPage);
    if (!some) return tl::unexpected(some.error());
    if (some->empty()) return all;
    all.insert(all.end(), some->begin(), some->end());
  }
}

// As text a job is its id.
Result<std::string> JobListApi::write(const Call& call,
                                      const Page& page,
                                      const std::vector<JobId>& ids) const {
  const Format format = call.type.format;
  if (!page.expand || format == Format::kText) return write_id_list(format, ids);
  std::vector<Job> jobs;
  for (const JobId& id : ids) {
    Result<std::optional<Job>> job = store_.find(call.account, id);
    if (!job) return tl::unexpected(std::move(job.error()));
    if (*job) jobs.push_back(**std::move(job));  // else it is gone since the ids were read
  }
  return write_job_list(format, jobs);
}

}  // namespace jobsched
