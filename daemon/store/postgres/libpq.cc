#include "daemon/store/postgres/libpq.h"

#include "daemon/shared_library.h"

namespace jobsched::pg {

namespace {

// The first with pipelines.
constexpr LibraryName kLibrary{"libpq", "libpq.so.5",
                               "Debian's libpq5 (Fedora: libpq) of version 14 or later"};

}  // namespace

Result<Libpq> Libpq::load() {
  const Result<SharedLibrary> library = SharedLibrary::load(kLibrary);
  if (!library) return tl::unexpected(library.error());
  Libpq pq{};
  const Result<void> found = library->find({{"PQconninfoParse", pq.conninfo_parse},
                                            {"PQconninfoFree", pq.conninfo_free},
                                            {"PQconnectdbParams", pq.connectdb_params},
                                            {"PQfinish", pq.finish},
                                            {"PQstatus", pq.status},
                                            {"PQerrorMessage", pq.error_message},
                                            {"PQserverVersion", pq.server_version},
                                            {"PQsocket", pq.socket},
                                            {"PQsetnonblocking", pq.set_nonblocking},
                                            {"PQsetNoticeReceiver", pq.set_notice_receiver},
                                            {"PQsendQueryParams", pq.send_query_params},
                                            {"PQenterPipelineMode", pq.enter_pipeline_mode},
                                            {"PQexitPipelineMode", pq.exit_pipeline_mode},
                                            {"PQpipelineSync", pq.pipeline_sync},
                                            {"PQflush", pq.flush},
                                            {"PQconsumeInput", pq.consume_input},
                                            {"PQisBusy", pq.is_busy},
                                            {"PQgetResult", pq.get_result},
                                            {"PQnotifies", pq.notifies},
                                            {"PQfreemem", pq.free_memory},
                                            {"PQclear", pq.clear},
                                            {"PQresultStatus", pq.result_status},
                                            {"PQresultErrorField", pq.result_error_field},
                                            {"PQntuples", pq.row_count},
                                            {"PQcmdTuples", pq.changed_rows},
                                            {"PQgetisnull", pq.is_null},
                                            {"PQgetvalue", pq.value},
                                            {"PQgetlength", pq.length}});
  if (!found) return tl::unexpected(found.error());
  return pq;
}

// Its own message would repeat the URI.
Result<void> Libpq::check(const std::string& uri) const {
  PQconninfoOption* const options = conninfo_parse(uri.c_str(), nullptr);
  if (options == nullptr) {
    return fail(ErrorKind::kInvalid,
                "the URI of the database cannot be read, as it is none that PostgreSQL's client "
                "library knows; write postgresql://USER@HOST:PORT/DATABASE, and its special "
                "characters as %XX");
  }
  conninfo_free(options);
  return {};
}

}  // namespace jobsched::pg
