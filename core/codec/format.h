#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace jobsched {

enum class Format { kText, kJson, kXml };

// A media type of the API, with the format it is written in.
struct MediaType {
  std::string_view name;  // e.g. "text/xml"
  Format format;

  bool operator==(const MediaType&) const = default;
};

constexpr MediaType kTextPlain{"text/plain", Format::kText};
constexpr MediaType kApplicationJson{"application/json", Format::kJson};
constexpr MediaType kTextXml{"text/xml", Format::kXml};
constexpr MediaType kApplicationXml{"application/xml", Format::kXml};

// Chooses among `offered`, best-liked by the server first, by the quality rules of RFC 9110
// section 12.5.1: each offer gets the quality of the most specific range that matches it, the
// highest quality wins, and the server's order breaks ties. `accept` is the field's value, several
// lines joined by commas; without one, anything is acceptable. A range with a parameter other than
// charset=utf-8 matches no offer; elements that cannot be parsed are passed over, and a field in
// which that leaves none is as good as no field.
// Absent if nothing offered is acceptable.
std::optional<MediaType> negotiate(std::optional<std::string_view> accept,
                                   std::span<const MediaType> offered);

// The format of a request document: from its Content-Type (JSON or XML, any case, charset UTF-8 or
// none; `+json` and `+xml` types too) or, without one, from its first character other than white
// space. Absent if it is neither.
std::optional<Format> document_format(std::optional<std::string_view> content_type,
                                      std::string_view body);

}  // namespace jobsched
