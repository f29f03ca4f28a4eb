#include "daemon/store/postgres/job_row.h"

namespace jobsched::pg {

Result<Job> read_job(const Rows::Row& row, const ZoneLookup& zones) {
  return make_job(read_columns(row), zones);
}

}  // namespace jobsched::pg
