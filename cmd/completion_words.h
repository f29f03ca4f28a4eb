#pragma once

#include <string>
#include <vector>

#include "cmd/globals.h"

namespace CLI {
class App;
}

namespace jobsched::cmd {

// What the next word of a command line may be.
struct Completion {
  struct Candidate {
    std::string word;
    std::string description = {};
  };

  // What is not known from the commands themselves.
  enum class Lookup { kNothing, kFiles, kJobs, kNames, kDeliveries, kZones };

  std::vector<Candidate> candidates = {};  // all that there are, whatever they begin with
  Lookup lookup = Lookup::kNothing;
  std::string beginning = {};  // with which the candidates have to begin
  std::string before = {};     // what goes before them in the word: "--tz="
  GlobalOptions globals = {};  // what the line gives, for look-ups
};

// Of a command line for these commands, without the program's name; the last word is the one to be
// completed.
Completion complete_words(const CLI::App& app, std::vector<std::string> words);

}  // namespace jobsched::cmd
