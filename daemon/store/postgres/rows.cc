#include "daemon/store/postgres/rows.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace jobsched::pg {

namespace {

// 0 if the text is empty, as that of a statement which changes nothing.
std::int64_t read_number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Rows::Rows(const Libpq& pq, PGresult* result)
    : pq_(&pq),
      result_(result, pq.clear),
      size_(pq.row_count(result)),
      changed_(read_number(pq.changed_rows(result))) {}

bool Rows::Row::is_null(int column) const {
  return rows_.pq_->is_null(rows_.result_.get(), index_, column) != 0;
}

// In network byte order, of as many bytes as its type has.
std::int64_t Rows::Row::number(int column) const {
  const std::string bytes = text(column);
  if (bytes.empty()) return 0;
  std::uint64_t bits = (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0 ? ~0ULL : 0;
  for (const char byte : bytes)
    bits = bits << 8U | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(bits);
}

std::string Rows::Row::text(int column) const {
  const PGresult* const result = rows_.result_.get();
  const int length = rows_.pq_->length(result, index_, column);
  return {rows_.pq_->value(result, index_, column), static_cast<std::size_t>(length)};
}

JobId Rows::Row::id(int column) const {
  JobId id;
  const std::string bytes = text(column);
  std::ranges::copy(bytes.substr(0, id.bytes.size()), id.bytes.begin());
  return id;
}

std::optional<std::int64_t> Rows::Row::optional_number(int column) const {
  return is_null(column) ? std::nullopt : std::optional{number(column)};
}

std::optional<Instant> Rows::Row::optional_instant(int column) const {
  return is_null(column) ? std::nullopt : std::optional{instant(column)};
}

std::optional<std::string> Rows::Row::optional_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional{text(column)};
}

}  // namespace jobsched::pg
