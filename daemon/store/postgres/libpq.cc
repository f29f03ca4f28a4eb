#include "daemon/store/postgres/libpq.h"

#include <dlfcn.h>

#include <string>

namespace jobsched::pg {

namespace {

constexpr auto kName = "libpq.so.5";

tl::unexpected<Error> cannot_load(const char* reason) {
  return fail(ErrorKind::kInvalid, "PostgreSQL's client library cannot be loaded (" +
                                       std::string(reason) +
                                       "); install Debian's libpq5, or Fedora's libpq");
}

// Says whether the library has the symbol.
template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

bool find_all(void* library, Libpq& pq) {
  return find(library, "PQconninfoParse", pq.conninfo_parse) &&
         find(library, "PQconninfoFree", pq.conninfo_free) &&
         find(library, "PQconnectdbParams", pq.connectdb_params) &&
         find(library, "PQfinish", pq.finish) && find(library, "PQstatus", pq.status) &&
         find(library, "PQerrorMessage", pq.error_message) &&
         find(library, "PQparameterStatus", pq.parameter_status) &&
         find(library, "PQserverVersion", pq.server_version) &&
         find(library, "PQsocket", pq.socket) &&
         find(library, "PQsetnonblocking", pq.set_nonblocking) &&
         find(library, "PQsetNoticeReceiver", pq.set_notice_receiver) &&
         find(library, "PQsendQueryParams", pq.send_query_params) &&
         find(library, "PQenterPipelineMode", pq.enter_pipeline_mode) &&
         find(library, "PQexitPipelineMode", pq.exit_pipeline_mode) &&
         find(library, "PQpipelineSync", pq.pipeline_sync) && find(library, "PQflush", pq.flush) &&
         find(library, "PQconsumeInput", pq.consume_input) &&
         find(library, "PQisBusy", pq.is_busy) && find(library, "PQgetResult", pq.get_result) &&
         find(library, "PQnotifies", pq.notifies) && find(library, "PQfreemem", pq.free_memory) &&
         find(library, "PQclear", pq.clear) && find(library, "PQresultStatus", pq.result_status) &&
         find(library, "PQresultErrorField", pq.result_error_field) &&
         find(library, "PQntuples", pq.row_count) &&
         find(library, "PQcmdTuples", pq.changed_rows) &&
         find(library, "PQgetisnull", pq.is_null) && find(library, "PQgetvalue", pq.value) &&
         find(library, "PQgetlength", pq.length) &&
         find(library, "PQlibVersion", pq.library_version);
}

}  // namespace

// The library stays loaded until the process ends: its functions may be in use until then.
Result<Libpq> Libpq::load() {
  void* const library = ::dlopen(kName, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return cannot_load(::dlerror());
  Libpq pq{};
  if (!find_all(library, pq)) return cannot_load("it is too old: version 14 or later is needed");
  return pq;
}

}  // namespace jobsched::pg
