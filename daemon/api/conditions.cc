#include "daemon/api/conditions.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace jobsched {

namespace {

struct EntityTag {
  std::string_view opaque;  // without its quotes
  bool is_weak = false;
};

constexpr std::size_t kVersionDigits = 16;

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// etagc of RFC 9110 section 8.8.3: visible characters but the quote, and anything beyond ASCII.
bool is_tag_character(char c) {
  return c == '!' || (c >= '#' && c <= '~') || static_cast<unsigned char>(c) >= 0x80;
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(
      static_cast<std::size_t>(std::ranges::find_if_not(text, is_blank) - text.begin()));
}

// Takes one tag off the beginning; absent if there is none.
std::optional<EntityTag> take_tag(std::string_view& text) {
  EntityTag tag;
  tag.is_weak = text.starts_with("W/");
  if (tag.is_weak) text.remove_prefix(2);
  if (!text.starts_with('"')) return std::nullopt;
  text.remove_prefix(1);
  const auto end = std::ranges::find_if_not(text, is_tag_character);
  if (end == text.end() || *end != '"') return std::nullopt;
  tag.opaque = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(tag.opaque.size() + 1);
  return tag;
}

// Empty lists and elements are passed over, as section 5.6.1 asks of who reads.
std::optional<std::vector<EntityTag>> parse_tags(std::string_view text) {
  std::vector<EntityTag> tags;
  for (;;) {
    skip_blanks(text);
    if (text.empty()) return tags;
    if (!text.starts_with(',')) {
      const auto tag = take_tag(text);
      if (!tag) return std::nullopt;
      tags.push_back(*tag);
      skip_blanks(text);
      if (text.empty()) return tags;
      if (!text.starts_with(',')) return std::nullopt;
    }
    text.remove_prefix(1);
  }
}

tl::unexpected<Error> malformed(std::string_view name) {
  return fail(ErrorKind::kMalformed, std::string(name) +
                                         " must be * or the ETag of a job, with its quotes; "
                                         "several have commas between them");
}

constexpr std::string_view kJsonEnd = "-json";
constexpr std::string_view kXmlEnd = "-xml";

std::string tag_text(const Job& job, Format format) {
  std::string text = job_version(job.spec);
  if (job.next && std::holds_alternative<Recurring>(job.spec.schedule)) {
    text += "-" + std::to_string(job.next->time_since_epoch().count());
  }
  return text.append(format == Format::kXml ? kXmlEnd : kJsonEnd);
}

// The version that a tag is of; empty, which no job has, if no job can have had that tag.
std::string version_of(const EntityTag& tag) {
  const bool is_ours = tag.opaque.ends_with(kJsonEnd) || tag.opaque.ends_with(kXmlEnd);
  const bool has_version = tag.opaque.find('-') == kVersionDigits;
  return tag.is_weak || !is_ours || !has_version
             ? std::string{}
             : std::string(tag.opaque.substr(0, kVersionDigits));
}

}  // namespace

std::string entity_tag(const Job& job, Format format) {
  return '"' + tag_text(job, format) + '"';
}

Result<JobVersions> read_if_match(const http::Request& request) {
  const std::optional<std::string> value = request.header("If-Match");
  if (!value || *value == "*") return JobVersions{};
  const auto tags = parse_tags(*value);
  if (!tags) return malformed("If-Match");
  JobVersions versions;
  for (const EntityTag& tag : *tags) {
    versions.push_back(version_of(tag));
  }
  if (versions.empty()) versions.emplace_back();  // a list of nothing: no job is in it
  return versions;
}

Result<bool> knows_already(const http::Request& request, const Job& job, MediaType type) {
  const std::optional<std::string> value = request.header("If-None-Match");
  if (!value) return false;
  if (*value == "*") return true;
  const auto tags = parse_tags(*value);
  if (!tags) return malformed("If-None-Match");
  const std::string own = tag_text(job, type.format);
  return std::ranges::any_of(*tags, [&](const EntityTag& tag) { return tag.opaque == own; });
}

http::Response not_modified(const Job& job, MediaType type) {
  http::Response response;
  response.status = 304;
  response.headers.emplace_back("ETag", entity_tag(job, type.format));
  return response;
}

}  // namespace jobsched
