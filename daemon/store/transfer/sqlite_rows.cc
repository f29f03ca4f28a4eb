#include "daemon/store/transfer/sqlite_rows.h"

#include <span>

#include <SQLiteCpp/Statement.h>

namespace jobsched::sql {

namespace {

using transfer::Cell;
using transfer::Column;
using transfer::Kind;
using transfer::Row;
using transfer::Table;

// What is in memory at once: so many rows, or fewer if they are large.
constexpr std::size_t kMaxRows = 1'000;
constexpr std::size_t kMaxBytes = 4'194'304;

// SQLite 3.40 takes "token IS NULL" for false where it is true, on some tables without rowids.
constexpr auto kDeliveryOfJob =
    ", d.fire_time, d.epoch, d.attempt,"
    " CASE WHEN typeof(d.token) = 'null' THEN d.due ELSE d.fire_time END"
    " FROM jobs LEFT JOIN deliveries AS d ON d.job = jobs.id AND d.account = jobs.account"
    " ORDER BY jobs.account, jobs.id";

constexpr auto kAddDelivery =
    "INSERT INTO deliveries (account, job, fire_time, epoch, attempt, due)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

bool is_jobs(const Table& table) {
  return table.name == transfer::kJobs.name;
}

std::string selection(const Table& table) {
  if (is_jobs(table)) {
    return "SELECT " + transfer::column_list(transfer::kRetiredJobs.columns, "jobs.") +
           kDeliveryOfJob;
  }
  return "SELECT " + transfer::column_list(table.columns) + " FROM " + std::string(table.name) +
         " ORDER BY " + std::string(table.order);
}

Cell read_cell(SQLite::Statement& statement, int index) {
  const SQLite::Column column = statement.getColumn(index);
  if (column.isNull()) return {};
  if (column.isInteger()) return std::int64_t{column.getInt64()};
  return column.getString();
}

Row read_row(SQLite::Statement& statement, std::size_t& bytes) {
  const int columns = statement.getColumnCount();
  Row row;
  row.reserve(static_cast<std::size_t>(columns));
  for (int index = 0; index < columns; ++index) {
    row.push_back(read_cell(statement, index));
    const auto* text = std::get_if<std::string>(&row.back());
    bytes += sizeof(Cell) + (text != nullptr ? text->size() : 0);
  }
  return row;
}

void bind(SQLite::Statement& statement, int index, Kind kind, const Cell& cell) {
  if (const auto* number = std::get_if<std::int64_t>(&cell)) {
    statement.bind(index, *number);
  } else if (const auto* text = std::get_if<std::string>(&cell); text == nullptr) {
    statement.bind(index);
  } else if (kind == Kind::kText || kind == Kind::kAnyText) {
    statement.bindNoCopy(index, *text);
  } else {
    statement.bindNoCopy(index, text->data(), static_cast<int>(text->size()));
  }
}

// A job's and a retired job's `due` is `next` until somebody looks at it; an account's number of
// jobs is counted at the end.
std::string insertion(const Table& table, std::span<const Column> columns) {
  std::string names = transfer::column_list(columns);
  std::string values;
  for (std::size_t index = 1; index <= columns.size(); ++index)
    values += (values.empty() ? "?" : ", ?") + std::to_string(index);
  if (table.name == transfer::kAccounts.name) {
    names += ", jobs";
    values += ", 0";
  } else if (is_jobs(table) || table.name == transfer::kRetiredJobs.name) {
    names += ", due";
    values += ", ?" + std::to_string(transfer::kNextColumn + 1);
  }
  return "INSERT INTO " + std::string(table.name) + " (" + names + ") VALUES (" + values + ")";
}

void add_delivery(SQLite::Statement& add, const Row& job) {
  if (job[transfer::kFireTimeColumn].index() == 0) return;
  add.tryReset();
  bind(add, 1, Kind::kNumber, job[0]);
  bind(add, 2, Kind::kId, job[1]);
  for (std::size_t index = transfer::kFireTimeColumn; index <= transfer::kDeliveryDueColumn;
       ++index) {
    bind(add, static_cast<int>(index - transfer::kFireTimeColumn) + 3, Kind::kNumber, job[index]);
  }
  add.exec();
}

}  // namespace

std::uint64_t count_rows(SQLite::Database& database, const Table& table) {
  const std::string count = "SELECT count(*) FROM " + std::string(table.name);
  return static_cast<std::uint64_t>(database.execAndGet(count).getInt64());
}

Result<void> read_rows(SQLite::Database& database, const Table& table, const transfer::Take& take) {
  SQLite::Statement statement(database, selection(table));
  std::vector<Row> rows;
  std::size_t bytes = 0;
  while (statement.executeStep()) {
    rows.push_back(read_row(statement, bytes));
    if (rows.size() < kMaxRows && bytes < kMaxBytes) continue;
    if (Result<void> taken = take(rows); !taken) return taken;
    rows.clear();
    bytes = 0;
  }
  return rows.empty() ? Result<void>{} : take(rows);
}

void write_rows(SQLite::Database& database, const Table& table, const std::vector<Row>& rows) {
  const auto columns = is_jobs(table) ? transfer::kRetiredJobs.columns : table.columns;
  SQLite::Statement insert(database, insertion(table, columns));
  SQLite::Statement delivery(database, kAddDelivery);
  for (const Row& row : rows) {
    insert.tryReset();
    for (std::size_t index = 0; index < columns.size(); ++index)
      bind(insert, static_cast<int>(index) + 1, columns[index].kind, row[index]);
    insert.exec();
    if (is_jobs(table)) add_delivery(delivery, row);
  }
}

void complete_rows(SQLite::Database& database) {
  database.exec(
      "UPDATE accounts SET jobs = (SELECT count(*) FROM jobs WHERE account = accounts.id)");
}

}  // namespace jobsched::sql
