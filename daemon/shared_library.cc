#include "daemon/shared_library.h"

#include <dlfcn.h>

#include <string>

namespace jobsched {

namespace {

tl::unexpected<Error> unusable(const LibraryName& library) {
  const char* const reason = ::dlerror();
  return fail(ErrorKind::kInternal, std::string(library.name) + " cannot be loaded: " +
                                        (reason == nullptr ? "no reason was given" : reason) +
                                        "; install " + library.packages);
}

}  // namespace

// What it refers to itself is bound when it is used; most never is. Never closed: libraries leave
// behind what runs at the end of threads and of the process.
Result<SharedLibrary> SharedLibrary::load(const LibraryName& library) {
  void* const handle = ::dlopen(library.file, RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) return unusable(library);
  return SharedLibrary{library, handle};
}

Result<void> SharedLibrary::find(std::initializer_list<Symbol> symbols) const {
  for (const Symbol& symbol : symbols) {
    void* const address = ::dlsym(handle_, symbol.name());
    if (address == nullptr) return unusable(library_);
    symbol.set(address);
  }
  return {};
}

}  // namespace jobsched
