#include "daemon/store/transfer/sqlite_ends.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "daemon/store/connection.h"
#include "daemon/store/copy.h"
#include "daemon/store/schema.h"
#include "daemon/store/sqlite_error.h"
#include "daemon/store/store_file.h"
#include "daemon/store/store_lock.h"
#include "daemon/store/transfer/sqlite_rows.h"

namespace jobsched::sql {

namespace {

namespace fs = std::filesystem;

using transfer::Row;
using transfer::Table;
using transfer::Take;

// As long as the daemon waits for others.
constexpr Millis kBusyTimeout{5'000};

// moved_from has one row, if the store came by a move.
constexpr auto kMakeArrival = "CREATE TABLE moved_from (digest BLOB NOT NULL) STRICT";
constexpr auto kNoteArrival = "INSERT INTO moved_from VALUES (?1)";
constexpr auto kCameByMove = "SELECT count(*) FROM sqlite_schema WHERE name = 'moved_from'";
constexpr auto kFindArrival = "SELECT digest FROM moved_from";

// Whoever has the store may be gone soon: the same may succeed later.
Result<StoreLock> lock(const std::string& path) {
  return StoreLock::take(path).map_error([](Error error) {
    if (error.kind == ErrorKind::kConflict) error.kind = ErrorKind::kUnavailable;
    return error;
  });
}

bool is_there(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

class FileSource final : public transfer::Source {
 public:
  FileSource(std::string path, StoreLock lock, std::unique_ptr<SQLite::Database> database)
      : path_(std::move(path)), lock_(std::move(lock)), database_(std::move(database)) {}

  std::string place() const override { return path_; }

  Result<std::uint64_t> count(const Table& table) override {
    return guarded(path_, [&]() -> Result<std::uint64_t> { return count_rows(*database_, table); });
  }

  Result<void> read(const Table& table, const Take& take) override {
    return guarded(path_, [&] { return read_rows(*database_, table, take); });
  }

  Result<std::string> leave(const std::string& /*target*/) override {
    const Result<void> closed = guarded(path_, [&]() -> Result<void> {
      database_->exec("ROLLBACK");
      allow_final_checkpoint(*database_);
      database_.reset();
      return {};
    });
    if (!closed) return tl::unexpected(closed.error());
    const std::string left = path_ + ".migrated";
    return move_aside(path_, left).map([&] { return path_ + " is now " + left; });
  }

 private:
  std::string path_;
  StoreLock lock_;
  std::unique_ptr<SQLite::Database> database_;
};

class FileSink final : public transfer::Sink {
 public:
  FileSink(std::string path,
           std::string made,
           StoreLock lock,
           std::unique_ptr<SQLite::Database> database)
      : path_(std::move(path)),
        made_(std::move(made)),
        lock_(std::move(lock)),
        database_(std::move(database)) {}

  // Of a file that is complete this name is gone.
  ~FileSink() override {
    database_.reset();
    std::error_code error;
    fs::remove(made_, error);
  }

  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  Result<std::uint64_t> count(const Table& table) override {
    return guarded(made_, [&]() -> Result<std::uint64_t> { return count_rows(*database_, table); });
  }

  Result<void> read(const Table& table, const Take& take) override {
    return guarded(made_, [&] { return read_rows(*database_, table, take); });
  }

  Result<void> write(const Table& table, const std::vector<Row>& rows) override {
    return guarded(made_, [&]() -> Result<void> {
      write_rows(*database_, table, rows);
      return {};
    });
  }

  Result<void> complete(const Digest& digest) override {
    const Result<void> written = guarded(made_, [&]() -> Result<void> {
      complete_rows(*database_);
      database_->exec(kMakeArrival);
      {
        SQLite::Statement note(*database_, kNoteArrival);
        Run(note, Blob{{reinterpret_cast<const char*>(digest.data()), digest.size()}}).change();
      }
      database_->exec("COMMIT; PRAGMA journal_mode = DELETE;");
      database_.reset();
      return {};
    });
    return written.and_then([&] { return move_into_place(made_, path_); });
  }

 private:
  std::string path_;
  std::string made_;
  StoreLock lock_;
  std::unique_ptr<SQLite::Database> database_;
};

// A file that is cut short is thrown away, so it needs no journal; it is synced when it is whole.
std::unique_ptr<SQLite::Database> make_empty(const std::string& made) {
  create(made);
  auto database =
      std::make_unique<SQLite::Database>(made, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
  database->exec(
      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON;"
      "PRAGMA cache_size = -65536; BEGIN; DELETE FROM clock;");
  return database;
}

}  // namespace

Result<std::unique_ptr<transfer::Source>> open_source(const std::string& path) {
  using Opened = Result<std::unique_ptr<transfer::Source>>;
  if (!is_there(path)) {
    return fail(ErrorKind::kNotFound, "there is no store at " + path + "; name its file");
  }
  const Result<std::string> resolved = resolve_store_path(path);
  if (!resolved) return tl::unexpected(resolved.error());
  const Result<StoreFile> file = inspect_store_file(*resolved, Access::kWrite);
  if (!file) return tl::unexpected(file.error());
  if (*file == StoreFile::kNone) {
    return fail(ErrorKind::kNotFound, "the file " + path + " is empty; name that of a store");
  }
  if (is_there(*resolved + ".migrated")) {
    return fail(ErrorKind::kConflict, *resolved +
                                          ".migrated, which the store is to be called "
                                          "afterwards, is there already; move it away");
  }
  Result<StoreLock> held = lock(*resolved);
  if (!held) return tl::unexpected(held.error());
  return guarded(*resolved, [&]() -> Opened {
    auto database = open_writer(*resolved, kBusyTimeout);
    check_integrity(*database);
    migrate(*database);
    database->exec("BEGIN");
    return std::make_unique<FileSource>(*resolved, *std::move(held), std::move(database));
  });
}

Result<std::unique_ptr<transfer::Sink>> open_sink(const std::string& path) {
  using Opened = Result<std::unique_ptr<transfer::Sink>>;
  const Result<std::string> resolved = resolve_store_path(path);
  if (!resolved) return tl::unexpected(resolved.error());
  Result<StoreLock> held = lock(*resolved);
  if (!held) return tl::unexpected(held.error());
  if (is_there(*resolved)) {
    return fail(ErrorKind::kConflict,
                *resolved +
                    " exists, and a store is moved to a new file only; name another path, "
                    "or move it away");
  }
  const std::string made = *resolved + ".new";
  if (Result<void> file = make_file(made); !file) return tl::unexpected(file.error());
  return guarded(*resolved, [&]() -> Opened {
    return std::make_unique<FileSink>(*resolved, made, *std::move(held), make_empty(made));
  });
}

Result<std::optional<Digest>> find_arrival(const std::string& path) {
  const Result<StoreFile> file = inspect_store_file(path, Access::kRead);
  if (!file || *file == StoreFile::kNone) return std::nullopt;
  return guarded(path, [&]() -> Result<std::optional<Digest>> {
    const auto database = open_reader(path, kBusyTimeout);
    if (database->execAndGet(kCameByMove).getInt() == 0) return std::nullopt;
    const std::string bytes = database->execAndGet(kFindArrival).getString();
    Digest digest{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    return digest;
  });
}

}  // namespace jobsched::sql
