#include "tests/support/faulty_disk.h"

#include <array>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <sqlite3.h>

#include "tests/support/unsynced_file.h"

namespace jobsched::testing {

namespace {

namespace fs = std::filesystem;

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

struct Fault {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  int code = SQLITE_OK;
};

}  // namespace

// SQLite's own VFS under another name, whose files have other methods. Both structs begin with the
// one that SQLite knows, so that its callbacks find what belongs to it.
struct FaultyDisk::Vfs : sqlite3_vfs {
  struct Methods : sqlite3_io_methods {
    Vfs* vfs = nullptr;
    const sqlite3_io_methods* real = nullptr;
    std::string path;  // empty for a file without a name
  };

  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  std::deque<Methods> opened;
  std::map<std::string, UnsyncedFile> files;
  std::map<std::string, UnsyncedFile> deleted;  // perhaps: without a sync of the directory
  std::array<std::uint64_t, kCalls> calls{};
  std::array<Fault, kCalls> faults{};
  std::uint64_t changes = 0;
  std::optional<std::uint64_t> cut_at;
  bool cut = false;
  bool ignores_syncs = false;

  Vfs() : sqlite3_vfs(*sqlite3_vfs_find(nullptr)) {
    zName = "faulty_disk";
    pNext = nullptr;
    xOpen = open;
    xDelete = remove;
    sqlite3_vfs_register(this, 1);
  }

  ~Vfs() {
    sqlite3_vfs_unregister(this);
    sqlite3_vfs_register(real, 1);
  }

  Vfs(const Vfs&) = delete;
  Vfs& operator=(const Vfs&) = delete;

  // What a call of this kind is to answer; SQLITE_OK if it may go on.
  int meet(Call call) {
    const auto index = static_cast<std::size_t>(call);
    const std::uint64_t number = ++calls.at(index);
    const Fault& fault = faults.at(index);
    if (cut) return SQLITE_IOERR;
    return number >= fault.first && number <= fault.last ? fault.code : SQLITE_OK;
  }

  // The same for a call that changes what is on the disk: `change` is the last that reaches it
  // when the power goes.
  template <class Change>
  int meet_change(Call call, const Change& change) {
    if (const int code = meet(call); code != SQLITE_OK) return code;
    cut = ++changes == cut_at;
    change();
    return cut ? SQLITE_IOERR : SQLITE_OK;
  }

  static Methods& of(sqlite3_file* file) {
    return *const_cast<Methods*>(static_cast<const Methods*>(file->pMethods));
  }

  template <class Change>
  void change_file(const Methods& methods, const Change& change) {
    if (const auto found = files.find(methods.path); found != files.end()) change(found->second);
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    auto* self = static_cast<Vfs*>(vfs);
    file->pMethods = nullptr;
    if (const int code = self->meet(Call::kOpen); code != SQLITE_OK) return SQLITE_CANTOPEN;
    const std::string path = name == nullptr ? "" : name;
    if (!path.empty() && !self->files.contains(path)) {
      self->files.emplace(path, UnsyncedFile(read_file(path)));
    }
    const int code = self->real->xOpen(self->real, name, file, flags, out);
    if (code != SQLITE_OK || file->pMethods == nullptr) return code;
    Methods& methods =
        self->opened.emplace_back(Methods{*file->pMethods, self, file->pMethods, path});
    methods.xRead = read;
    methods.xWrite = write;
    methods.xTruncate = truncate;
    methods.xSync = sync;
    methods.xLock = lock;
    methods.xShmMap = map_shm;
    methods.xShmLock = lock_shm;
    file->pMethods = &methods;
    return code;
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    auto* self = static_cast<Vfs*>(vfs);
    const int code = self->meet_change(Call::kDelete, [&] {
      if (self->cut) return;
      auto node = self->files.extract(name);
      if (sync_directory == 0 && !node.empty()) self->deleted.insert(std::move(node));
    });
    return code != SQLITE_OK ? code : self->real->xDelete(self->real, name, sync_directory);
  }

  static int read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
    const Methods& methods = of(file);
    if (const int code = methods.vfs->meet(Call::kRead); code != SQLITE_OK) return code;
    return methods.real->xRead(file, to, size, offset);
  }

