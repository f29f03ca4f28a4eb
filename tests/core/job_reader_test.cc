#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/codec/codec.h"

using jobsched::Error;
using jobsched::ErrorKind;
using jobsched::Format;
using jobsched::JobDocument;
using jobsched::read_job;
using namespace std::string_literals;

namespace {

const JobDocument kUrlOnly = [] {
  JobDocument document;
  document.url = "u";
  return document;
}();

JobDocument with_data(std::string data) {
  JobDocument document = kUrlOnly;
  document.data = std::move(data);
  return document;
}

struct Refusal {
  std::string text;
  ErrorKind kind;
  std::string_view field;
  std::string_view says;
};

void check_refused(Format format, const Refusal& row) {
  CAPTURE(row.text);
  const auto document = read_job(format, row.text);
  REQUIRE_FALSE(document.has_value());
  CHECK((document.error().kind == row.kind));
  CHECK(document.error().field == row.field);
  CHECK_MESSAGE(document.error().detail.find(row.says) != std::string::npos,
                document.error().detail);
}

struct Accepted {
  std::string text;
  JobDocument document;
};

void check_accepted(Format format, const Accepted& row) {
  CAPTURE(row.text);
  const auto document = read_job(format, row.text);
  REQUIRE_MESSAGE(document.has_value(), document.error().detail);
  CHECK((*document == row.document));
}

}  // namespace

TEST_CASE("the original API's examples are read as they stand") {
  JobDocument recurring;
  recurring.url = "https://example.com/my-callback";
  recurring.cron = "0 15 10 ? * *";
  JobDocument single;
  single.url = "https://example.com/my-callback";
  single.signature = "507aaa0733464499847c930db95983f8994ae266";
  single.content_type = "text/plain";
  single.data = "testing";
  single.when = "2011-05-11T15:30:00Z";

  check_accepted(Format::kJson, {R"({
  "url": "https://example.com/my-callback",
  "cron": "0 15 10 ? * *",
})",
                                 recurring});
  check_accepted(Format::kJson, {R"({
  "url": "https://example.com/my-callback",
  "signature": "507aaa0733464499847c930db95983f8994ae266",
  "contentType": "text/plain",
  "data": "testing",
  "when": "2011-05-11T15:30:00Z"
})",
                                 single});
  check_accepted(Format::kXml, {R"(<job>
  <url>https://example.com/my-callback</url>
  <cron>0 15 10 ? * *</cron>
</job>)",
                                recurring});
  check_accepted(Format::kXml, {R"(<job>
  <url>https://example.com/my-callback</url>
  <signature>507aaa0733464499847c930db95983f8994ae266</signature>
  <contentType>text/plain</contentType>
  <data>testing</data>
  <when>2011-05-11T15:30:00Z</when>
</job>)",
                                single});
}

TEST_CASE("every field is read, and next is passed over") {
  JobDocument all;
  all.id = "i";
  all.account = "a";
  all.url = "u";
  all.signature = "s";
  all.content_type = "t";
  all.data = "d";
  all.when = "w";
  all.cron = "c";
  check_accepted(Format::kJson,
                 {R"({"next":"n","cron":"c","when":"w","data":"d","contentType":"t",)"
                  R"("signature":"s","url":"u","account":"a","id":"i"})",
                  all});
  check_accepted(Format::kXml, {"<job><next>n</next><cron>c</cron><when>w</when><data>d</data>"
                                "<contentType>t</contentType><signature>s</signature><url>u</url>"
                                "<account>a</account><id>i</id></job>",
                                all});
}

