#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "daemon/store/accounts.h"
#include "daemon/store/job_row.h"
#include "daemon/store/values.h"

namespace jobsched::sql {

// Keeps recurring jobs and the rules of their time zones together, within the transaction that is
// open on the writing connection. Members throw SQLite::Exception.
class Rezoner {
 public:
  Rezoner(SQLite::Database& database, Accounts& accounts);

  // Notes the zone of a job that was created or replaced, if it is read in one.
  void note(const JobSpec& spec);

  // `Store::rezone`.
  Rezoned rezone(const Rezoning& rezoning, Instant now);

 private:
  std::vector<JobKey> jobs_of(const Rezoning& rezoning);
  void rezone(const JobKey& key, const Rezoning& rezoning, Instant now, Rezoned& done);
  void set_next(SQLite::Statement& statement,
                const JobKey& key,
                std::optional<Instant> next,
                Rezoned& done);
  void note_rules(const std::string& zone, const Zone* rules);

  Accounts& accounts_;
  SQLite::Statement jobs_of_zone_;
  SQLite::Statement load_job_;
  SQLite::Statement pause_job_;
  SQLite::Statement resume_job_;
  SQLite::Statement move_job_;
  SQLite::Statement purge_never_firing_;
  SQLite::Statement add_zone_;
  SQLite::Statement note_zone_;
  SQLite::Statement drop_unused_zone_;
};

}  // namespace jobsched::sql
