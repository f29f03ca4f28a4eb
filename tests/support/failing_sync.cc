#include "tests/support/failing_sync.h"

#include <deque>

#include <sqlite3.h>

namespace jobsched::testing {

// SQLite's own VFS under another name, whose files have another xSync. Both structs begin with the
// one that SQLite knows, so that its callbacks find what belongs to it.
struct FailingSync::Vfs : sqlite3_vfs {
  struct Methods : sqlite3_io_methods {
    Vfs* vfs = nullptr;
    const sqlite3_io_methods* real = nullptr;
  };

  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  std::deque<Methods> opened;
  bool failing = false;
  int syncs = 0;

  Vfs() : sqlite3_vfs(*sqlite3_vfs_find(nullptr)) {
    zName = "failing_sync";
    pNext = nullptr;
    xOpen = open;
    sqlite3_vfs_register(this, 1);
  }

  ~Vfs() {
    sqlite3_vfs_unregister(this);
    sqlite3_vfs_register(real, 1);
  }

  Vfs(const Vfs&) = delete;
  Vfs& operator=(const Vfs&) = delete;

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    auto* self = static_cast<Vfs*>(vfs);
    const int code = self->real->xOpen(self->real, name, file, flags, out);
    if (code != SQLITE_OK || file->pMethods == nullptr) return code;
    Methods& methods = self->opened.emplace_back(Methods{*file->pMethods, self, file->pMethods});
    methods.xSync = sync;
    file->pMethods = &methods;
    return code;
  }

  static int sync(sqlite3_file* file, int flags) {
    const auto* methods = static_cast<const Methods*>(file->pMethods);
    ++methods->vfs->syncs;
    return methods->vfs->failing ? SQLITE_IOERR_FSYNC : methods->real->xSync(file, flags);
  }
};

FailingSync::FailingSync() : vfs_(std::make_unique<Vfs>()) {}

FailingSync::~FailingSync() = default;

void FailingSync::fail(bool on) {
  vfs_->failing = on;
}

int FailingSync::syncs() const {
  return vfs_->syncs;
}

}  // namespace jobsched::testing