TEST_CASE("JSON is read by RFC 8259, a last comma aside") {
  const Accepted rows[] = {
      {"{}", {}},
      {" \t\r\n{ } ", {}},
      {"\xEF\xBB\xBF{\"url\":\"u\"}", kUrlOnly},
      {R"({"url":"u"})", kUrlOnly},
      {R"({"ur\u006c":"\u0075"})", kUrlOnly},
      {R"({"url":"u",})", kUrlOnly},
      {"{\"url\":\"u\" \r\n, \t}", kUrlOnly},
      {R"({"url":"u","next":[1,2,],})", kUrlOnly},
      {R"({"url":"u","next":null})", kUrlOnly},
      {R"({"url":"u","next":{"url":"v","url":"w","x":[{"y":1.5e3}]}})", kUrlOnly},
      {R"({"next":-12,"url":"u"})", kUrlOnly},
      // What looks like a last comma in a string is text.
      {R"({"url":"u","data":",}"})", with_data(",}")},
      {R"({"url":"u","data":"\",}"})", with_data("\",}")},
      {R"({"url":"u","data":"\\",})", with_data("\\")},
      // Escapes.
      {R"({"url":"u","data":""})", with_data("")},
      {R"({"url":"u","data":"\"\\\/\b\f\n\r\t\u0000"})", with_data("\"\\/\b\f\n\r\t\0"s)},
      {R"({"url":"u","data":"é\u00e9\u20AC\ud83d\ude00\uffff"})",
       with_data("\u00E9\u00E9\u20AC\U0001F600\uFFFF")},
      {"{\"url\":\"u\",\"data\":\"\x7F\"}", with_data("\x7F")},
      // Base64, in either order.
      {R"({"url":"u","data":"AP8=","dataEncoding":"base64"})", with_data("\0\xFF"s)},
      {R"({"dataEncoding":"base64","data":"AP8=","url":"u"})", with_data("\0\xFF"s)},
      {R"({"url":"u","data":"A P\n8=","dataEncoding":"base64"})", with_data("\0\xFF"s)},
      {R"({"url":"u","data":"","dataEncoding":"base64"})", with_data("")},
  };
  for (const Accepted& row : rows)
    check_accepted(Format::kJson, row);
}

