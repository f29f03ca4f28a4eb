#include "tests/support/unsynced_file.h"

#include <algorithm>

namespace jobsched::testing {

namespace {

constexpr std::uint64_t kSector = 512;

bool toss(std::mt19937_64& random) {
  return (random() & 1U) != 0;
}

}  // namespace

void UnsyncedFile::write(std::uint64_t offset, std::string_view bytes) {
  unsynced_.push_back({offset, std::string(bytes)});
}

void UnsyncedFile::truncate(std::uint64_t size) {
  unsynced_.push_back({size, {}});
}

void UnsyncedFile::sync() {
  for (const Change& change : unsynced_)
    apply(change, safe_);
  unsynced_.clear();
  exists_ = true;
}

std::optional<std::string> UnsyncedFile::survivor(std::mt19937_64& random) const {
  if (!exists_ && toss(random)) return std::nullopt;
  std::string content = safe_;
  // Often all of it or none: a disk that loses everything at once, or has just written it.
  const auto fate = random() % 4;
  for (const Change& change : unsynced_) {
    if (fate == 0) continue;
    if (fate == 1) {
      apply(change, content);
    } else if (change.bytes && toss(random)) {
      apply_torn(change, content, random);
    } else if (toss(random)) {
      apply(change, content);
    }
  }
  return content;
}

void UnsyncedFile::apply(const Change& change, std::string& content) {
  if (!change.bytes) {
    content.resize(change.offset);
    return;
  }
  content.resize(std::max(content.size(), change.offset + change.bytes->size()));
  std::ranges::copy(*change.bytes, content.begin() + static_cast<std::ptrdiff_t>(change.offset));
}

void UnsyncedFile::apply_torn(const Change& change, std::string& content, std::mt19937_64& random) {
  const std::uint64_t end = change.offset + change.bytes->size();
  for (std::uint64_t from = change.offset; from < end;) {
    const std::uint64_t to = std::min(end, (from / kSector + 1) * kSector);
    if (toss(random)) {
      apply({from, change.bytes->substr(from - change.offset, to - from)}, content);
    }
    from = to;
  }
}

}  // namespace jobsched::testing
