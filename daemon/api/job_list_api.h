#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/job/id.h"
#include "daemon/api/call.h"
#include "daemon/store/store.h"

namespace jobsched {

// The list of an account's jobs: all their ids, made while they are sent; a page of them; or, with
// `expand`, a page of the jobs themselves.
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

    // The target of the page that follows one with this last job.
    std::string next(const JobId& last) const;
  };

  static Result<Page> read_page(const Query& query);
  void stream(Call call, const Page& page) const;
  void answer_page(Call call, const Page& page) const;
  Result<std::vector<JobId>> read_ids(const std::string& account, const Page& page) const;
  Result<std::string> write(const Call& call,
                            const Page& page,
                            const std::vector<JobId>& ids) const;

  const Store& store_;
};

}  // namespace jobsched
