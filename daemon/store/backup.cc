#include "daemon/store/backup.h"

#include <filesystem>
#include <memory>
#include <system_error>

#include "daemon/store/catch_up.h"
#include "daemon/store/connection.h"
#include "daemon/store/copy.h"
#include "daemon/store/schema.h"
#include "daemon/store/sqlite_error.h"
#include "daemon/store/store_file.h"
#include "daemon/store/store_lock.h"

namespace jobsched {

namespace {

namespace fs = std::filesystem;

// As long as the daemon waits for others.
constexpr Millis kBusyTimeout{5'000};

// Errors: kNotFound if there is no store at `path`, or as of inspect_store_file.
Result<void> expect_store(const std::string& path, Access access) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return fail(ErrorKind::kInvalid, path + " is a directory; name a file in it");
  }
  const Result<StoreFile> file = inspect_store_file(path, access);
  if (!file) return tl::unexpected(file.error());
  if (*file == StoreFile::kStore) return {};
  return fail(ErrorKind::kNotFound, "there is no store at " + path + "; name its file");
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

// Whether `target` can be written without harm to anything.
Result<void> check_target(const std::string& store, const std::string& target) {
  std::error_code error;
  if (same_file(store, target)) {
    return fail(ErrorKind::kInvalid, target + " is the store itself; name another file");
  }
  if (fs::exists(target + "-wal", error)) {
    return fail(ErrorKind::kInvalid, target + " is a store in use; name another file");
  }
  if (!fs::exists(target, error)) return {};
  if (!fs::is_regular_file(target, error)) {
    return fail(ErrorKind::kInvalid, target + " is not a regular file; name another one");
  }
  const Result<StoreFile> file = inspect_store_file(target, Access::kRead);
  if (file) return {};
  return fail(ErrorKind::kInvalid,
              target + " exists and is not a backup; name another file, or remove it");
}

// Makes `made` of the store at `source`, and lets `finish` see to the copy before it is complete.
template <class Finish>
auto make_copy(const std::string& source,
               const std::string& made,
               const CopyProgress& progress,
               const Finish& finish) {
  auto result = sql::guarded(source, [&] {
    const std::unique_ptr<SQLite::Database> copy =
        sql::copy_store(source, made, kBusyTimeout, progress);
    return finish(*copy);
  });
  if (!result) static_cast<void>(fs::remove(made));
  return result;
}

// Opens the store that is to be replaced, to learn from it.
Result<std::unique_ptr<SQLite::Database>> open_present(const std::string& path) {
  return sql::guarded(path, [&]() -> Result<std::unique_ptr<SQLite::Database>> {
    if (Result<void> store = expect_store(path, Access::kWrite); !store) {
      return tl::unexpected(store.error());
    }
    auto present = sql::open_writer(path, kBusyTimeout);
    sql::check_integrity(*present);
    sql::migrate(*present);
    return present;
  });
}

bool is_there(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error) && fs::file_size(path, error) > 0;
}

}  // namespace

Result<std::uint64_t> back_up(const std::string& store,
                              const std::string& target,
                              const CopyProgress& progress) {
  if (Result<void> source = expect_store(store, Access::kRead); !source)
    return tl::unexpected(source.error());
  if (Result<void> free = check_target(store, target); !free) return tl::unexpected(free.error());
  const std::string made = target + ".new";
  if (Result<void> file = make_file(made); !file) return tl::unexpected(file.error());
  const Result<std::uint64_t> jobs = make_copy(
      store, made, progress,
      [](SQLite::Database& copy) -> Result<std::uint64_t> { return sql::count_jobs(copy); });
  if (!jobs) return jobs;
  if (Result<void> moved = move_into_place(made, target); !moved) {
    return tl::unexpected(moved.error());
  }
  return jobs;
}

Result<Restored> restore(const std::string& backup,
                         const std::string& store,
                         Instant now,
                         const ZoneLookup& zones,
                         const CopyProgress& progress) {
  if (Result<void> source = expect_store(backup, Access::kRead); !source)
    return tl::unexpected(source.error());
  const Result<std::string> path = resolve_store_path(store);
  if (!path) return tl::unexpected(path.error());
  if (same_file(backup, *path)) {
    return fail(ErrorKind::kInvalid, backup + " is the store itself; name a backup of it");
  }
  const Result<StoreLock> lock = StoreLock::take(*path);
  if (!lock) return tl::unexpected(lock.error());
  const std::string made = *path + ".new";
  if (Result<void> file = make_file(made); !file) return tl::unexpected(file.error());

  Restored restored;
  const bool replaces = is_there(*path);
  const Result<std::uint64_t> jobs =
      make_copy(backup, made, progress, [&](SQLite::Database& copy) -> Result<std::uint64_t> {
        sql::migrate(copy);
        if (!replaces) return sql::count_jobs(copy);
        const Result<std::unique_ptr<SQLite::Database>> present = open_present(*path);
        if (present) {
          restored.ended = sql::catch_up(copy, *path, now, zones);
          sql::allow_final_checkpoint(**present);
        } else {
          restored.unread = present.error().detail;
        }
        return sql::count_jobs(copy);
      });
  if (!jobs) return tl::unexpected(jobs.error());
  restored.jobs = *jobs;
  if (replaces) restored.replaced = *path + ".replaced";
  if (Result<void> moved = swap_into_place(made, *path, restored.replaced); !moved) {
    return tl::unexpected(moved.error());
  }
  return restored;
}

}  // namespace jobsched
