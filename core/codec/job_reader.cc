#include "core/codec/job_reader.h"

#include <utility>
#include <vector>

#include "core/codec/job_json.h"
#include "core/codec/job_xml.h"

namespace jobsched {

namespace {

Result<JobDocuments> single(Result<JobDocument> document) {
  if (!document) return tl::unexpected(std::move(document.error()));
  return JobDocuments{{*std::move(document)}, false};
}

// Members of a list as they are read: `Handler` reads one.
template <class Handler>
class JobList {
 public:
  explicit JobList(std::size_t max) : max_(max) {}

  // The handler of the document, or of the list's member, that is being read.
  Handler& current() { return current_; }

  Result<void> begin_member() {
    if (documents_.size() == max_) {
      return fail(ErrorKind::kInvalid, "a list may have at most " + std::to_string(max_) +
                                           " jobs; send the rest in further requests");
    }
    current_ = Handler{};
    return {};
  }

  Result<void> end_member() {
    Result<JobDocument> document = current_.build();
    if (!document) return in_member(tl::unexpected(std::move(document.error())));
    documents_.push_back(*std::move(document));
    return {};
  }

  // A fault of the member being read, which says so.
  Result<void> in_member(Result<void> result) const {
    if (result || result.error().kind == ErrorKind::kMalformed) return result;
    return tl::unexpected(in_list(std::move(result.error()), documents_.size()));
  }

  std::vector<JobDocument> take() { return std::move(documents_); }

 private:
  std::size_t max_;
  Handler current_;
  std::vector<JobDocument> documents_;
};

class JobsJsonHandler final : public JsonHandler {
 public:
  explicit JobsJsonHandler(std::size_t max) : list_(max) {}

  Result<void> key(std::string name, std::size_t depth) override {
    if (!is_list_) return list_.current().key(std::move(name), depth);
    return list_.in_member(list_.current().key(std::move(name), depth - 1));
  }

  Result<void> value(JsonType type, std::string text, std::size_t depth) override {
    if (depth == 0) is_list_ = type == JsonType::kArray;
    if (!is_list_) return list_.current().value(type, std::move(text), depth);
    if (depth == 0) return {};
    if (depth == 1) {
      if (auto ended = end_member(); !ended) return ended;
      if (auto begun = list_.begin_member(); !begun) return begun;
      in_member_ = true;
    }
    return list_.in_member(list_.current().value(type, std::move(text), depth - 1));
  }

  Result<JobDocuments> build() {
    if (!is_list_) return single(list_.current().build());
    if (auto ended = end_member(); !ended) return tl::unexpected(std::move(ended.error()));
    return JobDocuments{list_.take(), true};
  }

 private:
  // The end of a member shows in what follows it.
  Result<void> end_member() { return in_member_ ? list_.end_member() : Result<void>{}; }

  JobList<JobJsonHandler> list_;
  bool is_list_ = false;
  bool in_member_ = false;
};

class JobsXmlHandler final : public XmlHandler {
 public:
  explicit JobsXmlHandler(std::size_t max) : list_(max) {}

  Result<void> start(std::string_view name,
                     const XmlAttributes& attributes,
                     std::size_t depth) override {
    if (depth == 0) is_list_ = name == "jobs" && attributes.empty();
    if (!is_list_) return list_.current().start(name, attributes, depth);
    if (depth == 0) return {};
    if (depth == 1) {
      if (auto begun = list_.begin_member(); !begun) return begun;
    }
    return list_.in_member(list_.current().start(name, attributes, depth - 1));
  }

  Result<void> text(std::string_view piece, std::size_t depth) override {
    const std::size_t within = is_list_ && depth > 0 ? depth - 1 : depth;
    return list_.current().text(piece, within);
  }

  Result<void> end(std::size_t depth) override {
    if (!is_list_) return list_.current().end(depth);
    if (depth == 1) return list_.end_member();
    return depth == 0 ? Result<void>{} : list_.in_member(list_.current().end(depth - 1));
  }

  Result<JobDocuments> build() {
    if (!is_list_) return single(list_.current().build());
    return JobDocuments{list_.take(), true};
  }

 private:
  JobList<JobXmlHandler> list_;
  bool is_list_ = false;
};

template <class Handler, class Reader>
auto read_with(Handler handler, const Reader& reader, std::string_view text)
    -> decltype(handler.build()) {
  if (auto read = reader(text, handler); !read) return tl::unexpected(std::move(read.error()));
  return handler.build();
}

}  // namespace

Result<JobDocument> read_job_json(std::string_view text) {
  return read_with(JobJsonHandler{}, read_json, text);
}

Result<JobDocument> read_job_xml(std::string_view text) {
  return read_with(JobXmlHandler{}, read_xml, text);
}

Result<JobDocuments> read_jobs_json(std::string_view text, std::size_t max) {
  return read_with(JobsJsonHandler{max}, read_json, text);
}

Result<JobDocuments> read_jobs_xml(std::string_view text, std::size_t max) {
  return read_with(JobsXmlHandler{max}, read_xml, text);
}

}  // namespace jobsched
