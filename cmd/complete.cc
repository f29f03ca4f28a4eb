#include "cmd/complete.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "cmd/client.h"
#include "cmd/client_settings.h"
#include "cmd/completion_words.h"
#include "cmd/console.h"
#include "cmd/list_pages.h"
#include "cmd/list_table.h"
#include "core/codec/delivery_codec.h"
#include "core/text/percent.h"
#include "core/text/utf8.h"
#include "daemon/clock.h"
#include "daemon/zoneinfo/zoneinfo.h"

namespace jobsched::cmd {

namespace {

using Candidates = std::vector<Completion::Candidate>;
using Lookup = Completion::Lookup;

constexpr Millis kPatience{500};
constexpr std::size_t kMost = 100;  // candidates of a daemon; more help nobody

// The daemon's answers to GET, as long as there is time.
class Asker {
 public:
  explicit Asker(const ServerAddress& server) : client_(server) {}

  // Hands each page of a list to `take` until that has had enough.
  template <class Take>
  void ask(std::string target, const Take& take) {
    while (!target.empty()) {
      const Millis left = kPatience - std::chrono::floor<Millis>(clock_.steady_now() - begun_);
      if (left <= Millis{0}) return;
      const auto page = client_.send({"GET", target, Format::kJson, {}, {}, left});
      if (!page || !take(page->body)) return;
      target = next_page(page->link).value_or("");
    }
  }

 private:
  SystemClock clock_;
  std::chrono::steady_clock::time_point begun_ = clock_.steady_now();
  Client client_;
};

std::string escape_glob(const std::string& text) {
  std::string glob;
  for (const char c : text) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) glob += '\\';
    glob += c;
  }
  return glob;
}

Candidates jobs(Asker& asker, const std::string& beginning) {
  Candidates all;
  asker.ask("/1/jobs?expand=1&limit=" + std::to_string(kMost), [&](const std::string& page) {
    const auto lines = read_job_lines(page);
    if (!lines) return false;
    for (const JobLine& line : *lines) {
      if (!line.id.starts_with(beginning)) continue;
      all.push_back({line.id, line.name.empty() ? line.url : line.name});
    }
    return all.size() < kMost;
  });
  return all;
}

Candidates names(Asker& asker, const std::string& beginning) {
  Candidates all;
  const std::string glob = percent_encode(escape_glob(beginning) + "*");
  asker.ask("/1/jobs?expand=1&limit=" + std::to_string(kMost) + "&name=" + glob,
            [&](const std::string& page) {
              const auto lines = read_job_lines(page);
              if (!lines) return false;
              for (const JobLine& line : *lines)
                all.push_back({line.name, line.url});
              return all.size() < kMost;
            });
  return all;
}

Candidates deliveries(Asker& asker) {
  Candidates all;
  asker.ask("/1/deliveries?limit=" + std::to_string(kMost), [&](const std::string& page) {
    const auto read = read_deliveries(page);
    if (!read) return false;
    for (const LoggedDelivery& one : *read)
      all.push_back({format_delivery_id(one.delivery), std::string(state_name(one.state))});
    return false;
  });
  return all;
}

// The files of zones and their folders begin with a capital; what else is there does not.
Candidates zones(const std::filesystem::path& directory) {
  Candidates all;
  std::error_code error;
  std::filesystem::recursive_directory_iterator file(directory, error);
  for (; !error && file != std::filesystem::end(file); file.increment(error)) {
    const std::string name = file->path().filename().string();
    const bool is_zone = !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
    if (file->is_directory(error)) {
      if (!is_zone) file.disable_recursion_pending();
    } else if (is_zone) {
      all.push_back({file->path().lexically_relative(directory).string()});
    }
  }
  std::ranges::sort(all, {}, &Completion::Candidate::word);
  return all;
}

Candidates ask_daemon(const Completion& completion, const Environment& environment) {
  const auto settings = load_client_settings(user_client_file(environment),
                                             std::string(kSystemClientFile), environment);
  if (!settings) return {};
  const auto globals = resolve(completion.globals, Outputs::kNone, environment, *settings);
  if (!globals) return {};
  Asker asker(globals->server);
  switch (completion.lookup) {
    case Lookup::kJobs: return jobs(asker, completion.beginning);
    case Lookup::kNames: return names(asker, completion.beginning);
    case Lookup::kDeliveries: return deliveries(asker);
    default: return {};
  }
}

Candidates look_up(const Completion& completion, const Environment& environment) {
  switch (completion.lookup) {
    case Lookup::kNothing:
    case Lookup::kFiles: return {};
    case Lookup::kZones: return zones(zone_directory(environment));
    default: return ask_daemon(completion, environment);
  }
}

}  // namespace

Fallible<void> complete(const CLI::App& app,
                        std::vector<std::string> words,
                        const Environment& environment) {
  if (!words.empty() && words.front() == "--") words.erase(words.begin());
  Completion completion = complete_words(app, std::move(words));
  if (completion.lookup == Lookup::kFiles) return print("files\n");
  for (auto& candidate : look_up(completion, environment))
    completion.candidates.push_back(std::move(candidate));
  std::string text = "words\n";
  for (const auto& [word, description] : completion.candidates) {
    if (!word.starts_with(completion.beginning)) continue;
    text.append(completion.before).append(word).append("\t").append(description).append("\n");
  }
  return print(text);
}

}  // namespace jobsched::cmd
