#pragma once

#include <string>

namespace jobsched::testing {

// An empty directory of its own, removed with all that is in it.
class TemporaryDirectory {
 public:
  // Below the system's directory for temporary files, or `parent`.
  TemporaryDirectory();
  explicit TemporaryDirectory(const std::string& parent);
  ~TemporaryDirectory();

  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace jobsched::testing
