#include "daemon/store/transfer/move.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "daemon/store/transfer/ends.h"
#include "daemon/store/transfer/postgres_ends.h"
#include "daemon/store/transfer/sqlite_ends.h"

namespace jobsched {

namespace {

using transfer::Reader;
using transfer::Row;
using transfer::Sink;
using transfer::Source;
using transfer::Summary;
using transfer::Table;

bool is_file(const StoreLocation& location) {
  return location.kind == StoreLocation::Kind::kSqlite;
}

Result<std::unique_ptr<Source>> open_source(const StoreLocation& location) {
  return is_file(location) ? sql::open_source(location.text) : pg::open_source(location.text);
}

Result<std::unique_ptr<Sink>> open_sink(const StoreLocation& location) {
  return is_file(location) ? sql::open_sink(location.text) : pg::open_sink(location.text);
}

// A mark is read at another time, in another directory.
StoreLocation with_whole_path(StoreLocation location) {
  std::error_code error;
  if (is_file(location)) location.shown = std::filesystem::absolute(location.text, error).string();
  return location;
}

Result<transfer::Destination> look_at(const StoreLocation& location) {
  if (!is_file(location)) return pg::look_at(location.text);
  return sql::find_arrival(location.text).map([&](const std::optional<Digest>& arrived) {
    return transfer::Destination{location.text, arrived};
  });
}

// Tells how much is done of what takes two readings.
class TwoPasses {
 public:
  TwoPasses(std::uint64_t rows, const CopyProgress& progress)
      : total_(2 * rows), progress_(progress) {}

  void add(std::uint64_t rows) {
    done_ = std::min(done_ + rows, total_);
    if (total_ > 0) progress_(done_, total_);
  }

 private:
  std::uint64_t total_;
  const CopyProgress& progress_;
  std::uint64_t done_ = 0;
};

Result<std::uint64_t> count_all(Reader& reader) {
  std::uint64_t rows = 0;
  for (const Table& table : transfer::kTables) {
    const Result<std::uint64_t> more = reader.count(table);
    if (!more) return more;
    rows += *more;
  }
  return rows;
}

Result<Summary> copy(Source& source, Sink& sink, const transfer::Progress& progress) {
  Summary read;
  for (const Table& table : transfer::kTables) {
    const auto copied = source.read(table, [&](const std::vector<Row>& rows) {
      for (const Row& row : rows)
        read.add(table, row);
      progress(rows.size());
      return sink.write(table, rows);
    });
    if (!copied) return tl::unexpected(copied.error());
  }
  return read;
}

// What differs, in words.
Error not_the_same(const Summary& read, const Summary& written) {
  std::string tables;
  for (const Table& table : transfer::kTables) {
    if (read.has_same(table, written)) continue;
    tables += (tables.empty() ? "" : ", ") + std::string(table.name) + ": " +
              std::to_string(read.rows(table)) + " rows read, " +
              std::to_string(written.rows(table)) + " written";
  }
  return {ErrorKind::kInternal,
          "what was written is not what was read (" + tables +
              "); nothing has been moved, and the jobs are where they were",
          {},
          {}};
}

Result<Moved> mark(Source& source,
                   const StoreLocation& target,
                   const Summary& summary,
                   bool before) {
  const StoreLocation to = with_whole_path(target);
  return source.leave(to.shown)
      .map([&](std::string left) {
        return Moved{summary, std::move(left), before};
      })
      .map_error([&](Error error) {
        error.detail = "everything is at " + to.shown +
                       " now, but where it was is not marked as moved: " + error.detail +
                       "; do not start a daemon there, and run the same command again";
        return error;
      });
}

Result<Moved> move_rows(Source& source, const StoreLocation& to, const CopyProgress& progress) {
  const Result<std::unique_ptr<Sink>> sink = open_sink(to);
  if (!sink) return tl::unexpected(sink.error());
  const Result<std::uint64_t> rows = count_all(source);
  if (!rows) return tl::unexpected(rows.error());
  TwoPasses passes(*rows, progress);
  const auto tell = [&](std::uint64_t more) { passes.add(more); };
  const Result<Summary> read = copy(source, **sink, tell);
  if (!read) return tl::unexpected(read.error());
  const Result<Summary> written = transfer::summarize(**sink, tell);
  if (!written) return tl::unexpected(written.error());
  if (*read != *written) return tl::unexpected(not_the_same(*read, *written));
  if (Result<void> done = (*sink)->complete(read->digest()); !done) {
    return tl::unexpected(done.error());
  }
  return mark(source, to, *read, false);
}

}  // namespace

Result<Moved> move_store(const StoreLocation& from,
                         const StoreLocation& to,
                         const CopyProgress& progress) {
  if (is_file(from) && is_file(to)) {
    return fail(ErrorKind::kInvalid,
                "both stores are files, between which nothing need be converted: copy one with "
                "`jobsched backup`, or rename it while no daemon has it open");
  }
  const Result<std::unique_ptr<Source>> source = open_source(from);
  if (!source) return tl::unexpected(source.error());
  const Result<transfer::Destination> there = look_at(to);
  if (!there) return tl::unexpected(there.error());
  if (there->place == (*source)->place()) {
    return fail(ErrorKind::kInvalid, "both are the same database; name another one");
  }
  if (!there->arrived) return move_rows(**source, to, progress);
  const Result<Summary> here = transfer::summarize(**source, [](std::uint64_t) {});
  if (!here) return tl::unexpected(here.error());
  // Else what is there came from elsewhere, or is of another time: it is as any other store.
  if (here->digest() != *there->arrived) return move_rows(**source, to, progress);
  return mark(**source, to, *here, true);
}

}  // namespace jobsched
