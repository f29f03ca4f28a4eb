#include "daemon/shared_library.h"

#include <unistd.h>

#include <string>

#include <doctest/doctest.h>

#include "daemon/engine/curl_library.h"

using jobsched::CurlLibrary;
using jobsched::ErrorKind;
using jobsched::LibraryName;
using jobsched::SharedLibrary;

namespace {

constexpr LibraryName kLibc{"the C library", "libc.so.6", "Debian's libc6 (Fedora: glibc)"};

}  // namespace

TEST_CASE("what is found in a library can be used, also when the value has gone") {
  decltype(&::getpid) process_id = nullptr;
  decltype(&::getppid) parent_id = nullptr;
  {
    const auto library = SharedLibrary::load(kLibc);
    REQUIRE(library);
    REQUIRE(library->find({{"getpid", process_id}, {"getppid", parent_id}}));
  }
  CHECK(process_id() == ::getpid());
  CHECK(parent_id() == ::getppid());
}

TEST_CASE("a library that is not there is named with the reason and the packages that bring it") {
  const auto library =
      SharedLibrary::load({"libnone", "libnone.so.1", "Debian's libnone1 (Fedora: libnone)"});
  REQUIRE_FALSE(library);
  CHECK(library.error().kind == ErrorKind::kInternal);
  CHECK(library.error().detail ==
        "libnone cannot be loaded: libnone.so.1: cannot open shared object file: "
        "No such file or directory; install Debian's libnone1 (Fedora: libnone)");
}

TEST_CASE("what a library does not have is named") {
  int (*missing)() = nullptr;
  const auto library = SharedLibrary::load(kLibc);
  REQUIRE(library);
  const auto found = library->find({{"no_such_function", missing}});
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::kInternal);
  CHECK(found.error().detail.find("undefined symbol: no_such_function") != std::string::npos);
  CHECK((missing == nullptr));
}

TEST_CASE("libcurl is loaded with every function that is used of it") {
  const auto curl = jobsched::load_curl();
  REQUIRE(curl);
  CHECK(curl->version_info(CURLVERSION_NOW)->version_num >= 0x075500);
}
