#include "core/codec/format.h"

#include <array>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using jobsched::document_format;
using jobsched::Format;
using jobsched::MediaType;
using jobsched::negotiate;

namespace {

// The server's orders of the API.
constexpr std::array kCreate{jobsched::kTextPlain, jobsched::kApplicationJson, jobsched::kTextXml,
                             jobsched::kApplicationXml};
constexpr std::array kGet{jobsched::kApplicationJson, jobsched::kTextXml,
                          jobsched::kApplicationXml};

std::string chosen(std::optional<std::string_view> accept, std::span<const MediaType> offered) {
  const auto type = negotiate(accept, offered);
  return type ? std::string(type->name) : "none";
}

}  // namespace

TEST_CASE("the answer's type follows the Accept field by RFC 9110") {
  struct Row {
    std::string_view accept;
    std::string_view create;
    std::string_view get;
  };

  const Row rows[] = {
      // One type.
      {"text/plain", "text/plain", "none"},
      {"application/json", "application/json", "application/json"},
      {"text/xml", "text/xml", "text/xml"},
      {"application/xml", "application/xml", "application/xml"},
      {"image/png", "none", "none"},
      // Wildcards take the server's first.
      {"*/*", "text/plain", "application/json"},
      {"text/*", "text/plain", "text/xml"},
      {"application/*", "application/json", "application/json"},
      {"image/*", "none", "none"},
      // Ties go by the server's order, not by the client's.
      {"application/xml, text/xml, application/json", "application/json", "application/json"},
      {"text/xml;q=0.5, application/xml;q=0.5", "text/xml", "text/xml"},
      // Quality.
      {"application/json;q=0.5, text/xml", "text/xml", "text/xml"},
      {"application/json;q=0.5, text/xml;q=0.6", "text/xml", "text/xml"},
      {"application/json;q=0.123, text/xml;q=0.124", "text/xml", "text/xml"},
      {"application/json;q=0.001", "application/json", "application/json"},
      {"application/json;q=1.000, text/xml;q=0.999", "application/json", "application/json"},
      {"application/json;q=0.", "none", "none"},
      {"application/json;q=1.", "application/json", "application/json"},
      // Zero is not acceptable.
      {"application/json;q=0", "none", "none"},
      {"application/json;q=0.000", "none", "none"},
      {"*/*;q=0", "none", "none"},
      {"*/*, text/plain;q=0, application/json;q=0", "text/xml", "text/xml"},
      {"text/*;q=0, */*", "application/json", "application/json"},
      // The most specific range counts, wherever it stands.
      {"text/*;q=0.9, text/plain;q=0.1", "text/xml", "text/xml"},
      {"*/*;q=0.9, application/*;q=0.1", "text/plain", "text/xml"},
      {"application/json;q=0.1, application/*;q=0.9, */*;q=0.5", "application/xml",
       "application/xml"},
      {"application/xml;q=0.2, application/*", "application/json", "application/json"},
      // RFC 9110 section 12.5.1: its examples, in terms of what is offered here.
      {"audio/*; q=0.2, audio/basic", "none", "none"},
      {"text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "text/plain", "none"},
      {"text/*, text/plain, text/plain;format=flowed, */*", "text/plain", "application/json"},
      {"text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, "
       "*/*;q=0.5",
       "text/plain", "application/json"},
      // Parameters: charset=utf-8 is what there is, anything else is another representation.
      {"application/json;charset=utf-8", "application/json", "application/json"},
      {"application/json; charset=\"UTF-8\"", "application/json", "application/json"},
      {"application/json;charset=iso-8859-1", "none", "none"},
      {"application/json;version=1", "none", "none"},
      {"application/json;version=1, text/xml;q=0.1", "text/xml", "text/xml"},
      {"application/json;charset=utf-8;q=0.2, application/json, text/xml;q=0.5", "text/xml",
       "text/xml"},
      {"application/json;title=\"a,b;q=0\", text/xml", "text/xml", "text/xml"},
      {"application/json;title=\"a\\\",b\", text/xml", "text/xml", "text/xml"},
      {"application/json;q=0.5;charset=utf-8, text/xml;q=0.4", "application/json",
       "application/json"},
      // Case and blanks.
      {"Application/JSON", "application/json", "application/json"},
      {"APPLICATION/*;Q=0.5", "application/json", "application/json"},
      {" text/xml\t; q=0.5 ,\tapplication/json ; q=0.4 ", "text/xml", "text/xml"},
      {", ,text/xml,,", "text/xml", "text/xml"},
      // Repeated ranges: the kinder one.
      {"text/xml;q=0.2, text/xml;q=0.8, application/json;q=0.5", "text/xml", "text/xml"},
      // Elements that cannot be parsed are passed over.
      {"json, text/xml", "text/xml", "text/xml"},
      {"application/json;q=2, text/xml;q=0.1", "text/xml", "text/xml"},
      {"application/json;q=-1, text/xml;q=0.1", "text/xml", "text/xml"},
      {"application/json;q=0.1234, text/xml;q=0.1", "text/xml", "text/xml"},
      {"application/json;q=1.001, text/xml;q=0.1", "text/xml", "text/xml"},
      {"application/json;q=x, text/xml;q=0.1", "text/xml", "text/xml"},
      {"application/json;q=0x1, text/xml;q=0.1", "text/xml", "text/xml"},
      {"application/json;q, text/xml;q=0.1", "text/xml", "text/xml"},
      {"application/json;q=, text/xml;q=0.1", "text/xml", "text/xml"},
      {"application/json;q= 0.9, text/xml;q=0.1", "text/xml", "text/xml"},
      {"*/json, text/xml;q=0.1", "text/xml", "text/xml"},
      {"application/json;title=\"open, text/xml", "text/plain", "application/json"},
      // A field that says nothing is as good as none.
      {"", "text/plain", "application/json"},
      {" , ", "text/plain", "application/json"},
      {"anything", "text/plain", "application/json"},
      {"\xFF\xFE/\x01", "text/plain", "application/json"},
      // What browsers, curl and others send.
      {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
       "application/xml", "application/xml"},
      {"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "none", "none"},
      {"application/json, text/javascript, */*; q=0.01", "application/json", "application/json"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.accept);
    CHECK(chosen(row.accept, kCreate) == row.create);
    CHECK(chosen(row.accept, kGet) == row.get);
  }
}

TEST_CASE("without an Accept field the server's first type is chosen") {
  CHECK(chosen(std::nullopt, kCreate) == "text/plain");
  CHECK(chosen(std::nullopt, kGet) == "application/json");
  CHECK(chosen(std::nullopt, {}) == "none");
}

TEST_CASE("an Accept field of any length is read in one pass") {
  std::string accept;
  for (int i = 0; i < 10'000; ++i)
    accept += "image/x" + std::to_string(i) + ",";
  CHECK(chosen(accept + "text/xml", kGet) == "text/xml");
  CHECK(chosen(std::string(100'000, ','), kGet) == "application/json");
  CHECK(chosen(std::string(100'000, '"'), kGet) == "application/json");
}

TEST_CASE("a request document's format follows its content type, else its first character") {
  struct Row {
    std::optional<std::string_view> content_type;
    std::string_view body;
    std::optional<Format> format;
  };

  const std::optional<Format> neither;
  const Row rows[] = {
      {"application/json", "", Format::kJson},
      {"application/json", "<job/>", Format::kJson},
      {"text/xml", "{}", Format::kXml},
      {"application/xml", "", Format::kXml},
      {"APPLICATION/Json", "", Format::kJson},
      {" application/json ; charset=utf-8", "", Format::kJson},
      {"application/json;charset=\"UTF-8\"", "", Format::kJson},
      {"application/json;charset=iso-8859-1", "{}", neither},
      {"text/xml;charset=utf-16", "<job/>", neither},
      {"application/json;profile=\"https://example.com/\"", "", Format::kJson},
      {"application/vnd.example+json", "", Format::kJson},
      {"application/merge-patch+json; charset=utf-8", "", Format::kJson},
      {"application/atom+xml", "", Format::kXml},
      {"text/plain", "{}", neither},
      {"application/x-www-form-urlencoded", "{}", neither},
      {"application/jsonx", "{}", neither},
      {"multipart/form-data; boundary=x", "{}", neither},
      {"json", "{}", neither},
      {"application/json, text/xml", "{}", neither},
      {std::nullopt, "{}", Format::kJson},
      {std::nullopt, " \t\r\n{", Format::kJson},
      {std::nullopt, "[", Format::kJson},
      {std::nullopt, "\n<job/>", Format::kXml},
      {std::nullopt, "\xEF\xBB\xBF<job/>", Format::kXml},
      {std::nullopt, "\xEF\xBB\xBF{}", Format::kJson},
      {std::nullopt, "url=x", neither},
      {std::nullopt, "\"x\"", neither},
      {std::nullopt, "", neither},
      {std::nullopt, "  ", neither},
      {"", "{}", Format::kJson},
      {" ", "<job/>", Format::kXml},
  };
  for (const Row& row : rows) {
    CAPTURE(row.content_type.value_or("(none)"));
    CAPTURE(row.body);
    CHECK((document_format(row.content_type, row.body) == row.format));
  }
}
