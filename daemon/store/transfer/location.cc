#include "daemon/store/transfer/location.h"

#include <utility>

#include "daemon/store/store_address.h"

namespace jobsched {

namespace {

constexpr std::string_view kSqliteScheme = "sqlite:";
constexpr std::string_view kShownScheme = "postgresql://";

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
  return std::string(kShownScheme) + std::string(rest.substr(0, rest.find('?')));
}

}  // namespace

Result<StoreLocation> parse_store_location(std::string_view text) {
  if (is_database(text)) {
    return without_password(text.substr(text.find("//") + 2)).map([&](std::string shown) {
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
