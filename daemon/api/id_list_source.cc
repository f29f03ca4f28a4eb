#include "daemon/api/id_list_source.h"

#include <utility>

namespace jobsched {

namespace {

constexpr std::uint64_t kIdBytes = 36;
constexpr std::size_t kIdsPerPiece = 1'000;  // about 40 KB: a socket buffer's worth

}  // namespace

IdListSource::IdListSource(Format format, std::unique_ptr<JobIdCursor> cursor)
    : frame_(id_list_frame(format)), cursor_(std::move(cursor)) {}

std::uint64_t IdListSource::size() const {
  const std::uint64_t count = cursor_->count();
  if (count == 0) return frame_.empty.size();
  return frame_.before.size() + count * kIdBytes + (count - 1) * frame_.between.size() +
         frame_.after.size();
}

std::optional<std::string> IdListSource::next() {
  if (!cursor_) return std::string{};
  const Result<std::vector<JobId>> ids = cursor_->next(kIdsPerPiece);
  if (!ids) return std::nullopt;
  if (ids->empty()) {
    cursor_.reset();
    return std::string{begun_ ? frame_.after : frame_.empty};
  }
  std::string piece;
  for (const JobId& id : *ids) {
    piece += begun_ ? frame_.between : frame_.before;
    begun_ = true;
    piece += format_job_id(id);
  }
  return piece;
}

}  // namespace jobsched
