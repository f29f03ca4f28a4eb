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
  const std::uint64_t gaps = count > 0 ? count - 1 : 0;
  return frame_.before.size() + count * kIdBytes + gaps * frame_.between.size() +
         frame_.after.size();
}

std::optional<std::string> IdListSource::next() {
  if (state_ == State::kEnd) return std::string{};
  std::string piece;
  if (state_ == State::kBefore) {
    piece += frame_.before;
    state_ = State::kInside;
  }
  const Result<std::vector<JobId>> ids = cursor_->next(kIdsPerPiece);
  if (!ids) return std::nullopt;
  for (const JobId& id : *ids) {
    if (!first_) piece += frame_.between;
    first_ = false;
    piece += format_job_id(id);
  }
  if (ids->empty()) {
    piece += frame_.after;
    state_ = State::kEnd;
    cursor_.reset();
  }
  return piece;
}

}  // namespace jobsched
