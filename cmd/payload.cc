#include "cmd/payload.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "core/limits.h"
#include "core/text/size.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

// In bytes, if that is known before it is read; else 0.
std::size_t size_of(std::FILE* file) {
  struct stat status {};

  const bool known = fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode);
  return known ? static_cast<std::size_t>(status.st_size) : 0;
}

Fallible<std::string> read_all(std::FILE* file,
                               const std::string& name,
                               std::size_t limit,
                               ExitCode code) {
  std::string text;
  text.reserve(std::min(size_of(file), limit));
  std::array<char, 65'536> piece{};
  while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), file)) {
    text.append(piece.data(), count);
    if (text.size() > limit) {
      return fail(ExitCode::kRefused, name + " is longer than the limit of " + format_size(limit));
    }
  }
  if (std::ferror(file) != 0) {
    return fail(code, "cannot read " + name + ": " + std::generic_category().message(errno));
  }
  return text;
}

}  // namespace

Fallible<std::string> read_file(const std::string& path, std::size_t limit, ExitCode code) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             std::fclose);
  if (!file) {
    return fail(code, "cannot read " + quote(path) + ": " + std::generic_category().message(errno));
  }
  return read_all(file.get(), quote(path), limit, code);
}

Fallible<std::string> read_standard_input(std::size_t limit) {
  return read_all(stdin, "standard input", limit, ExitCode::kUsage);
}

Fallible<std::string> read_payload(std::string_view argument) {
  if (argument == "-" || argument == "@-") {
    return read_standard_input(kMaxDataBytes);
  }
  if (!argument.starts_with('@')) return std::string(argument);
  return read_file(std::string(argument.substr(1)), kMaxDataBytes, ExitCode::kUsage);
}

}  // namespace jobsched::cmd
