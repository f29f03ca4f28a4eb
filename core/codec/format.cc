#include "core/codec/format.h"

#include <algorithm>
#include <vector>

#include "core/text/ascii.h"
#include "core/text/media_type.h"

namespace jobsched {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// An element of an Accept field.
struct MediaRange {
  std::string type;
  std::string subtype;
  bool has_charset = false;
  bool has_unknown_parameter = false;
  int quality = 1000;  // in thousandths
};

bool is_utf8_charset(const MediaTypeText::Parameter& parameter) {
  return parameter.name == "charset" && lower_case(parameter.value) == "utf-8";
}

// `0`, `0.5`, `0.125`, `1.000`: at most three decimals. In thousandths.
std::optional<int> parse_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int quality = text[0] == '1' ? 1000 : 0;
  if (text.size() == 1) return quality;
  if (text[1] != '.') return std::nullopt;
  int unit = 100;
  for (const char c : text.substr(2)) {
    if (!is_digit(c)) return std::nullopt;
    quality += (c - '0') * unit;
    unit /= 10;
  }
  return quality <= 1000 ? std::optional{quality} : std::nullopt;
}

std::optional<MediaRange> parse_range(std::string_view element) {
  std::optional<MediaTypeText> media = parse_media_type(element);
  if (!media || (media->type == "*" && media->subtype != "*")) return std::nullopt;
  MediaRange range{std::move(media->type), std::move(media->subtype)};
  for (const MediaTypeText::Parameter& parameter : media->parameters) {
    if (parameter.name == "q") {
      const std::optional<int> quality = parse_quality(parameter.value);
      if (!quality) return std::nullopt;
      range.quality = *quality;
    } else if (is_utf8_charset(parameter)) {
      range.has_charset = true;
    } else {
      range.has_unknown_parameter = true;
    }
  }
  return range;
}

// The length of the first element of a comma-separated list, commas in quotes aside.
std::size_t first_element(std::string_view list) {
  bool quoted = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == ',' && !quoted) return i;
    if (list[i] == '"') quoted = !quoted;
    if (list[i] == '\\' && quoted) ++i;
  }
  return list.size();
}

std::vector<MediaRange> parse_accept(std::string_view list) {
  std::vector<MediaRange> ranges;
  while (!list.empty()) {
    const std::size_t length = first_element(list);
    if (auto range = parse_range(list.substr(0, length))) ranges.push_back(*std::move(range));
    list.remove_prefix(std::min(length + 1, list.size()));
  }
  return ranges;
}

// How closely a range fits an offer; 0 if it does not.
int specificity(const MediaRange& range, const MediaType& offer) {
  if (range.has_unknown_parameter) return 0;
  const std::size_t slash = offer.name.find('/');
  int level = 1;
  if (range.type != "*") {
    if (range.type != offer.name.substr(0, slash)) return 0;
    level = 3;
    if (range.subtype != "*") {
      if (range.subtype != offer.name.substr(slash + 1)) return 0;
      level = 5;
    }
  }
  return range.has_charset ? level + 1 : level;
}

int quality_of(const MediaType& offer, const std::vector<MediaRange>& ranges) {
  int quality = 0;
  int closest = 0;
  for (const MediaRange& range : ranges) {
    const int level = specificity(range, offer);
    if (level == 0 || level < closest) continue;
    quality = level > closest ? range.quality : std::max(quality, range.quality);
    closest = level;
  }
  return quality;
}

std::optional<Format> format_of_type(const MediaTypeText& media) {
  const std::string_view subtype = media.subtype;
  if (media.type == "application" && subtype == "json") return Format::kJson;
  if ((media.type == "application" || media.type == "text") && subtype == "xml") {
    return Format::kXml;
  }
  if (subtype.ends_with("+json")) return Format::kJson;
  if (subtype.ends_with("+xml")) return Format::kXml;
  return std::nullopt;
}

}  // namespace

std::optional<MediaType> negotiate(std::optional<std::string_view> accept,
                                   std::span<const MediaType> offered) {
  const std::vector<MediaRange> ranges = parse_accept(accept.value_or("*/*"));
  std::optional<MediaType> best;
  int best_quality = 0;
  for (const MediaType& offer : offered) {
    const int quality = ranges.empty() ? 1000 : quality_of(offer, ranges);
    if (quality <= best_quality) continue;
    best = offer;
    best_quality = quality;
  }
  return best;
}

std::optional<Format> document_format(std::optional<std::string_view> content_type,
                                      std::string_view body) {
  if (content_type && !trim(*content_type, is_blank).empty()) {
    const std::optional<MediaTypeText> media = parse_media_type(*content_type);
    if (!media) return std::nullopt;
    for (const MediaTypeText::Parameter& parameter : media->parameters) {
      if (parameter.name == "charset" && !is_utf8_charset(parameter)) return std::nullopt;
    }
    return format_of_type(*media);
  }
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  const std::string_view text = trim(body, is_space);
  if (text.empty()) return std::nullopt;
  if (text.front() == '{' || text.front() == '[') return Format::kJson;
  if (text.front() == '<') return Format::kXml;
  return std::nullopt;
}

}  // namespace jobsched
