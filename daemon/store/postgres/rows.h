#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/job/id.h"
#include "core/time/instant.h"
#include "daemon/store/postgres/libpq.h"

namespace jobsched::pg {

// What a statement gave, in PostgreSQL's binary form. Columns count from 0.
class Rows {
 public:
  // One of them. Refers to its Rows. Each member reads a column of that type; those that are not
  // optional need one that is not NULL.
  class Row {
   public:
    Row(const Rows& rows, int index) : rows_(rows), index_(index) {}

    std::int64_t number(int column) const;  // smallint, integer or bigint

    bool flag(int column) const { return number(column) != 0; }

    Instant instant(int column) const { return Instant{Millis{number(column)}}; }

    std::string text(int column) const;  // or bytea
    JobId id(int column) const;          // uuid

    std::optional<std::int64_t> optional_number(int column) const;
    std::optional<Instant> optional_instant(int column) const;
    std::optional<std::string> optional_text(int column) const;

    bool is_null(int column) const;

   private:
    const Rows& rows_;
    int index_;
  };

  Rows(const Libpq& pq, PGresult* result);

  int size() const { return size_; }

  bool empty() const { return size_ == 0; }

  Row operator[](int index) const { return {*this, index}; }

  // How many rows the statement has changed.
  std::int64_t changed() const { return changed_; }

  // Calls `take` with each row in order.
  template <class Take>
  void each(const Take& take) const {
    for (int index = 0; index < size_; ++index)
      take(Row(*this, index));
  }

 private:
  const Libpq* pq_;
  std::unique_ptr<PGresult, void (*)(PGresult*)> result_;
  int size_;
  std::int64_t changed_;
};

}  // namespace jobsched::pg
