#pragma once

#include <initializer_list>

#include "core/error.h"

namespace jobsched {

// Which library is meant, for the system and for people.
struct LibraryName {
  const char* name;      // e.g. "libcurl"
  const char* file;      // by which the system finds it, e.g. "libcurl.so.4"
  const char* packages;  // what to install, e.g. "Debian's libcurl4 (Fedora: libcurl)"
};

// A shared library that is loaded when it is needed instead of with the program, so that commands
// which have no use for it do not wait for it, and for all that it needs itself. Once loaded it
// stays until the process ends, whatever becomes of this value: what was found in it may be kept.
class SharedLibrary {
 public:
  // What is looked for, and the pointer that is to have its address: {"f", pointer_to_f}. The
  // pointer has the type by which the library's header declares it: decltype(&f).
  class Symbol {
   public:
    template <class Declared>
    Symbol(const char* name, Declared*& pointer)
        : name_(name), pointer_(&pointer), set_([](void* where, void* address) {
            *static_cast<Declared**>(where) = reinterpret_cast<Declared*>(address);
          }) {}

    const char* name() const { return name_; }

    void set(void* address) const { set_(pointer_, address); }

   private:
    const char* name_;
    void* pointer_;
    void (*set_)(void* where, void* address);
  };

  // Errors: kInternal, saying what is missing and what to install.
  static Result<SharedLibrary> load(const LibraryName& library);

  // Finds all of `symbols`. Errors: kInternal, naming one that the library does not have, as when
  // it is too old; pointers are then of no use.
  Result<void> find(std::initializer_list<Symbol> symbols) const;

 private:
  SharedLibrary(const LibraryName& library, void* handle) : library_(library), handle_(handle) {}

  LibraryName library_;
  void* handle_;  // of dlopen
};

}  // namespace jobsched
