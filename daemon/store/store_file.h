#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"

namespace jobsched {

// What the file system has to say of a store, before SQLite sees it. Nothing here changes a file
// that exists.

// The one name of the store at `path`: absolute and without symbolic links, so that two ways to a
// file are not two stores. Makes the directories that are missing, for the owner only (0700).
// Errors: kForbidden, kUnavailable; kInvalid for a path that cannot be a store: a directory, a
// device, a file with several names, a place on a network file system.
Result<std::string> resolve_store_path(const std::string& path);

enum class StoreFile {
  kNone,   // there is no file, or an empty one
  kStore,  // by its header, a store of this version or an older one
};

enum class Access { kRead, kWrite };

// Reads the header of the file at `path`. Errors: kForbidden if it does not give that access;
// kInvalid if it is something else: not SQLite's, another program's, or of a newer version.
Result<StoreFile> inspect_store_file(const std::string& path, Access access);

// The error for a store that a newer version has written.
Error newer_schema(const std::string& path, int version);

// Makes an empty file for the owner only (0600) in the place of whatever is at `path`. Errors: as
// of the system.
Result<void> make_file(const std::string& path);

// Puts the complete file `made` in the place of `path`, durably. Errors: as of the system.
Result<void> move_into_place(const std::string& made, const std::string& path);

// Gives a store that nobody has open another name, with its log if it has one, durably. Errors: as
// of the system.
Result<void> move_aside(const std::string& path, const std::string& aside);

// `move_into_place` for a store that nobody has open; what was there, with its log if it has one,
// is `replaced` afterwards. Empty `replaced`: there was nothing.
Result<void> swap_into_place(const std::string& made,
                             const std::string& path,
                             const std::string& replaced);

// The name of a file system (`statfs::f_type`) whose locks and shared memory cannot be relied on,
// absent for any other.
std::optional<std::string_view> unsafe_file_system(long type);

// "WHAT (REASON)" and what to do about it, with the kind that `error_number` calls for.
Error file_error(const std::string& what, int error_number);

}  // namespace jobsched
