#include "cmd/key_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstddef>

#include "cmd/console.h"
#include "cmd/payload.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kMaxBytes = 4'096;  // a key has 47

}  // namespace

Fallible<std::string> read_key_file(const std::string& path) {
  const auto content = read_file(path, kMaxBytes, ExitCode::kUsage);
  if (!content) return tl::unexpected(content.error());
  const std::string key(trim(*content, is_space));
  const bool is_word =
      !key.empty() && std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
  if (!is_word) {
    return fail(ExitCode::kUsage, quote(path) +
                                      " is not the file of a key; write there what "
                                      "`jobsched account add` has printed, and nothing else");
  }

  struct stat status {};

  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0) {
    say("everybody on this machine can read the key in " + quote(path) + "; run chmod 600 on it");
  }
  return key;
}

}  // namespace jobsched::cmd
