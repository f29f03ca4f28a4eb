#pragma once

#include <cstddef>
#include <string>

#include "core/codec/job_fields.h"
#include "core/codec/json_reader.h"
#include "core/error.h"
#include "core/job/document.h"

namespace jobsched {

// Reads one job document in JSON. Errors of its members: kInvalid naming the field.
class JobJsonHandler final : public JsonHandler {
 public:
  Result<void> key(std::string name, std::size_t depth) override;
  Result<void> value(JsonType type, std::string text, std::size_t depth) override;

  Result<JobDocument> build() { return builder_.build(); }

 private:
  Result<void> field_value(JsonType type, std::string text);
  Result<void> header_value(JsonType type, std::string text);
  Result<void> retry_value(JsonType type, const std::string& text, std::size_t depth);

  JobDocumentBuilder builder_;
  JobField field_ = JobField::kNext;
  std::string member_;  // of a field that has members
};

}  // namespace jobsched
