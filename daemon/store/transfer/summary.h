#pragma once

#include <array>
#include <cstdint>

#include "core/digest.h"
#include "core/error.h"
#include "daemon/store/transfer/ends.h"
#include "daemon/store/transfer/table.h"

namespace jobsched::transfer {

// What has been read of a store: how much, and a digest that only the same rows in the same order
// have. Takes the tables in the order of kTables.
class Summary {
 public:
  void add(const Table& table, const Row& row);

  // How many rows of the table there were.
  std::uint64_t rows(const Table& table) const;

  // How many jobs had an outstanding delivery.
  std::uint64_t deliveries() const { return deliveries_; }

  // Whether `other` has the same rows of the table.
  bool has_same(const Table& table, const Summary& other) const;

  Digest digest() const;

  bool operator==(const Summary&) const = default;

 private:
  // Of one table: each row's with those before it.
  struct Part {
    std::uint64_t rows = 0;
    Digest digest{};

    bool operator==(const Part&) const = default;
  };

  std::array<Part, kTables.size()> parts_{};
  std::uint64_t deliveries_ = 0;
};

// Reads all that there is. Errors: the reader's.
Result<Summary> summarize(Reader& reader, const Progress& progress);

}  // namespace jobsched::transfer