TEST_CASE("what is not JSON is malformed") {
  const std::string deep_next = R"({"next":)" + std::string(32, '[') + std::string(32, ']') + "}";
  const Refusal rows[] = {
      {"", ErrorKind::kMalformed, "", "the document is empty"},
      {" \r\n", ErrorKind::kMalformed, "", "the document is empty"},
      {"\xEF\xBB\xBF", ErrorKind::kMalformed, "", "a value is expected, not the end of the text"},
      {"{", ErrorKind::kMalformed, "",
       "a name in double quotes is expected, not the end of the text at line 1, column 2"},
      {"}", ErrorKind::kMalformed, "", R"(a value is expected, not "}" at line 1, column 1)"},
      {"job", ErrorKind::kMalformed, "", R"(a value is expected, not "j" at line 1, column 1)"},
      {"{url:\"u\"}", ErrorKind::kMalformed, "", "at line 1, column 2"},
      {"{'url':'u'}", ErrorKind::kMalformed, "", "at line 1, column 2"},
      {R"({"url" "u"})", ErrorKind::kMalformed, "", R"(a colon is expected, not """)"},
      {R"({"url":"u" "data":"d"})", ErrorKind::kMalformed, "",
       R"(a comma or '}' is expected, not """ at line 1, column 12)"},
      {R"({"url":})", ErrorKind::kMalformed, "", R"(a value is expected, not "}")"},
      {R"({"url":,})", ErrorKind::kMalformed, "", R"(a value is expected, not ",")"},
      {R"({,})", ErrorKind::kMalformed, "", R"(a name in double quotes is expected, not ",")"},
      {R"({,"url":"u"})", ErrorKind::kMalformed, "",
       R"(a name in double quotes is expected, not ",")"},
      {R"({"url":"u",,})", ErrorKind::kMalformed, "",
       R"(a name in double quotes is expected, not ",")"},
      {R"({"url":"u",,"data":"d"})", ErrorKind::kMalformed, "",
       R"(a name in double quotes is expected, not ",")"},
      {R"({"next":[,]})", ErrorKind::kMalformed, "", R"(a value is expected, not ",")"},
      {R"({"next":[1,,]})", ErrorKind::kMalformed, "", R"(a value is expected, not ",")"},
      {R"({"next":[,1]})", ErrorKind::kMalformed, "", R"(a value is expected, not ",")"},
      {R"({"url":"u"},)", ErrorKind::kMalformed, "", "the end of the text is expected, not"},
      {R"({"url":"u"}})", ErrorKind::kMalformed, "", "the end of the text is expected, not"},
      {R"({"url":"u"} {})", ErrorKind::kMalformed, "", "the end of the text is expected, not"},
      {R"({"url":"u"]})", ErrorKind::kMalformed, "", R"(a comma or '}' is expected, not "]")"},
      {R"({"url":"u)", ErrorKind::kMalformed, "", "a string has no closing quote"},
      {R"({"url":"u\"})", ErrorKind::kMalformed, "", "a string has no closing quote"},
      {R"({"url":"\x"})", ErrorKind::kMalformed, "", "there is no such escape"},
      {R"({"url":"\u12"})", ErrorKind::kMalformed, "", "\\u needs four hex digits"},
      {"{\"url\":\"a\nb\"}", ErrorKind::kMalformed, "",
       "a control character in a string must be escaped"},
      {"{\"url\":\"u\"}\0x"s, ErrorKind::kMalformed, "", "has a NUL after byte 11"},
      {"{\"url\":\"\0\"}"s, ErrorKind::kMalformed, "", "has a NUL after byte 8"},
      {"{\"url\":\"\xFF\"}", ErrorKind::kMalformed, "", "is not UTF-8 after byte 8"},
      {"{\"url\":\"\xED\xA0\x80\"}", ErrorKind::kMalformed, "", "is not UTF-8 after byte 8"},
      {"\xFF\xFE{\0}\0"s, ErrorKind::kMalformed, "", "NUL"},
      {R"({"url":"\ud83d"})", ErrorKind::kMalformed, "", "surrogate"},
      {R"({"url":"\ude00"})", ErrorKind::kMalformed, "", "surrogate"},
      {R"({"url":"\ud83d\u0041"})", ErrorKind::kMalformed, "", "surrogate"},
      {R"({"next":01})", ErrorKind::kMalformed, "", R"(a comma or '}' is expected, not "1")"},
      {R"({"next":1.})", ErrorKind::kMalformed, "",
       "a digit of a number's fraction is expected, not"},
      {R"({"next":1e999})", ErrorKind::kMalformed, "", "a number is out of range"},
      {R"({"next":NaN})", ErrorKind::kMalformed, "", R"(a value is expected, not "N")"},
      {R"({"next":tru})", ErrorKind::kMalformed, "", R"(a value is expected, not "}")"},
      {R"({/**/"url":"u"})", ErrorKind::kMalformed, "",
       R"(a name in double quotes is expected, not "/")"},
      {deep_next, ErrorKind::kMalformed, "", "nested deeper than 32 levels"},
      {R"({"next":)" + std::string(100'000, '['), ErrorKind::kMalformed, "", "deeper than 32"},
      {std::string(100'000, '['), ErrorKind::kMalformed, "", "32 levels at line 1, column 33"},
      {std::string(100'000, '{'), ErrorKind::kMalformed, "", "a name in double quotes is expected"},
      // It is so before its fields are looked at.
      {R"({"url":1,"ulr":2,})" + std::string("x"), ErrorKind::kMalformed, "",
       "the end of the text"},
  };
  for (const Refusal& row : rows)
    check_refused(Format::kJson, row);
}

TEST_CASE("a JSON document may be nested as deeply as it says") {
  const std::string deep = R"({"next":)" + std::string(31, '[') + std::string(31, ']') + "}";
  CHECK(read_job(Format::kJson, deep).has_value());
}

TEST_CASE("a JSON error has the position of the fault, last commas or not") {
  struct Row {
    std::string text;
    std::size_t position;
  };

  const Row rows[] = {
      {"{", 1},
      {R"({"url":"u",,})", 11},
      {R"({"url":"u","next":[1,2,],,})", 25},
      {"{\"next\":[1,],\n\"url\" \"u\"}", 20},
      {R"({"url":"u"} x)", 12},
      {R"({"url":"u"}})", 11},
      {R"({"url" "bcd"})", 7},
      {R"({"next":[1 222]})", 11},
      {R"({"next":[1 true]})", 11},
      {R"({"next":[1 false]})", 11},
      {R"({"next":[1 null]})", 11},
      {"{\"url\":\"u\"}\0"s, 11},
      {R"({"url":"u","next":tru})", 21},
      {"{\"url\":\"\xFF\"}", 8},
      {R"({"next":)" + std::string(33, '['), 39},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto document = read_job(Format::kJson, row.text);
    REQUIRE_FALSE(document.has_value());
    CHECK(document.error().position == row.position);
  }
}

TEST_CASE("what is JSON but no job document names the field") {
  const Refusal rows[] = {
      {"[]", ErrorKind::kInvalid, "", "is a JSON object with the fields of the job, not an array"},
      {"\"job\"", ErrorKind::kInvalid, "", "not a string"},
      {"1", ErrorKind::kInvalid, "", "not a number"},
      {"true", ErrorKind::kInvalid, "", "not a boolean"},
      {"null", ErrorKind::kInvalid, "", "not null"},
      {R"({"url":null})", ErrorKind::kInvalid, "url", "a string, not null; leave it out instead"},
      {R"({"url":1})", ErrorKind::kInvalid, "url", "a string, not a number"},
      {R"({"data":{"a":1}})", ErrorKind::kInvalid, "data", "a string, not an object"},
      {R"({"data":[]})", ErrorKind::kInvalid, "data", "a string, not an array"},
      {R"({"when":1764603000})", ErrorKind::kInvalid, "when", "a string, not a number"},
      {R"({"dataEncoding":true})", ErrorKind::kInvalid, "dataEncoding", "not a boolean"},
      {R"({"url":"u","url":"u"})", ErrorKind::kInvalid, "url", "is given twice"},
      {R"({"next":1,"next":2})", ErrorKind::kInvalid, "next", "is given twice"},
      {R"({"uri":"u"})", ErrorKind::kInvalid, "uri", "there is no field \"uri\"; write url"},
      {R"({"URL":"u"})", ErrorKind::kInvalid, "URL", "write url"},
      {R"({"content_type":"u"})", ErrorKind::kInvalid, "content_type", "write contentType"},
      {R"({"colour":"red"})", ErrorKind::kInvalid, "colour",
       "the fields are url, signature, contentType, data, when, cron, timezone, name, method, "
       "headers, timeout, retry, misfire and paused"},
      {R"({"":"u"})", ErrorKind::kInvalid, "", "there is no field \"\""},
      {R"({"a\nb\u0000":"u"})", ErrorKind::kInvalid, "a b�", "there is no field \"a b�\""},
      {R"({")" + std::string(1'000, 'x') + R"(":1})", ErrorKind::kInvalid,
       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…", "there is no field"},
      {R"({"data":"AP8","dataEncoding":"base64"})", ErrorKind::kInvalid, "data",
       "ends within a group of four"},
      {R"({"data":"A","dataEncoding":"hex"})", ErrorKind::kInvalid, "dataEncoding",
       "no data encoding \"hex\"; write base64"},
      {R"({"data":"A","dataEncoding":"Base64"})", ErrorKind::kInvalid, "dataEncoding", "base64"},
      {R"({"data":"A","dataEncoding":""})", ErrorKind::kInvalid, "dataEncoding", "base64"},
      {R"({"dataEncoding":"base64"})", ErrorKind::kInvalid, "dataEncoding", "needs data"},
  };
  for (const Refusal& row : rows)
    check_refused(Format::kJson, row);
}

TEST_CASE("XML is read as XML 1.0 says, white space kept") {
  const Accepted rows[] = {
      {"<job/>", {}},
      {"<job></job>", {}},
      {"<job> \t\r\n</job>\n", {}},
      {"<?xml version=\"1.0\"?><job><url>u</url></job>", kUrlOnly},
      {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<job><url>u</url></job>", kUrlOnly},
      {"<?xml version='1.0' encoding='utf-8' standalone='yes'?><job><url>u</url></job>", kUrlOnly},
      {"<?xml version=\"1.0\" encoding=\"US-ASCII\"?><job><url>u</url></job>", kUrlOnly},
      {"\xEF\xBB\xBF<job><url>u</url></job>", kUrlOnly},
      {"<!-- a --><job><!-- b --><url>u<!-- c --></url><!-- <d> --></job><!-- e -->", kUrlOnly},
      {"<?pi x?><job><?pi?><url><?pi y?>u</url></job><?pi?>", kUrlOnly},
      {"<job ><url >u</url ></job >", kUrlOnly},
      {"<job><url><![CDATA[u]]></url></job>", kUrlOnly},
      {"<job><url>&#x75;</url></job>", kUrlOnly},
      {"<job><url>u</url><next/></job>", kUrlOnly},
      {"<job><url>u</url><data/></job>", with_data("")},
      {"<job><url>u</url><data></data></job>", with_data("")},
      {"<job><url>u</url><data> \t\n </data></job>", with_data(" \t\n ")},
      {"<job><url>u</url><data> a  b </data></job>", with_data(" a  b ")},
      {"<job><url>u</url><data>&lt;&amp;&gt;&quot;&apos;</data></job>", with_data("<&>\"'")},
      {"<job><url>u</url><data><![CDATA[<&>]]>]]&gt;<![CDATA[]]></data></job>",
       with_data("<&>]]>")},
      {"<job><url>u</url><data>a<!-- b -->c</data></job>", with_data("ac")},
      // Line ends are normalized by the parser, references are not.
      {"<job><url>u</url><data>a\r\nb\rc</data></job>", with_data("a\nb\nc")},
      {"<job><url>u</url><data>a&#13;&#10;b&#xD;</data></job>", with_data("a\r\nb\r")},
      {"<job><url>u</url><data>\u00E9\u20AC\U0001F600&#xE9;</data></job>",
       with_data("\u00E9\u20AC\U0001F600\u00E9")},
      {"<job><url>u</url><data encoding=\"base64\">AP8=</data></job>", with_data("\0\xFF"s)},
      {"<job><url>u</url><data encoding='base64'>\n  AP\n  8=\n</data></job>",
       with_data("\0\xFF"s)},
      {"<job><url>u</url><data encoding=\"base64\"/></job>", with_data("")},
  };
  for (const Accepted& row : rows)
    check_accepted(Format::kXml, row);
}

TEST_CASE("what is not well-formed XML is malformed, and so is a document type") {
  const std::string bomb =
      "<!DOCTYPE job [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
      "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><job><data>&c;</data></job>";
  const Refusal rows[] = {
      {"", ErrorKind::kMalformed, "", "the document is empty"},
      {" \n", ErrorKind::kMalformed, "", "the document is empty"},
      {"job", ErrorKind::kMalformed, "", "the document is not XML"},
      {"<job>", ErrorKind::kMalformed, "", "no element found at line 1, column 6"},
      {"<job", ErrorKind::kMalformed, "", "unclosed token"},
      {"<job></jobs>", ErrorKind::kMalformed, "", "mismatched tag"},
      {"<job><url>u</job>", ErrorKind::kMalformed, "", "mismatched tag"},
      {"<job></job><job></job>", ErrorKind::kMalformed, "", "junk after document element"},
      {"<job></job>x", ErrorKind::kMalformed, "", "junk after document element"},
      {"x<job></job>", ErrorKind::kMalformed, "", "the document is not XML"},
      {" <?xml version=\"1.0\"?><job/>", ErrorKind::kMalformed, "", "not at start"},
      {"<!-- only -->", ErrorKind::kMalformed, "", "no element found"},
      {"<job><url>&</url></job>", ErrorKind::kMalformed, "", "not well-formed"},
      {"<job><url>&nbsp;</url></job>", ErrorKind::kMalformed, "", "undefined entity"},
      {"<job><url>a<b</url></job>", ErrorKind::kMalformed, "", "the document is not XML"},
      {"<job><url>]]></url></job>", ErrorKind::kMalformed, "", "not well-formed"},
      {"<job><data>&#0;</data></job>", ErrorKind::kMalformed, "", "invalid character number"},
      {"<job><data>&#1;</data></job>", ErrorKind::kMalformed, "", "invalid character number"},
      {"<job><data>&#xD800;</data></job>", ErrorKind::kMalformed, "", "invalid character number"},
      {"<job><data>&#xFFFE;</data></job>", ErrorKind::kMalformed, "", "invalid character number"},
      {"<job><data>\x01</data></job>", ErrorKind::kMalformed, "", "not well-formed"},
      {"<job><data>\xEF\xBF\xBE</data></job>", ErrorKind::kMalformed, "", "not well-formed"},
      {"<job><data>\xFF</data></job>", ErrorKind::kMalformed, "", "is not UTF-8 after byte 11"},
      {"<job><data>\0</data></job>"s, ErrorKind::kMalformed, "", "has a NUL after byte 11"},
      {"<\0j\0o\0b\0/\0>\0"s, ErrorKind::kMalformed, "", "has a NUL after byte 1"},
      {"<job><data encoding=\"base64\" encoding=\"base64\"/></job>", ErrorKind::kMalformed, "",
       "duplicate attribute"},
      {"<job><data encoding=base64>AA==</data></job>", ErrorKind::kMalformed, "", "not XML"},
      {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><job/>", ErrorKind::kMalformed, "",
       "the declared encoding is \"ISO-8859-1\"; write the document in UTF-8"},
      {"<?xml version=\"1.0\" encoding=\"UTF-16\"?><job/>", ErrorKind::kMalformed, "",
       "the declared encoding is \"UTF-16\""},
      {"<?xml version=\"1.0\" encoding=\"x-unknown\"?><job/>", ErrorKind::kMalformed, "",
       "the declared encoding is \"x-unknown\""},
      {"<?xml version=\"1.0\" encoding=\"US-ASCII\"?><job><url>\u00E9</url></job>",
       ErrorKind::kMalformed, "", "not well-formed"},
      {"<!DOCTYPE job><job/>", ErrorKind::kMalformed, "", "remove the <!DOCTYPE>"},
      {"<!DOCTYPE job SYSTEM \"file:///etc/passwd\"><job/>", ErrorKind::kMalformed, "",
       "a document type is not accepted"},
      {bomb, ErrorKind::kMalformed, "", "a document type is not accepted"},
  };
  for (const Refusal& row : rows)
    check_refused(Format::kXml, row);
}

TEST_CASE("what is XML but no job document names the field") {
  const Refusal rows[] = {
      {"<jobs/>", ErrorKind::kInvalid, "", "is <job>, not \"<jobs>\""},
      {"<Job/>", ErrorKind::kInvalid, "", "is <job>, not \"<Job>\""},
      {"<html><body>", ErrorKind::kInvalid, "", "is <job>"},
      {"<j:job xmlns:j=\"x\"/>", ErrorKind::kInvalid, "", "no namespace"},
      {"<job xmlns=\"urn:x\"/>", ErrorKind::kInvalid, "",
       "job documents have no namespace; remove the attribute \"xmlns\""},
      {"<job version=\"1\"/>", ErrorKind::kInvalid, "", "there is no attribute \"version\""},
      {"<job><url xmlns=\"urn:x\">u</url></job>", ErrorKind::kInvalid, "url", "no namespace"},
      {"<job><url encoding=\"base64\">u</url></job>", ErrorKind::kInvalid, "url",
       "the only ones are encoding=\"base64\", of data, and name, of header"},
      {"<job><data Encoding=\"base64\">u</data></job>", ErrorKind::kInvalid, "data",
       "there is no attribute \"Encoding\""},
      {"<job><data encoding=\"hex\">00</data></job>", ErrorKind::kInvalid, "dataEncoding",
       "no data encoding \"hex\""},
      {"<job><data encoding=\"base64\">AP8</data></job>", ErrorKind::kInvalid, "data",
       "ends within a group of four"},
      {"<job><dataEncoding>base64</dataEncoding></job>", ErrorKind::kInvalid, "dataEncoding",
       "write <data encoding=\"base64\">"},
      {"<job><uri>u</uri></job>", ErrorKind::kInvalid, "uri", "no field \"uri\"; write url"},
      {"<job><colour/></job>", ErrorKind::kInvalid, "colour", "there is no field \"colour\""},
      {"<job><url>u</url><url>u</url></job>", ErrorKind::kInvalid, "url", "is given twice"},
      {"<job><next/><next/></job>", ErrorKind::kInvalid, "next", "is given twice"},
      {"<job><data><a>1</a></data></job>", ErrorKind::kInvalid, "data",
       "the field holds text, not elements; write < as &lt;"},
      {"<job><data>a<br/>b</data></job>", ErrorKind::kInvalid, "data", "holds text, not elements"},
      {"<job>hello<url>u</url></job>", ErrorKind::kInvalid, "",
       "the text \"hello\" stands outside the fields"},
      {"<job><url>u</url>, </job>", ErrorKind::kInvalid, "", "the text \",\" stands outside"},
      {"<job>&#160;</job>", ErrorKind::kInvalid, "", "stands outside the fields"},
      {"<job><![CDATA[x]]></job>", ErrorKind::kInvalid, "", "the text \"x\" stands outside"},
  };
  for (const Refusal& row : rows)
    check_refused(Format::kXml, row);
}

TEST_CASE("the position of an XML error is where the parser stopped") {
  const auto document = read_job(Format::kXml, "<job>\n<url>u</job>");
  REQUIRE_FALSE(document.has_value());
  CHECK(document.error().position == 14);
  CHECK(document.error().detail == "the document is not XML: mismatched tag at line 2, column 9");
}

TEST_CASE("deep and huge documents are answered at once") {
  const auto repeat = [](std::string_view piece, int times) {
    std::string text;
    for (int i = 0; i < times; ++i)
      text += piece;
    return text;
  };
  const std::string huge(2'000'000, 'x');
  CHECK_FALSE(read_job(Format::kJson, repeat("[", 100'000)).has_value());
  CHECK_FALSE(read_job(Format::kJson, repeat("{\"next\":", 100'000)).has_value());
  CHECK_FALSE(read_job(Format::kJson, "{" + repeat("\"x\":1,", 200'000) + "}").has_value());
  CHECK_FALSE(read_job(Format::kJson, "\"" + huge).has_value());
  CHECK_FALSE(read_job(Format::kJson, "{\"" + huge + "\":1}").has_value());
  CHECK(read_job(Format::kJson, "{\"next\":[" + repeat("{\"x\":1},", 100'000) + "]}").has_value());
  CHECK(read_job(Format::kJson, "{\"data\":\"" + huge + "\"}")->data->size() == huge.size());
  CHECK(read_job(Format::kJson, "{" + std::string(2'000'000, ' ') + "}").has_value());
  CHECK_FALSE(read_job(Format::kXml, repeat("<a>", 100'000)).has_value());
  CHECK_FALSE(read_job(Format::kXml, "<job>" + repeat("<url>", 100'000)).has_value());
  CHECK_FALSE(read_job(Format::kXml, "<job>" + repeat("<x/>", 200'000) + "</job>").has_value());
  CHECK_FALSE(read_job(Format::kXml, "<" + huge + "/>").has_value());
  CHECK_FALSE(read_job(Format::kXml, "<job x=\"" + huge + "\"/>").has_value());
  CHECK(read_job(Format::kXml, "<job><data>" + huge + "</data></job>")->data->size() ==
        huge.size());
  CHECK(read_job(Format::kXml, "<job>" + repeat("<!-- x -->", 100'000) + "</job>").has_value());
}
