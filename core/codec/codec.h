#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/codec/format.h"
#include "core/codec/problem.h"
#include "core/delivery/log.h"
#include "core/error.h"
#include "core/job/document.h"
#include "core/job/id.h"
#include "core/job/job.h"
#include "core/limits.h"

namespace jobsched {

// The job model in the API's formats, both ways; the daemon and the command line share it. All of
// these are pure and thread-safe. Reading is bounded: memory a small multiple of the input, depth
// kMaxDocumentDepth, and no input throws.

// Reads a job document in JSON or XML. Requires: format is kJson or kXml.
// Errors: kMalformed with a position for a text that is not UTF-8, JSON or XML or too deep (XML:
// also a DOCTYPE or a declared encoding other than UTF-8); kInvalid naming the field for unknown
// fields, duplicate fields and wrong types.
Result<JobDocument> read_job(Format format, std::string_view text);

// What a request to create holds: one document, or a list of them.
struct JobDocuments {
  std::vector<JobDocument> documents;
  bool is_list = false;
};

// Reads a job document as `read_job` does or, as a JSON array of them or in XML as <jobs>, a list
// of at most `max`. Errors: as of read_job, those of a list's member by `in_list`.
Result<JobDocuments> read_jobs(Format format, std::string_view text, std::size_t max = kMaxBulk);

// The error of the member at `index`, from 0, of a list of jobs: its detail and its field say which
// one it is.
Error in_list(Error error, std::size_t index);

// Writes a job: JSON and XML as the whole document, its fields in the documented order; text as the
// id alone.
std::string write_job(Format format, const Job& job);

// A job as it is listed, with what became of its last delivery where that is wanted and there is
// one.
struct ListedJob {
  Job job;
  std::optional<LoggedDelivery> last = {};
};

// Writes a list of jobs: a JSON array, or XML <jobs>; a last delivery is a member of its job, as
// `write_last_delivery` writes it. Requires: format is kJson or kXml.
std::string write_job_list(Format format, std::span<const ListedJob> jobs);

// Writes a document as a client sends it, its fields in the same order; `read_job` reads back an
// equal one. Requires: format is kJson or kXml; all fields but `data`, which may hold any bytes,
// are text that XML can carry (anything else becomes U+FFFD).
std::string write_document(Format format, const JobDocument& document);

// Pieces of a list of ids, so that a list of any length is written in bounded memory: the text
// before the first id, between two, and after the last. Every id adds 36 bytes. A list without ids
// is `empty` alone.
struct ListFrame {
  std::string_view before;
  std::string_view between;
  std::string_view after;
  std::string_view empty;
};

ListFrame id_list_frame(Format format);

// A whole list of ids, for one that is not long.
std::string write_id_list(Format format, std::span<const JobId> ids);

// Reads a list of ids. Errors: kMalformed.
Result<std::vector<JobId>> read_id_list(Format format, std::string_view text);

// Writes a problem: JSON and XML by RFC 9457, text as one line.
std::string write_problem(Format format, const Problem& problem);

// Reads a problem as the client gets it; a body that is not one becomes the detail. The status is
// the one of the answer. Whatever the body holds, the texts are fit for a terminal.
Problem read_problem(Format format, int status, std::string_view text);

}  // namespace jobsched
