#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jobsched::test {

// A row of a table, its columns by name.
class TsvRow {
 public:
  TsvRow(const std::vector<std::string>& names, std::vector<std::string> values);

  // Throws if there is no such column.
  const std::string& operator[](std::string_view name) const;

 private:
  const std::vector<std::string>* names_;
  std::vector<std::string> values_;
};

// A table of tests/data: tab-separated values, the names of the columns in a first line that
// starts with `#`. \t, \n, \r and \\ in a value are escapes.
class Tsv {
 public:
  // `name` is relative to tests/data. Throws if the table cannot be read or is empty.
  explicit Tsv(std::string_view name);
  Tsv(const Tsv&) = delete;
  Tsv& operator=(const Tsv&) = delete;

  const std::vector<TsvRow>& rows() const& { return rows_; }

 private:
  std::vector<std::string> names_;
  std::vector<TsvRow> rows_;
};

}  // namespace jobsched::test
