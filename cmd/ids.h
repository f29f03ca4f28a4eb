#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/failure.h"
#include "core/job/id.h"

namespace jobsched::cmd {

// The message about a text that cannot be the id of any job.
std::string no_such_job(std::string_view text);

// Calls `each` with every id of `arguments`; in place of `-` with those on standard input, between
// blanks, line ends or commas. Goes on after a failure, which is told at once, unless no further
// id can fare better (kUnreachable). Fails, with nothing left to tell, with the worst it met.
Fallible<void> for_each_id(const std::vector<std::string>& arguments,
                           const std::function<Fallible<void>(const JobId&)>& each);

}  // namespace jobsched::cmd
