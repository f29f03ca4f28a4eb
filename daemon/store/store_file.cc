#include "daemon/store/store_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/fd.h"
#include "daemon/store/schema.h"

namespace jobsched {

namespace {

namespace fs = std::filesystem;

// Where SQLite's file header has what is looked at here (its file format, section 1.3); numbers
// are big-endian.
constexpr std::size_t kHeaderSize = 100;
constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr std::size_t kUserVersionAt = 60;
constexpr std::size_t kApplicationIdAt = 68;

using Header = std::array<unsigned char, kHeaderSize>;

std::uint32_t number_at(const Header& header, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = number << 8U | header.at(at + i);
  }
  return number;
}

tl::unexpected<Error> not_a_store(const std::string& path, const std::string& why) {
  return fail(ErrorKind::kInvalid,
              path + " is not a store of jobsched: " + why +
                  "; name another path, or move the file away to start with an empty store");
}

Result<void> sync_directory(const fs::path& directory) {
  const Fd file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) {
    return tl::unexpected(
        file_error("the directory " + directory.string() + " cannot be synced", errno));
  }
  return {};
}

// `fs::create_directories` would leave them open to others.
Result<void> make_directories(const fs::path& directory) {
  if (directory.empty() || fs::exists(fs::status(directory))) return {};
  if (Result<void> parent = make_directories(directory.parent_path()); !parent) return parent;
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return tl::unexpected(
        file_error("the directory " + directory.string() + " cannot be made", errno));
  }
  return sync_directory(directory.parent_path());
}

Result<void> check_kind(const std::string& path) {
  struct stat status {};

  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return tl::unexpected(file_error("the store " + path + " cannot be looked at", errno));
  }
  if (S_ISDIR(status.st_mode)) {
    return fail(ErrorKind::kInvalid, "the store " + path +
                                         " is a directory; name a file in it, e.g. " +
                                         (fs::path(path) / "jobs.db").string());
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::kInvalid,
                "the store " + path + " is not a regular file; name another path");
  }
  if (status.st_nlink > 1) {
    return fail(ErrorKind::kInvalid,
                "the store " + path +
                    " has several names (hard links), under each of which its log would be another "
                    "file; remove all but one");
  }
  return {};
}

Result<void> check_file_system(const fs::path& directory) {
  struct statfs system {};

  if (::statfs(directory.c_str(), &system) != 0) {
    return tl::unexpected(
        file_error("the directory " + directory.string() + " cannot be looked at", errno));
  }
  if (const auto name = unsafe_file_system(system.f_type)) {
    return fail(ErrorKind::kInvalid,
                "the store cannot be in " + directory.string() + ", which is on " +
                    std::string(*name) +
                    ": locks and syncs do not hold there; name a path on a local disk");
  }
  return {};
}

}  // namespace

Result<std::string> resolve_store_path(const std::string& path) {
  if (path.empty()) {
    return fail(ErrorKind::kInvalid, "the path of the store is empty; name a file");
  }
  std::error_code error;
  const fs::path wanted = fs::absolute(path, error);
  if (Result<void> made = make_directories(wanted.parent_path()); !made) {
    return tl::unexpected(made.error());
  }
  const fs::path real = fs::weakly_canonical(wanted, error);
  if (error) {
    return tl::unexpected(file_error("the path " + path + " cannot be followed", error.value()));
  }
  if (Result<void> kind = check_kind(real.string()); !kind) return tl::unexpected(kind.error());
  if (Result<void> system = check_file_system(real.parent_path()); !system) {
    return tl::unexpected(system.error());
  }
  return real.string();
}

