#include "cmd/list_pages.h"

#include <algorithm>
#include <utility>

#include "core/codec/writer.h"
#include "core/text/ascii.h"

namespace jobsched::cmd {

namespace {

struct Frame {
  std::string before;
  std::string_view after;
  std::string_view between;
};

Frame frame_of(Format format) {
  if (format == Format::kJson) return {"[", "]", ","};
  return {std::string(kXmlDeclaration) + "<jobs>", "</jobs>", ""};
}

}  // namespace

Result<std::string> PageJoiner::add(std::string_view page) {
  page = trim(page, is_space);
  if (format_ == Format::kText) {
    std::string lines(page);
    std::ranges::replace(lines, ',', '\n');
    return lines.empty() ? lines : lines + "\n";
  }
  const auto [before, after, between] = frame_of(format_);
  if (!page.starts_with(before) || !page.ends_with(after) ||
      page.size() < before.size() + after.size()) {
    return jobsched::fail(
        ErrorKind::kMalformed,
        "the server's answer is not a list of jobs; is it jobsched that answers there?");
  }
  const std::string_view items =
      page.substr(before.size(), page.size() - before.size() - after.size());
  std::string text = std::exchange(begun_, true) ? "" : before;
  if (items.empty()) return text;
  if (std::exchange(has_items_, true)) text += between;
  return text.append(items);
}

std::string PageJoiner::finish() const {
  if (format_ == Format::kText) return {};
  const Frame frame = frame_of(format_);
  return (begun_ ? "" : frame.before) + std::string(frame.after) + "\n";
}

std::optional<std::string> next_page(std::string_view link) {
  const auto end = link.find('>');
  if (!link.starts_with("</1/") || end == std::string_view::npos) return std::nullopt;
  if (link.substr(end).find("rel=\"next\"") == std::string_view::npos) return std::nullopt;
  return std::string(link.substr(1, end - 1));
}

}  // namespace jobsched::cmd
