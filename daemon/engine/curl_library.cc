#include "daemon/engine/curl_library.h"

#include <string>

#include "daemon/shared_library.h"

namespace jobsched {

namespace {

constexpr LibraryName kLibcurl{"libcurl", "libcurl.so.4", "Debian's libcurl4 (Fedora: libcurl)"};
constexpr unsigned kOldest = 0x07'55'00;  // 7.85.0

Result<void> find_functions(const SharedLibrary& library, CurlLibrary& curl) {
  return library.find({
      {"curl_version_info", curl.version_info},
      {"curl_global_init", curl.global_init},
      {"curl_global_cleanup", curl.global_cleanup},
      {"curl_easy_init", curl.easy_init},
      {"curl_easy_cleanup", curl.easy_cleanup},
      {"curl_easy_setopt", curl.easy_setopt},
      {"curl_easy_getinfo", curl.easy_getinfo},
      {"curl_easy_strerror", curl.easy_strerror},
      {"curl_slist_append", curl.slist_append},
      {"curl_slist_free_all", curl.slist_free_all},
      {"curl_multi_init", curl.multi_init},
      {"curl_multi_cleanup", curl.multi_cleanup},
      {"curl_multi_setopt", curl.multi_setopt},
      {"curl_multi_add_handle", curl.multi_add_handle},
      {"curl_multi_remove_handle", curl.multi_remove_handle},
      {"curl_multi_socket_action", curl.multi_socket_action},
      {"curl_multi_info_read", curl.multi_info_read},
  });
}

Result<void> check_version(const CurlLibrary& curl) {
  const curl_version_info_data& info = *curl.version_info(CURLVERSION_NOW);
  if (info.version_num >= kOldest) return {};
  return fail(ErrorKind::kInternal,
              std::string("libcurl ") + info.version + " is too old; install 7.85 or later");
}

}  // namespace

Result<CurlLibrary> load_curl() {
  return SharedLibrary::load(kLibcurl).and_then(
      [](const SharedLibrary& library) -> Result<CurlLibrary> {
        CurlLibrary curl;
        const Result<void> usable =
            find_functions(library, curl).and_then([&] { return check_version(curl); });
        if (!usable) return tl::unexpected(usable.error());
        return curl;
      });
}

}  // namespace jobsched
