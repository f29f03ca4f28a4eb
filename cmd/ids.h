#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/failure.h"
#include "core/delivery/delivery.h"
#include "core/job/id.h"

namespace jobsched::cmd {

// The message about a text that cannot be the id of any job, of any delivery, or of either.
std::string no_such_job(std::string_view text);
std::string no_such_delivery(std::string_view text);
std::string no_such_log(std::string_view text);

// Calls `each` with every word of `arguments`; in place of `-` with those on standard input,
// between blanks, line ends or commas. Goes on after a failure, which is told at once, unless no
// further word can fare better (kUnreachable). Fails, with nothing left to tell, with the worst it
// met.
Fallible<void> for_each_word(const std::vector<std::string>& arguments,
                             const std::function<Fallible<void>(const std::string&)>& each);

// The same with words that are ids of jobs, or of deliveries; another word is a failure.
Fallible<void> for_each_id(const std::vector<std::string>& arguments,
                           const std::function<Fallible<void>(const JobId&)>& each);
Fallible<void> for_each_delivery(const std::vector<std::string>& arguments,
                                 const std::function<Fallible<void>(const Delivery&)>& each);

}  // namespace jobsched::cmd
