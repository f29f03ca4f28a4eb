#pragma once

#include <string>

#include "core/error.h"

#include <libpq-fe.h>

namespace jobsched::pg {

// The functions of PostgreSQL's client library that a store uses. They are found at run time, so
// that a daemon with a store of its own, and every client command, does without the library.
struct Libpq {
  decltype(&::PQconninfoParse) conninfo_parse;
  decltype(&::PQconninfoFree) conninfo_free;
  decltype(&::PQconnectdbParams) connectdb_params;
  decltype(&::PQfinish) finish;
  decltype(&::PQstatus) status;
  decltype(&::PQerrorMessage) error_message;
  decltype(&::PQserverVersion) server_version;
  decltype(&::PQsocket) socket;
  decltype(&::PQsetnonblocking) set_nonblocking;
  decltype(&::PQsetNoticeReceiver) set_notice_receiver;
  decltype(&::PQsendQueryParams) send_query_params;
  decltype(&::PQenterPipelineMode) enter_pipeline_mode;
  decltype(&::PQexitPipelineMode) exit_pipeline_mode;
  decltype(&::PQpipelineSync) pipeline_sync;
  decltype(&::PQflush) flush;
  decltype(&::PQconsumeInput) consume_input;
  decltype(&::PQisBusy) is_busy;
  decltype(&::PQgetResult) get_result;
  decltype(&::PQnotifies) notifies;
  decltype(&::PQfreemem) free_memory;
  decltype(&::PQclear) clear;
  decltype(&::PQresultStatus) result_status;
  decltype(&::PQresultErrorField) result_error_field;
  decltype(&::PQntuples) row_count;
  decltype(&::PQcmdTuples) changed_rows;
  decltype(&::PQgetisnull) is_null;
  decltype(&::PQgetvalue) value;
  decltype(&::PQgetlength) length;

  // Errors: kInternal, saying what to install, if this machine does not have it.
  static Result<Libpq> load();

  // Whether `uri` is one that it reads. Errors: kInvalid, with nothing of the URI, which may have a
  // password.
  Result<void> check(const std::string& uri) const;
};

}  // namespace jobsched::pg