  static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    const Methods& methods = of(file);
    const int code = methods.vfs->meet_change(Call::kWrite, [&] {
      methods.vfs->change_file(methods, [&](UnsyncedFile& safe) {
        safe.write(static_cast<std::uint64_t>(offset),
                   {static_cast<const char*>(from), static_cast<std::size_t>(size)});
      });
    });
    return code != SQLITE_OK ? code : methods.real->xWrite(file, from, size, offset);
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const Methods& methods = of(file);
    const int code = methods.vfs->meet_change(Call::kTruncate, [&] {
      methods.vfs->change_file(
          methods, [&](UnsyncedFile& safe) { safe.truncate(static_cast<std::uint64_t>(size)); });
    });
    return code != SQLITE_OK ? code : methods.real->xTruncate(file, size);
  }

  // The real disk is not asked: what is safe is known here. A sync during which the power goes has
  // done nothing.
  static int sync(sqlite3_file* file, int /*flags*/) {
    const Methods& methods = of(file);
    Vfs& vfs = *methods.vfs;
    return vfs.meet_change(Call::kSync, [&] {
      if (vfs.cut || vfs.ignores_syncs) return;
      vfs.change_file(methods, [](UnsyncedFile& safe) { safe.sync(); });
    });
  }

  static int lock(sqlite3_file* file, int level) {
    const Methods& methods = of(file);
    if (const int code = methods.vfs->meet(Call::kLock); code != SQLITE_OK) return code;
    return methods.real->xLock(file, level);
  }

  static int map_shm(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    const Methods& methods = of(file);
    if (const int code = methods.vfs->meet(Call::kShmMap); code != SQLITE_OK) return code;
    return methods.real->xShmMap(file, page, size, extend, out);
  }

  static int lock_shm(sqlite3_file* file, int offset, int count, int flags) {
    const Methods& methods = of(file);
    // Nobody can be kept from letting go.
    if ((flags & SQLITE_SHM_LOCK) != 0) {
      if (const int code = methods.vfs->meet(Call::kShmLock); code != SQLITE_OK) return code;
    }
    return methods.real->xShmLock(file, offset, count, flags);
  }
};

FaultyDisk::FaultyDisk() : vfs_(std::make_unique<Vfs>()) {}

FaultyDisk::~FaultyDisk() = default;

std::uint64_t FaultyDisk::calls(Call call) const {
  return vfs_->calls.at(static_cast<std::size_t>(call));
}

void FaultyDisk::fail(Call call, std::uint64_t number, std::uint64_t times, int code) {
  const std::uint64_t first = calls(call) + number;
  vfs_->faults.at(static_cast<std::size_t>(call)) = {first, first + times - 1, code};
}

void FaultyDisk::stop_failing() {
  vfs_->faults = {};
}

std::uint64_t FaultyDisk::changes() const {
  return vfs_->changes;
}

void FaultyDisk::cut_power_at(std::uint64_t change) {
  vfs_->cut_at = vfs_->changes + change;
}

bool FaultyDisk::is_cut() const {
  return vfs_->cut;
}

void FaultyDisk::ignore_syncs() {
  vfs_->ignores_syncs = true;
}

void FaultyDisk::restore_power(std::mt19937_64& random) {
  const auto leave = [&](const std::string& path, const UnsyncedFile& file) {
    if (const auto content = file.survivor(random)) {
      std::ofstream(path, std::ios::binary | std::ios::trunc) << *content;
    } else {
      fs::remove(path);
    }
    fs::remove(path + "-shm");  // is in memory only
  };
  for (const auto& [path, file] : vfs_->deleted) {
    if ((random() & 1U) != 0 && !vfs_->files.contains(path)) leave(path, file);
  }
  // One that was renamed meanwhile has another name now.
  for (const auto& [path, file] : vfs_->files) {
    if (fs::exists(path)) leave(path, file);
  }
  vfs_->files.clear();
  vfs_->deleted.clear();
  vfs_->cut = false;
  vfs_->cut_at.reset();
  vfs_->ignores_syncs = false;
}

}  // namespace jobsched::testing
