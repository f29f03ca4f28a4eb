#include <array>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/text/base64.h"
#include "core/text/media_type.h"
#include "core/text/nearest.h"
#include "core/text/utf8.h"

using namespace std::string_literals;
using namespace std::string_view_literals;

TEST_CASE("UTF-8 is well-formed or its first bad byte is found") {
  struct Row {
    std::string_view text;
    int invalid_at;  // -1: well-formed
  };

  const Row rows[] = {
      {"", -1},
      {"plain", -1},
      {"\0"sv, -1},
      {"é€😀", -1},
      {"\xC2\x80", -1},          // the first of two bytes
      {"\xDF\xBF", -1},          // the last
      {"\xE0\xA0\x80", -1},      // the first of three
      {"\xED\x9F\xBF", -1},      // the last before the surrogates
      {"\xEE\x80\x80", -1},      // the first after them
      {"\xEF\xBF\xBF", -1},      // U+FFFF is a scalar value
      {"\xF0\x90\x80\x80", -1},  // the first of four
      {"\xF4\x8F\xBF\xBF", -1},  // U+10FFFF
      {"\x80", 0},               // a continuation alone
      {"ab\xFF", 2},             // never a byte of UTF-8
      {"\xC0\x80", 0},           // over-long NUL
      {"\xC1\xBF", 0},           // over-long
      {"\xE0\x9F\xBF", 0},       // over-long
      {"\xED\xA0\x80", 0},       // U+D800
      {"\xED\xBF\xBF", 0},       // U+DFFF
      {"\xF0\x8F\xBF\xBF", 0},   // over-long
      {"\xF4\x90\x80\x80", 0},   // beyond U+10FFFF
      {"\xF5\x80\x80\x80", 0},   // beyond U+10FFFF
      {"a\xC3", 1},              // cut
      {"a\xE2\x82", 1},          // cut
      {"a\xF0\x9F\x98", 1},      // cut
      {"\xE2\x28\xA1", 0},       // no continuation second
      {"\xE2\x82\x28", 0},       // no continuation third
      {"é\xF0\x9F\x98\x28", 2},  // no continuation fourth
  };
  for (const Row& row : rows) {
    CAPTURE(jobsched::encode_base64(row.text));
    const auto found = jobsched::find_invalid_utf8(row.text);
    CHECK((found ? static_cast<int>(*found) : -1) == row.invalid_at);
  }
}

TEST_CASE("XML 1.0 carries every character but most controls, surrogates, U+FFFE and U+FFFF") {
  for (const std::uint32_t value :
       {0x9U, 0xAU, 0xDU, 0x20U, 0x7FU, 0x85U, 0xD7FFU, 0xE000U, 0xFFFDU, 0x10000U, 0x10FFFFU}) {
    CAPTURE(value);
    CHECK(jobsched::is_xml_char(static_cast<char32_t>(value)));
  }
  for (const std::uint32_t value :
       {0x0U, 0x8U, 0xBU, 0xCU, 0xEU, 0x1FU, 0xD800U, 0xDFFFU, 0xFFFEU, 0xFFFFU, 0x110000U}) {
    CAPTURE(value);
    CHECK_FALSE(jobsched::is_xml_char(static_cast<char32_t>(value)));
  }
}

TEST_CASE("user text in a sentence is one printable line of bounded length") {
  struct Row {
    std::string text;
    std::string_view quoted;
  };

  const Row rows[] = {
      {"", R"("")"},
      {"cron", R"("cron")"},
      {"a\r\n\tb", R"("a   b")"},
      {"a\0\x1B\x7F"s, R"("a���")"},
      {"\xFFé\xC2\x85", R"("�é�")"},
      {std::string(40, 'x'), R"("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")"},
      {std::string(41, 'x'), R"("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…")"},
      {std::string(39, 'x') + "€", R"("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…")"},
      {std::string(100, '\x80'), R"("…")"},
  };
  for (const Row& row : rows) {
    CHECK(jobsched::quote(row.text) == row.quoted);
  }
}

TEST_CASE("printable text keeps its line ends and blanks") {
  CHECK(jobsched::printable("a\tb\r\nc\x01") == "a\tb\r\nc\xEF\xBF\xBD");
}

