#pragma once

#include <cstdint>
#include <string>

#include "core/delivery/log.h"
#include "core/error.h"
#include "core/job/job.h"

namespace jobsched {

// How a store says no, whichever it is: the errors of daemon/store/store.h in words.

// Of jobs.
tl::unexpected<Error> no_such_job(const JobId& id);
tl::unexpected<Error> exists_already(const JobId& id);
tl::unexpected<Error> name_taken(const std::string& name, const JobId& by);
tl::unexpected<Error> nothing_to_pause(const JobId& id);

// The next fire time of a paused job that is resumed at `now`. Errors: kConflict if it would never
// fire again, or its time zone is missing.
Result<Instant> next_of_resumed(const Job& job, Instant now);

// kForbidden if the account of this name has `most` of them, or more.
Result<void> check_room(const std::string& account, std::int64_t jobs, std::uint64_t most);

// Of deliveries.
tl::unexpected<Error> no_such_delivery(const Delivery& delivery);
tl::unexpected<Error> another_outstanding(const Delivery& delivery);
tl::unexpected<Error> not_to_be_repeated(const LoggedDelivery& delivery);

// Of accounts.
tl::unexpected<Error> no_such_account(const std::string& name);
tl::unexpected<Error> account_gone(const std::string& name);
tl::unexpected<Error> account_exists(const std::string& name);
tl::unexpected<Error> account_has_jobs(const std::string& name, std::int64_t jobs);
tl::unexpected<Error> last_account();
tl::unexpected<Error> damaged_secret();

// Of requests that may come again: this key was given with another one.
tl::unexpected<Error> key_of_another_request(const std::string& key);

}  // namespace jobsched
