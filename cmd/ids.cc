#include "cmd/ids.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <string_view>
#include <system_error>

#include "cmd/console.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

class Pass {
 public:
  explicit Pass(const std::function<Fallible<void>(const std::string&)>& each) : each_(each) {}

  ExitCode worst() const { return worst_; }

  bool is_over() const { return worst_ == ExitCode::kUnreachable; }

  void take(const std::string& text) {
    const auto done = each_(text);
    if (done) return;
    const ExitCode code = done.error().code;
    const std::string& message = done.error().message;
    // Of several ids the reader must see which one is meant.
    const bool named = code == ExitCode::kUnreachable || message.find(text) != std::string::npos ||
                       message.find(quote(text)) != std::string::npos;
    note(code, named ? message : text + ": " + message);
  }

  void note(ExitCode code, const std::string& message) {
    say(message);
    worst_ = worse(worst_, code);
  }

  void take_line(std::string_view line) {
    while (!line.empty() && !is_over()) {
      const auto end = std::ranges::find_if(line, [](char c) { return is_space(c) || c == ','; });
      const auto length = static_cast<std::size_t>(end - line.begin());
      if (length > 0) take(std::string(line.substr(0, length)));
      line.remove_prefix(std::min(line.size(), length + 1));
    }
  }

 private:
  const std::function<Fallible<void>(const std::string&)>& each_;
  ExitCode worst_ = ExitCode::kDone;
};

std::string unreadable() {
  return "cannot read standard input: " + std::generic_category().message(errno);
}

}  // namespace

std::string no_such_job(std::string_view text) {
  return "there is no job " + quote(text) + "; an id has 36 characters, as `jobsched list` prints";
}

std::string no_such_delivery(std::string_view text) {
  const std::string detail = "there is no delivery " + quote(text);
  if (parse_job_id(text)) {
    return detail + ": that is the id of a job; `jobsched log " + std::string(text) +
           "` shows its deliveries";
  }
  return detail + "; an id has 50 characters or more, as `jobsched log` prints";
}

std::string no_such_log(std::string_view text) {
  return quote(text) +
         " is neither the id of a job, as `jobsched list` prints, nor of a delivery, as "
         "`jobsched log` does";
}

Fallible<void> for_each_word(const std::vector<std::string>& arguments,
                             const std::function<Fallible<void>(const std::string&)>& each) {
  Pass pass(each);
  for (const std::string& argument : arguments) {
    if (pass.is_over()) break;
    if (argument != "-") {
      pass.take(argument);
      continue;
    }
    if (isatty(STDIN_FILENO) == 1) say("reading ids from the terminal; end them with Ctrl-D");
    for (std::string line; !pass.is_over() && std::getline(std::cin, line);)
      pass.take_line(line);
    if (std::ferror(stdin) != 0) pass.note(ExitCode::kUsage, unreadable());
  }
  if (pass.worst() == ExitCode::kDone) return {};
  return fail(pass.worst(), {});
}

Fallible<void> for_each_id(const std::vector<std::string>& arguments,
                           const std::function<Fallible<void>(const JobId&)>& each) {
  return for_each_word(arguments, [&](const std::string& word) {
    const auto id = parse_job_id(word);
    return id ? each(*id) : fail(ExitCode::kNotFound, no_such_job(word));
  });
}

Fallible<void> for_each_delivery(const std::vector<std::string>& arguments,
                                 const std::function<Fallible<void>(const Delivery&)>& each) {
  return for_each_word(arguments, [&](const std::string& word) {
    const auto delivery = parse_delivery_id(word);
    return delivery ? each(*delivery) : fail(ExitCode::kNotFound, no_such_delivery(word));
  });
}

}  // namespace jobsched::cmd
