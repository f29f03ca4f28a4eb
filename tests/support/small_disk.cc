#include "tests/support/small_disk.h"

#include <sched.h>
#include <sys/mount.h>

#include <thread>

namespace jobsched::testing {

bool on_small_disk(const std::string& directory, long bytes, const std::function<void()>& test) {
  bool mounted = false;
  std::thread([&] {
    const std::string options = "size=" + std::to_string(bytes);
    mounted = ::unshare(CLONE_NEWNS) == 0 &&
              ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
              ::mount("tmpfs", directory.c_str(), "tmpfs", 0, options.c_str()) == 0;
    if (!mounted) return;
    test();
    ::umount(directory.c_str());
  }).join();
  return mounted;
}

bool make_read_only(const std::string& directory) {
  return ::mount(nullptr, directory.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
}

}  // namespace jobsched::testing
