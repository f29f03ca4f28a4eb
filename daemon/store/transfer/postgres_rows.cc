#include "daemon/store/transfer/postgres_rows.h"

#include <algorithm>
#include <span>

#include "core/text/utf8.h"

namespace jobsched::pg {

namespace {

using transfer::Cell;
using transfer::Column;
using transfer::Kind;
using transfer::Row;
using transfer::Table;

// A page of the largest payloads is 100 MiB.
constexpr auto kNextRows = "FETCH 100 FROM moving";

// A job that was put aside has no `due`.
constexpr auto kDeliveryOfJob =
    ", fire_time, fired_in, attempt,"
    " CASE WHEN fire_time IS NULL OR token IS NOT NULL THEN fire_time"
    " ELSE coalesce(due, fire_time) END";

std::string name_of(const Table& table) {
  return "jobsched." + std::string(table.name);
}

bool is_jobs(const Table& table) {
  return table.name == transfer::kJobs.name;
}

std::string selection(const Table& table) {
  const std::string columns =
      is_jobs(table) ? transfer::column_list(transfer::kRetiredJobs.columns) + kDeliveryOfJob
                     : transfer::column_list(table.columns);
  return "SELECT " + columns + " FROM " + name_of(table) + " ORDER BY " + std::string(table.order);
}

Cell read_cell(const Rows::Row& row, int index, Kind kind) {
  if (row.is_null(index)) return {};
  if (kind == Kind::kNumber || kind == Kind::kFlag) return row.number(index);
  return row.text(index);
}

const char* type_of(Kind kind) {
  switch (kind) {
    case Kind::kNumber: return "bigint";
    case Kind::kFlag: return "boolean";
    case Kind::kText: return "text";
    case Kind::kAnyText:
    case Kind::kBytes: return "bytea";
    case Kind::kId: break;
  }
  return "uuid";
}

JobId id_of(const std::string& bytes) {
  JobId id;
  std::copy_n(bytes.begin(), std::min(bytes.size(), id.bytes.size()), id.bytes.begin());
  return id;
}

void add(Array& array, Kind kind, const Cell& cell) {
  if (const auto* number = std::get_if<std::int64_t>(&cell)) {
    kind == Kind::kFlag ? array.add(*number != 0) : array.add(*number);
  } else if (const auto* text = std::get_if<std::string>(&cell); text == nullptr) {
    array.add_null();
  } else if (kind == Kind::kId) {
    array.add(id_of(*text));
  } else if (kind == Kind::kText) {
    array.add(std::string_view(*text));
  } else {
    array.add(Blob{*text});
  }
}

bool can_be_text(const Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return text == nullptr || (text->find('\0') == std::string::npos && !find_invalid_utf8(*text));
}

// When the scheduler is to look at a job follows from its delivery and its next fire time.
std::string insertion(const Table& table) {
  std::string types;
  for (const Column& column : table.columns) {
    types += types.empty() ? "$" : ", $";
    const auto index = static_cast<std::size_t>(&column - table.columns.data()) + 1;
    types += std::to_string(index) + "::" + type_of(column.kind) + "[]";
  }
  std::string into = transfer::column_list(table.columns);
  std::string values = into;
  if (is_jobs(table)) {
    const auto own = table.columns.first(transfer::kDeliveryDueColumn);
    into = transfer::column_list(own) + ", due";
    values = transfer::column_list(own) + ", coalesce(delivery_due, next)";
  }
  return "INSERT INTO " + name_of(table) + " (" + into + ") OVERRIDING SYSTEM VALUE SELECT " +
         values + " FROM unnest(" + types + ") AS moved (" + transfer::column_list(table.columns) +
         ")";
}

}  // namespace

std::uint64_t count_rows(Connection& connection, const Table& table) {
  const std::string count = "SELECT count(*) FROM " + name_of(table);
  return static_cast<std::uint64_t>(connection.run(count.c_str())[0].number(0));
}

Result<void> read_rows(Connection& connection, const Table& table, const transfer::Take& take) {
  connection.queue(("DECLARE moving NO SCROLL CURSOR FOR " + selection(table)).c_str());
  for (Rows found = connection.run(kNextRows); !found.empty(); found = connection.run(kNextRows)) {
    std::vector<Row> rows;
    found.each([&](const Rows::Row& row) {
      Row& cells = rows.emplace_back();
      for (const Column& column : table.columns)
        cells.push_back(read_cell(row, static_cast<int>(cells.size()), column.kind));
    });
    if (Result<void> taken = take(rows); !taken) return taken;
  }
  connection.run("CLOSE moving");
  return {};
}

Result<void> write_rows(Connection& connection, const Table& table, const std::vector<Row>& rows) {
  std::vector<Array> columns(table.columns.size());
  for (const Row& row : rows) {
    for (std::size_t index = 0; index < columns.size(); ++index) {
      const Column& column = table.columns[index];
      if (column.kind == Kind::kText && !can_be_text(row[index])) {
        return fail(ErrorKind::kInvalid,
                    "the " + std::string(column.name) + " of a row of " + std::string(table.name) +
                        " has bytes that PostgreSQL cannot hold as text; change or delete what it "
                        "belongs to");
      }
      add(columns[index], column.kind, row[index]);
    }
  }
  connection.run(insertion(table).c_str(), columns);
  return {};
}

// Numbers that the database gives go on after those that were moved. Without statistics it would
// read whole tables until it has made some by itself.
void complete_rows(Connection& connection) {
  connection.queue(
      "INSERT INTO jobsched.job_counts (account, slot, jobs)"
      " SELECT account, 0, count(*) FROM jobsched.jobs GROUP BY account");
  connection.queue(
      "SELECT setval(pg_get_serial_sequence('jobsched.accounts', 'id'),"
      " coalesce(max(id), 0) + 1, false) FROM jobsched.accounts");
  connection.queue(
      "SELECT setval(pg_get_serial_sequence('jobsched.signing_secrets', 'id'),"
      " coalesce(max(id), 0) + 1, false) FROM jobsched.signing_secrets");
  connection.queue(
      "SELECT setval('jobsched.attempt_ids', coalesce(max(id), 0) + 1, false)"
      " FROM jobsched.attempts");
  connection.run("ANALYZE jobsched.accounts, jobsched.jobs, jobsched.attempts");
}

}  // namespace jobsched::pg
