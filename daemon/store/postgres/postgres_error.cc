#include "daemon/store/postgres/postgres_error.h"

#include <string>

#include "core/text/utf8.h"

namespace jobsched::pg {

Error explain(const Exception& exception) {
  const std::string said = printable(exception.what());
  const std::string& state = exception.state();
  if (state.starts_with("53") && state != "53300") {  // but for too many connections
    return {ErrorKind::kStoreFull,
            "the database has no room left (" + said + "); free some, and it goes on by itself",
            {},
            {}};
  }
  if (exception.lost() || exception.contended() || state == "53300") {
    return {ErrorKind::kUnavailable,
            "the database cannot be used just now (" + said + "); try again later",
            {},
            {}};
  }
  if (state == "42501") {
    return {ErrorKind::kForbidden,
            "the database's user may not do this (" + said + "); grant it the right to",
            {},
            {}};
  }
  return {ErrorKind::kInternal, "the database refuses a statement (" + said + ")", {}, {}};
}

}  // namespace jobsched::pg
