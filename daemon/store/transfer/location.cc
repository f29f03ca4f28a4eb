#include "daemon/store/transfer/location.h"

#include <algorithm>
#include <array>

namespace jobsched {

namespace {

constexpr std::string_view kSqliteScheme = "sqlite:";
constexpr std::array<std::string_view, 2> kPostgresSchemes{"postgresql://", "postgres://"};

// `rest` is the URI after its scheme: [user[:password]@]hosts[/database][?parameters].
Result<std::string> without_password(std::string_view rest) {
  const auto sign = rest.find('@');
  const auto end = rest.find_first_of("/?");
  if (sign != std::string_view::npos && (sign > end || rest.rfind('@') != sign)) {
    return fail(ErrorKind::kInvalid,
                "the URI has an @ that does not end its user and password; write %40 for @, %2F "
                "for / and %3F for ? in its parts");
  }
  if (sign != std::string_view::npos) rest.remove_prefix(sign + 1);
  return std::string(kPostgresSchemes.front()) + std::string(rest.substr(0, rest.find('?')));
}

}  // namespace

Result<StoreLocation> parse_store_location(std::string_view text) {
  for (const std::string_view scheme : kPostgresSchemes) {
    if (!text.starts_with(scheme)) continue;
    return without_password(text.substr(scheme.size())).map([&](std::string shown) {
      return StoreLocation{StoreLocation::Kind::kPostgres, std::string(text), std::move(shown)};
    });
  }
  std::string path(text.starts_with(kSqliteScheme) ? text.substr(kSqliteScheme.size()) : text);
  if (path.empty()) {
    return fail(ErrorKind::kInvalid,
                "it is empty; name a file, or a database as postgresql://HOST/DATABASE");
  }
  return StoreLocation{StoreLocation::Kind::kSqlite, path, path};
}

}  // namespace jobsched
