#include "daemon/store/sqlite_error.h"

#include <cerrno>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <sqlite3.h>

namespace jobsched::testing {

TEST_CASE("each failure of SQLite means one thing for the store") {
  struct Row {
    std::string rule;
    int code;
    int system_errno;
    ErrorKind kind;
    bool fatal = false;
  };

  const std::vector<Row> rows{
      {"the disk is full", SQLITE_FULL, 0, ErrorKind::kStoreFull},
      {"the disk is full, as an I/O error", SQLITE_IOERR_WRITE, ENOSPC, ErrorKind::kStoreFull},
      {"a quota is used up", SQLITE_IOERR_WRITE, EDQUOT, ErrorKind::kStoreFull},
      {"a file may not grow", SQLITE_IOERR_WRITE, EFBIG, ErrorKind::kStoreFull},
      {"an errno of long ago", SQLITE_BUSY, ENOSPC, ErrorKind::kUnavailable},
      {"another program holds the file", SQLITE_BUSY, 0, ErrorKind::kUnavailable},
      {"so does one that recovers it", SQLITE_BUSY_RECOVERY, 0, ErrorKind::kUnavailable},
      {"no memory", SQLITE_NOMEM, 0, ErrorKind::kUnavailable},
      {"no memory for a map", SQLITE_IOERR_NOMEM, ENOMEM, ErrorKind::kUnavailable},
      {"no descriptor", SQLITE_CANTOPEN, EMFILE, ErrorKind::kUnavailable},
      {"the disk has become read-only", SQLITE_READONLY, EROFS, ErrorKind::kUnavailable},
      {"the disk fails", SQLITE_IOERR_READ, EIO, ErrorKind::kInternal},
      {"the file is damaged", SQLITE_CORRUPT, 0, ErrorKind::kInternal},
      {"an index is damaged", SQLITE_CORRUPT_INDEX, 0, ErrorKind::kInternal},
      {"it is no database", SQLITE_NOTADB, 0, ErrorKind::kInternal},
      {"anything else", SQLITE_ERROR, 0, ErrorKind::kInternal},
      {"a sync failed", SQLITE_IOERR_FSYNC, EIO, ErrorKind::kInternal, true},
      {"even for want of space", SQLITE_IOERR_FSYNC, ENOSPC, ErrorKind::kInternal, true},
      {"a directory's sync failed", SQLITE_IOERR_DIR_FSYNC, EIO, ErrorKind::kInternal, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const sql::Failure failure = sql::explain(row.code, row.system_errno, "the reason", "/a/jobs");
    CHECK(failure.error.kind == row.kind);
    CHECK(failure.fatal == row.fatal);
    CHECK(failure.error.detail.starts_with("the store /a/jobs "));
    CHECK(failure.error.detail.find("(the reason); ") != std::string::npos);
    CHECK_FALSE(failure.error.detail.ends_with("."));
  }
}

}  // namespace jobsched::testing