Result<StoreFile> inspect_store_file(const std::string& path, Access access) {
  const int mode = access == Access::kWrite ? O_RDWR : O_RDONLY;
  const Fd file(::open(path.c_str(), mode | O_CLOEXEC));
  if (!file && errno == ENOENT) return StoreFile::kNone;
  if (!file) return tl::unexpected(file_error("the store " + path + " cannot be opened", errno));
  Header header{};
  const ssize_t size = ::pread(file.get(), header.data(), header.size(), 0);
  if (size < 0) return tl::unexpected(file_error("the store " + path + " cannot be read", errno));
  if (size == 0) return StoreFile::kNone;
  if (std::string_view(reinterpret_cast<const char*>(header.data()), kMagic.size()) != kMagic) {
    return not_a_store(path, "it is not a SQLite database");
  }
  if (static_cast<std::size_t>(size) < header.size()) {
    return not_a_store(path, "it is cut off within its header");
  }
  if (number_at(header, kApplicationIdAt) != sql::kApplicationId) {
    return not_a_store(path, "it is a database of another program");
  }
  const std::uint32_t version = number_at(header, kUserVersionAt);
  if (version > static_cast<std::uint32_t>(sql::kSchemaVersion)) {
    return tl::unexpected(newer_schema(path, static_cast<int>(version)));
  }
  return StoreFile::kStore;
}

Error newer_schema(const std::string& path, int version) {
  return {ErrorKind::kInvalid,
          "the store " + path + " has schema version " + std::to_string(version) +
              ", written by a newer jobsched; this one knows up to " +
              std::to_string(sql::kSchemaVersion) +
              "; run the newer program, or restore a backup made before it",
          {},
          {}};
}

Result<void> make_file(const std::string& path) {
  const Fd file(::unlink(path.c_str()) == 0 || errno == ENOENT
                    ? ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
                    : -1);
  if (!file) return tl::unexpected(file_error("the file " + path + " cannot be made", errno));
  return {};
}

Result<void> move_into_place(const std::string& made, const std::string& path) {
  const Fd file(::open(made.c_str(), O_RDWR | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) {
    return tl::unexpected(file_error("the file " + made + " cannot be synced", errno));
  }
  if (::rename(made.c_str(), path.c_str()) != 0) {
    return tl::unexpected(file_error("the store " + path + " cannot be made", errno));
  }
  return sync_directory(fs::path(path).parent_path());
}

// A log that is left behind would be taken for the new store's.
Result<void> move_aside(const std::string& path, const std::string& aside) {
  for (const std::string_view suffix : {"-wal", "-shm", ""}) {
    const std::string from = path + std::string(suffix);
    if (::rename(from.c_str(), (aside + std::string(suffix)).c_str()) != 0 && errno != ENOENT) {
      return tl::unexpected(file_error("the file " + from + " cannot be renamed", errno));
    }
  }
  return sync_directory(fs::path(path).parent_path());
}

Result<void> swap_into_place(const std::string& made,
                             const std::string& path,
                             const std::string& replaced) {
  if (!replaced.empty()) {
    if (Result<void> moved = move_aside(path, replaced); !moved) return moved;
  }
  return move_into_place(made, path);
}

std::optional<std::string_view> unsafe_file_system(long type) {
  constexpr std::array<std::pair<long, std::string_view>, 9> kTypes{{
      {0x6969, "NFS"},
      {0x517B, "SMB"},
      {0xFE534D42, "SMB"},
      {0xFF534D42, "CIFS"},
      {0x01021997, "9P"},
      {0x5346414F, "AFS"},
      {0x00C36400, "Ceph"},
      {0x0BD00BD0, "Lustre"},
      {0x65735546, "FUSE"},
  }};
  // The type is signed on some architectures: compare what both have.
  for (const auto& [known, name] : kTypes) {
    if (static_cast<std::uint32_t>(type) == static_cast<std::uint32_t>(known)) return name;
  }
  return std::nullopt;
}

Error file_error(const std::string& what, int error_number) {
  const std::string reason = " (" + std::generic_category().message(error_number) + ")";
  const auto error = [&](ErrorKind kind, const std::string& advice) {
    return Error{kind, what + reason + "; " + advice, {}, {}};
  };
  switch (error_number) {
    case EACCES:
    case EPERM:
      return error(ErrorKind::kForbidden,
                   "give the daemon's user read and write access, or name another path");
    case EROFS:
      return error(ErrorKind::kForbidden, "name a path on a file system that can be written to");
    case ENOSPC:
    case EDQUOT: return error(ErrorKind::kStoreFull, "free some space and try again");
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG: return error(ErrorKind::kInvalid, "name another path");
    default: return error(ErrorKind::kUnavailable, "check the disk and try again");
  }
}

}  // namespace jobsched
