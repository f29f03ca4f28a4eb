#include "cmd/version.h"

#include <openssl/crypto.h>

#include <string>
#include <vector>

#include <expat.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include "cmd/console.h"
#include "cmd/option.h"
#include "core/version.h"
#include "daemon/engine/curl_library.h"

#include <gnu/libc-version.h>

namespace jobsched::cmd {

namespace {

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

struct Part {
  std::string key;
  std::string name;
  std::string version;
};

std::string expat() {
  const XML_Expat_Version version = XML_ExpatVersionInfo();
  return std::to_string(version.major) + '.' + std::to_string(version.minor) + '.' +
         std::to_string(version.micro);
}

// Of the one that the daemon would load.
std::vector<Part> libcurl() {
  const auto library = load_curl();
  if (!library) return {{"libcurl", "libcurl", "not installed"}};
  const curl_version_info_data& curl = *library->version_info(CURLVERSION_NOW);
  return {{"libcurl", "libcurl", curl.version},
          {"tls", "TLS", curl.ssl_version == nullptr ? "none" : curl.ssl_version}};
}

std::vector<Part> parts() {
  std::vector<Part> parts{{"jobsched", "jobsched", std::string(version())},
                          {"compiler", "compiler", compiler()},
                          {"glibc", "glibc", gnu_get_libc_version()},
                          {"sqlite", "SQLite", sqlite3_libversion()},
                          {"openssl", "OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)},
                          {"expat", "expat", expat()}};
  const std::vector<Part> curl = libcurl();
  parts.insert(parts.end(), curl.begin(), curl.end());
  // These do not say it at run time.
  const std::vector<Part> built_with{JOBSCHED_BUILT_WITH};
  parts.insert(parts.end(), built_with.begin(), built_with.end());
  return parts;
}

}  // namespace

CLI::App* setup(CLI::App& parent, VersionOptions&) {
  CLI::App* const app =
      add_command(parent, "version", "Print the versions of the program and its libraries");
  add_footer(*app,
             "Example:\n"
             "  jobsched version -o json | jq -r .sqlite");
  return app;
}

Fallible<void> run(const VersionOptions&, const Globals& globals) {
  nlohmann::ordered_json json;
  std::string text;
  for (const Part& part : parts()) {
    json[part.key] = part.version;
    text += part.name + " " + part.version + "\n";
  }
  return print(globals.output == Format::kJson ? json.dump() + "\n" : text);
}

}  // namespace jobsched::cmd
