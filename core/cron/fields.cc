#include "core/cron/fields.h"

#include <cassert>

namespace jobsched::cron {

namespace {

std::size_t index_of(int year) {
  assert(year >= kFirstYear && year <= kLastYear);
  return static_cast<std::size_t>(year - kFirstYear);
}

unsigned bit_of(std::size_t index) {
  return static_cast<unsigned>(index % 64);
}

}  // namespace

bool YearSet::contains(int year) const {
  if (year < kFirstYear || year > kLastYear) return false;
  const std::size_t index = index_of(year);
  return cron::contains(words_[index / 64], bit_of(index));
}

void YearSet::insert(int year) {
  const std::size_t index = index_of(year);
  words_[index / 64] |= bit(bit_of(index));
}

void YearSet::erase(int year) {
  const std::size_t index = index_of(year);
  words_[index / 64] &= ~bit(bit_of(index));
}

std::optional<int> YearSet::next(int year) const {
  if (year > kLastYear) return {};
  const std::size_t index = index_of(year < kFirstYear ? kFirstYear : year);
  Bits word = words_[index / 64] & from(bit_of(index));
  for (std::size_t i = index / 64;; word = words_[i]) {
    if (word != 0) return kFirstYear + static_cast<int>(i * 64 + least(word));
    if (++i == words_.size()) return {};
  }
}

std::size_t YearSet::size() const {
  std::size_t size = 0;
  for (const Bits word : words_) {
    size += cron::size(word);
  }
  return size;
}

}  // namespace jobsched::cron
