#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/codec/codec.h"
#include "core/delivery/job_filter.h"
#include "core/error.h"
#include "core/job/id.h"
#include "daemon/api/call.h"
#include "daemon/store/store.h"

namespace jobsched {

// The list of an account's jobs: all their ids, made while they are sent; a page of them; or, with
// `expand` or a filter, a page for which jobs are read. Such a page is bounded also by the jobs
// that it looks at and by their payloads, so that it may be short, or empty, and have a next one.
class JobListApi {
 public:
  explicit JobListApi(const Store& store) : store_(store) {}

  // Answers a GET or HEAD.
  void answer(Call call) const;

 private:
  struct Page {
    std::optional<JobId> after;
    std::optional<std::size_t> limit;
    bool expand = false;
    bool with_last = false;  // expanded, with the jobs' last deliveries
    JobFilter filter = {};

    // Whether jobs are read for it.
    bool reads_jobs() const { return expand || filter.any(); }

    // The target of the page that follows one with this last job.
    std::string next(const JobId& last) const;
  };

  // The jobs of a page, and the one to go on after if there may be more.
  struct Found {
    std::vector<ListedJob> jobs;
    std::optional<JobId> last;
  };

  static Result<Page> read_page(const Query& query);
  void stream(Call call, const Page& page) const;
  void answer_ids(Call call, const Page& page) const;
  void answer_jobs(Call call, const Page& page) const;
  static void respond(const Call& call,
                      const Page& page,
                      std::string body,
                      const std::optional<JobId>& last);
  Result<std::vector<JobId>> read_ids(const std::string& account,
                                      const Page& page,
                                      std::size_t most) const;
  Result<Found> read_jobs(const std::string& account, const Page& page) const;
  Result<std::optional<ListedJob>> read_job(const std::string& account,
                                            const JobId& id,
                                            const Page& page) const;

  const Store& store_;
};

}  // namespace jobsched
