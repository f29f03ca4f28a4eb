#include "daemon/http/answer_reader.h"

#include <algorithm>
#include <utility>

#include "core/text/ascii.h"
#include "daemon/http/head.h"
#include "daemon/http/syntax.h"

namespace jobsched::http {

namespace {

constexpr std::size_t kMaxHead = 65'536;    // with interim answers and trailers: far beyond any
constexpr std::size_t kMaxChunkLine = 256;  // 16 digits, and extensions nobody uses
constexpr int kNoContent = 204;
constexpr int kNotModified = 304;

bool has_no_body(int status) {
  return status == kNoContent || status == kNotModified;
}

bool says_close(std::optional<std::string_view> connection) {
  while (connection) {
    if (same_text(take_element(connection), "close")) return true;
  }
  return false;
}

}  // namespace

AnswerReader::State AnswerReader::feed(std::string_view bytes) {
  begun_ = begun_ || !bytes.empty();
  while (!bytes.empty() && state_ == State::kUnderWay) {
    const bool in_body =
        part_ == Part::kBody || part_ == Part::kBodyToEnd || part_ == Part::kChunkData;
    if (in_body) {
      take_body(bytes);
    } else {
      take_line(bytes);
    }
  }
  if (!bytes.empty()) keep_alive_ = false;  // nobody asked for more
  return state_;
}

AnswerReader::State AnswerReader::end() {
  if (part_ == Part::kBodyToEnd) complete();
  return state_;
}

std::optional<std::string_view> AnswerReader::header(std::string_view name) const {
  const auto found = std::ranges::find_if(
      headers_, [name](const auto& field) { return same_text(field.first, name); });
  if (found == headers_.end()) return std::nullopt;
  return found->second;
}

void AnswerReader::take_line(std::string_view& bytes) {
  const std::size_t feed = bytes.find('\n');
  const std::string_view piece = bytes.substr(0, feed == bytes.npos ? feed : feed + 1);
  const bool in_chunks = part_ == Part::kChunkSize || part_ == Part::kChunkEnd;
  if (!in_chunks) head_bytes_ += piece.size();
  if (head_bytes_ > kMaxHead || (in_chunks && line_.size() + piece.size() > kMaxChunkLine)) {
    return refuse("it has lines without end");
  }
  line_.append(piece);
  bytes.remove_prefix(piece.size());
  if (feed == bytes.npos) return;
  std::string line = std::exchange(line_, {});
  line.pop_back();
  if (!line.ends_with('\r')) return refuse("its lines must end with CR LF");
  line.pop_back();
  read_line(line);
}

void AnswerReader::read_line(std::string_view line) {
  switch (part_) {
    case Part::kStatusLine: return read_status_line(line);
    case Part::kFields: return line.empty() ? begin_body() : read_field(line);
    case Part::kChunkSize: return read_chunk_size(line);
    case Part::kChunkEnd:
      if (!line.empty()) return refuse("a chunk is longer than it says");
      part_ = Part::kChunkSize;
      return;
    case Part::kTrailers:
      if (line.empty()) complete();
      return;
    case Part::kBody:
    case Part::kBodyToEnd:
    case Part::kChunkData:
    case Part::kNone: return;
  }
}

// "HTTP/1.1 200 OK"; the phrase may be missing, with the blank before it.
void AnswerReader::read_status_line(std::string_view line) {
  constexpr std::size_t kVersion = 8;
  constexpr std::size_t kStatusEnd = kVersion + 4;
  const std::string_view version = line.substr(0, kVersion);
  const bool known = version == "HTTP/1.1" || version == "HTTP/1.0";
  if (!known || line.size() < kStatusEnd || line[kVersion] != ' ' ||
      (line.size() > kStatusEnd && line[kStatusEnd] != ' ')) {
    return refuse("it is not HTTP/1");
  }
  const std::string_view digits = line.substr(kVersion + 1, 3);
  if (!std::ranges::all_of(digits, is_digit) || digits.front() == '0') {
    return refuse("it has no status");
  }
  status_ = static_cast<int>(parse_number(digits).value_or(0));
  keep_alive_ = version == "HTTP/1.1";
  headers_.clear();
  part_ = Part::kFields;
}

void AnswerReader::read_field(std::string_view line) {
  auto field = read_field_line(line);
  if (!field) return refuse(std::move(field.error().detail));
  headers_.push_back(std::move(*field));
}

void AnswerReader::begin_body() {
  if (status_ < 200) {
    part_ = Part::kStatusLine;
    return;
  }
  if (says_close(header("Connection"))) keep_alive_ = false;
  if (has_no_body(status_)) return complete();
  const auto coding = header("Transfer-Encoding");
  if (!coding) return begin_sized_body();
  if (!same_text(*coding, "chunked")) return refuse("it has an unknown transfer coding");
  if (header("Content-Length")) return refuse("it says in two ways where it ends");
  part_ = Part::kChunkSize;
}

void AnswerReader::begin_sized_body() {
  const auto is_length = [](const auto& field) { return same_text(field.first, "Content-Length"); };
  const auto count = std::ranges::count_if(headers_, is_length);
  if (count == 0) {
    keep_alive_ = false;
    part_ = Part::kBodyToEnd;
    return;
  }
  const auto length = parse_number(*header("Content-Length"));
  if (count > 1 || !length) return refuse("its Content-Length must be one number");
  remaining_ = *length;
  part_ = Part::kBody;
  if (remaining_ == 0) complete();
}

void AnswerReader::read_chunk_size(std::string_view line) {
  const auto chunk = read_chunk_line(line);
  if (!chunk) return refuse(chunk.error().detail);
  remaining_ = chunk->size;
  part_ = remaining_ > 0 ? Part::kChunkData : Part::kTrailers;
}

void AnswerReader::take_body(std::string_view& bytes) {
  const bool to_end = part_ == Part::kBodyToEnd;
  const std::string_view piece = to_end ? bytes : bytes.substr(0, remaining_);
  bytes.remove_prefix(piece.size());
  if (!sink_(piece)) {
    state_ = State::kStopped;
    return;
  }
  if (to_end) return;
  remaining_ -= piece.size();
  if (remaining_ > 0) return;
  if (part_ == Part::kBody) return complete();
  part_ = Part::kChunkEnd;
}

void AnswerReader::complete() {
  part_ = Part::kNone;
  state_ = State::kComplete;
}

void AnswerReader::refuse(std::string why) {
  fault_ = std::move(why);
  state_ = State::kMalformed;
}

}  // namespace jobsched::http
