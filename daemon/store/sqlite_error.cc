#include "daemon/store/sqlite_error.h"

#include <cerrno>
#include <utility>

#include <sqlite3.h>

namespace jobsched::sql {

namespace {

bool no_space(int code, int system_errno) {
  if ((code & 0xFF) == SQLITE_FULL) return true;
  // SQLite knows only ENOSPC as a full disk; a quota or a file size limit is one as well.
  return (code & 0xFF) == SQLITE_IOERR &&
         (system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG);
}

bool lost_sync(int code) {
  return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
}

bool will_pass(int code) {
  switch (code & 0xFF) {
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
    case SQLITE_PROTOCOL:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY: return true;
    default: return code == SQLITE_IOERR_NOMEM;
  }
}

Failure failure(ErrorKind kind, std::string detail, bool fatal = false) {
  return {Error{kind, std::move(detail), {}, {}}, fatal};
}

}  // namespace

Failure explain(int code, int system_errno, std::string_view message, const std::string& path) {
  const std::string store = "the store " + path;
  const std::string why = " (" + std::string(message) + ")";
  if (lost_sync(code)) {
    return failure(ErrorKind::kInternal,
                   store + " could not be synced to its disk" + why +
                       "; check the disk, then start the daemon again",
                   true);
  }
  if (no_space(code, system_errno)) {
    return failure(ErrorKind::kStoreFull,
                   store + " has no space left on its disk" + why + "; free some and try again");
  }
  switch (code & 0xFF) {
    case SQLITE_BUSY:
      return failure(ErrorKind::kUnavailable,
                     store + " is held by another program" + why +
                         "; close whatever has the file open and try again");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return failure(ErrorKind::kInternal,
                     store + " is damaged" + why + "; stop the daemon and restore a backup");
    default: break;
  }
  if (will_pass(code)) {
    return failure(ErrorKind::kUnavailable, store + " cannot work just now" + why + "; try again");
  }
  return failure(ErrorKind::kInternal,
                 store + " failed" + why + "; check the disk it is on, or restore a backup");
}

Failure explain(const SQLite::Exception& exception, sqlite3* database, const std::string& path) {
  // SQLite keeps the errno of some failures only; this thread's own has that of the last.
  const int last_errno = errno;
  const int system_errno = sqlite3_system_errno(database);
  const int code = exception.getExtendedErrorCode() > 0 ? exception.getExtendedErrorCode()
                                                        : exception.getErrorCode();
  return explain(code, system_errno != 0 ? system_errno : last_errno, exception.what(), path);
}

}  // namespace jobsched::sql
