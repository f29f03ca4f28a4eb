#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace jobsched::testing {

// What a disk has of one file: what is safe, and what was written since the last sync.
class UnsyncedFile {
 public:
  // A file with that content is on the disk; absent: it is being made.
  explicit UnsyncedFile(std::optional<std::string> content)
      : safe_(content.value_or("")), exists_(content.has_value()) {}

  void write(std::uint64_t offset, std::string_view bytes);
  void truncate(std::uint64_t size);
  void sync();

  // What is left after a power cut; absent if the file is gone.
  std::optional<std::string> survivor(std::mt19937_64& random) const;

 private:
  struct Change {
    std::uint64_t offset;              // or the size
    std::optional<std::string> bytes;  // absent: cut off there
  };

  static void apply(const Change& change, std::string& content);
  static void apply_torn(const Change& change, std::string& content, std::mt19937_64& random);

  std::string safe_;
  bool exists_;
  std::vector<Change> unsynced_;
};

}  // namespace jobsched::testing
