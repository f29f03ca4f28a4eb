#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cmd/failure.h"
#include "core/time/instant.h"
#include "daemon/http/message.h"

namespace jobsched::cmd {

// The answers of `listen`, by which users rehearse what their endpoints may do.
class Rehearsal {
 public:
  // `statuses` are numbers, or lists of them with commas between, to be answered in turn; the last
  // one repeats; none are 200. Each answer has the `headers`, given as "Name: value", and is held
  // back for `delay`, a duration. Errors: kUsage.
  static Fallible<Rehearsal> parse(const std::vector<std::string>& statuses,
                                   const std::vector<std::string>& headers,
                                   const std::optional<std::string>& delay);

  // The status of the next answer: 401 to a callback that is not signed right, unless statuses were
  // chosen.
  int next_status(bool signed_right);

  // The answer with that status.
  http::Response answer(int status) const;

  Millis delay() const { return delay_; }

 private:
  std::vector<int> statuses_;
  std::size_t next_ = 0;
  http::Headers headers_;
  Millis delay_{};
};

}  // namespace jobsched::cmd
