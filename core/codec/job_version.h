#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "core/job/id.h"
#include "core/job/job.h"

namespace jobsched {

// Which of the definitions that a job has had in its life one is: 16 hexadecimal digits of a hash
// of all that a client can set. So a job that fires keeps its version, and one that is put back to
// what it was has its old version again.
std::string job_version(const JobSpec& spec);

// Versions of which a job must have one for a change to be made; none stands for any.
using JobVersions = std::vector<std::string>;

// Whether a job may be changed by who expects these versions.
bool is_expected(const JobVersions& versions, const JobSpec& spec);

// What those are told who may not: kPreconditionFailed.
tl::unexpected<Error> changed_meanwhile(const JobId& id);

}  // namespace jobsched