TEST_CASE("base64 goes both ways") {
  struct Row {
    std::string_view bytes;
    std::string_view text;
  };

  const Row rows[] = {
      // RFC 4648 section 10.
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\0"sv, "AA=="},
      {"\xFF\xFF\xFF", "////"},
      {"\xFB\xEF\xBE", "++++"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(jobsched::encode_base64(row.bytes) == row.text);
    const auto decoded = jobsched::decode_base64(row.text);
    REQUIRE(decoded.has_value());
    CHECK(*decoded == row.bytes);
  }
}

TEST_CASE("base64 may be wrapped and is otherwise strict") {
  CHECK(jobsched::decode_base64(" Zm\r\n9v\tYg =\f=\n") == "foob");

  struct Row {
    std::string_view text;
    std::size_t position;
    std::string_view says;
  };

  const Row rows[] = {
      {"Zg", 2, "ends within a group of four"},
      {"Z", 1, "ends within a group of four"},
      {"Zg=", 3, "ends within a group of four"},
      {"Zm9vYg= ", 8, "ends within a group of four"},
      {"=", 0, "padding belongs only at the end"},
      {"Z===", 1, "padding belongs only at the end"},
      {"Zm9v=", 4, "padding belongs only at the end"},
      {"Zg===", 4, "padding belongs only at the end"},
      {"Zg==Zg==", 4, "nothing may follow the padding"},
      {"Zg=g", 3, "nothing may follow the padding"},
      {"Zh==", 1, "bits beyond the last byte"},
      {"Zm9=", 2, "bits beyond the last byte"},
      {"Zm9v!", 4, "\"!\" at character 5 is not in its alphabet"},
      {"Z€==", 1, "\"€\" at character 2"},
      {"Z\xFF==", 1, "\"�\" at character 2"},
      {"\0"sv, 0, "not in its alphabet"},
      {"Zm9v-_", 4, "write + for - and / for _"},
      {"\vZg==", 0, "not in its alphabet"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto decoded = jobsched::decode_base64(row.text);
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().kind == jobsched::ErrorKind::kInvalid);
    CHECK(decoded.error().position == row.position);
    CHECK_MESSAGE(decoded.error().detail.find(row.says) != std::string::npos,
                  decoded.error().detail);
  }
}

TEST_CASE("every byte value and length goes through base64") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes.insert(bytes.begin(), static_cast<char>(i));
    const auto decoded = jobsched::decode_base64(jobsched::encode_base64(bytes));
    REQUIRE(decoded.has_value());
    REQUIRE(*decoded == bytes);
  }
}

TEST_CASE("the nearest name is the one meant, or none") {
  constexpr std::array<std::string_view, 5> kNames{"url", "signature", "contentType", "data",
                                                   "dataEncoding"};

  struct Row {
    std::string_view text;
    std::string_view nearest;  // empty: none
  };

  const Row rows[] = {
      {"uri", "url"},
      {"URL", "url"},
      {"ulr", "url"},
      {"link", ""},
      {"", ""},
      {"content-type", "contentType"},
      {"contenttype", "contentType"},
      {"signatrue", "signature"},
      {"date", "data"},
      {"encoding", "dataEncoding"},
      {"payload", ""},
      {"cat", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(jobsched::nearest_name(row.text, kNames).value_or("") == row.nearest);
  }
  CHECK_FALSE(jobsched::nearest_name(std::string(1'000'000, 'u'), kNames).has_value());
}

TEST_CASE("a media type is read by RFC 9110") {
  struct Row {
    std::string_view text;
    std::string_view read;  // empty: not a media type
  };

  const Row rows[] = {
      {"text/html", "text/html"},
      {" Text/HTML\t", "text/html"},
      {"*/*", "*/*"},
      {"text/html;charset=utf-8", "text/html|charset=utf-8"},
      {"Text/HTML;Charset=\"utf-8\"", "text/html|charset=utf-8"},
      {"text/html; charset=\"utf\\-8\"", "text/html|charset=utf-8"},
      {"text/html ; a=1 ;b=\"x;y,\\\"z\"", "text/html|a=1|b=x;y,\"z"},
      {"text/html;a=\"\"", "text/html|a="},
      {"text/html;", "text/html"},
      {"text/html; ; ;a=1;", "text/html|a=1"},
      {"application/problem+json", "application/problem+json"},
      {"", ""},
      {"text", ""},
      {"text/", ""},
      {"/html", ""},
      {"text / html", ""},
      {"text/html/x", ""},
      {"text/html x", ""},
      {"text/html;a", ""},
      {"text/html;a=", ""},
      {"text/html;=1", ""},
      {"text/html;a =1", ""},
      {"text/html;a= 1", ""},
      {"text/html;a=\"x", ""},
      {"text/html;a=\"x\\", ""},
      {"text/html;a=\"x\n\"", ""},
      {"text/html;a=\"x\"y", ""},
      {"text/htmlé", ""},
      {"te(xt/html", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    std::string read;
    if (const auto media = jobsched::parse_media_type(row.text)) {
      read = media->type + "/" + media->subtype;
      for (const auto& parameter : media->parameters) {
        read += "|" + parameter.name + "=" + parameter.value;
      }
    }
    CHECK(read == row.read);
  }
}
