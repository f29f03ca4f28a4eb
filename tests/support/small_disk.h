#pragma once

#include <functional>
#include <string>

namespace jobsched::testing {

// Runs `test` with a disk of `bytes` mounted at `directory`, in a thread that alone sees it.
// False, without running it, if this user may not mount.
bool on_small_disk(const std::string& directory, long bytes, const std::function<void()>& test);

// For `test` of `on_small_disk`: makes the disk read-only.
bool make_read_only(const std::string& directory);

}  // namespace jobsched::testing
