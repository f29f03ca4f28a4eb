#include "daemon/store/transfer/summary.h"

#include <algorithm>
#include <string>

namespace jobsched::transfer {

namespace {

std::size_t index_of(const Table& table) {
  const auto found = std::ranges::find(kTables, table.name, &Table::name);
  return static_cast<std::size_t>(found - kTables.begin());
}

void append_number(std::string& bytes, std::uint64_t number) {
  for (int byte = 0; byte < 8; ++byte) {
    bytes += static_cast<char>(number & 0xFFU);
    number >>= 8U;
  }
}

// With its kind and length, so that no two rows have the same bytes.
void append_cell(std::string& bytes, const Cell& cell) {
  bytes += static_cast<char>(cell.index());
  if (const auto* number = std::get_if<std::int64_t>(&cell)) {
    append_number(bytes, static_cast<std::uint64_t>(*number));
  } else if (const auto* text = std::get_if<std::string>(&cell)) {
    append_number(bytes, text->size());
    bytes += *text;
  }
}

}  // namespace

void Summary::add(const Table& table, const Row& row) {
  Part& part = parts_.at(index_of(table));
  ++part.rows;
  if (table.name == kJobs.name && row[kFireTimeColumn].index() != 0) ++deliveries_;
  std::string bytes(part.digest.begin(), part.digest.end());
  for (const Cell& cell : row)
    append_cell(bytes, cell);
  part.digest = digest_of(bytes);
}

std::uint64_t Summary::rows(const Table& table) const {
  return parts_.at(index_of(table)).rows;
}

bool Summary::has_same(const Table& table, const Summary& other) const {
  return parts_.at(index_of(table)) == other.parts_.at(index_of(table));
}

Digest Summary::digest() const {
  std::string bytes;
  for (const Part& part : parts_)
    bytes.append(part.digest.begin(), part.digest.end());
  return digest_of(bytes);
}

Result<Summary> summarize(Reader& reader, const Progress& progress) {
  Summary summary;
  for (const Table& table : kTables) {
    const auto read = reader.read(table, [&](const std::vector<Row>& rows) -> Result<void> {
      for (const Row& row : rows)
        summary.add(table, row);
      progress(rows.size());
      return {};
    });
    if (!read) return tl::unexpected(read.error());
  }
  return summary;
}

}  // namespace jobsched::transfer
