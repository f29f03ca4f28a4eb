#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/codec/codec.h"

using jobsched::ErrorKind;
using jobsched::Format;
using jobsched::JobId;
using jobsched::read_id_list;

namespace {

constexpr std::string_view kA = "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af";
constexpr std::string_view kB = "0193a1f0-0000-7000-8000-000000000001";

std::string write_list(Format format, const std::vector<std::string_view>& ids) {
  const jobsched::ListFrame frame = jobsched::id_list_frame(format);
  if (ids.empty()) return std::string(frame.empty);
  std::string text(frame.before);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i > 0) text += frame.between;
    text += ids[i];
  }
  return text + std::string(frame.after);
}

}  // namespace

TEST_CASE("a list of ids is written in each format and read back") {
  constexpr std::string_view kXml = R"(<?xml version="1.0" encoding="UTF-8"?>)";
  const std::string a(kA);
  const std::string b(kB);

  struct Row {
    Format format;
    std::vector<std::string_view> ids;
    std::string text;
  };

  const Row rows[] = {
      {Format::kText, {}, ""},
      {Format::kText, {kA}, a},
      {Format::kText, {kA, kB}, a + "," + b},
      {Format::kJson, {}, "[]"},
      {Format::kJson, {kA}, "[\"" + a + "\"]"},
      {Format::kJson, {kA, kB}, "[\"" + a + "\",\"" + b + "\"]"},
      {Format::kXml, {}, std::string(kXml) + "<jobs></jobs>"},
      {Format::kXml, {kA}, std::string(kXml) + "<jobs><id>" + a + "</id></jobs>"},
      {Format::kXml,
       {kA, kB},
       std::string(kXml) + "<jobs><id>" + a + "</id><id>" + b + "</id></jobs>"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(write_list(row.format, row.ids) == row.text);
    const auto ids = read_id_list(row.format, row.text);
    REQUIRE(ids.has_value());
    REQUIRE(ids->size() == row.ids.size());
    for (std::size_t i = 0; i < ids->size(); ++i) {
      CHECK(jobsched::format_job_id((*ids)[i]) == row.ids[i]);
    }
  }
}

TEST_CASE("white space around the ids of a list does not matter") {
  const std::string a(kA);
  for (const auto& [format, text] :
       {std::pair{Format::kText, a + "\n"}, std::pair{Format::kJson, " [\n\"" + a + "\"\n]\n"},
        std::pair{Format::kXml, "<jobs>\n  <id>\n" + a + "</id>\n</jobs>\n"}}) {
    CAPTURE(text);
    const auto ids = read_id_list(format, text);
    REQUIRE(ids.has_value());
    CHECK(ids->size() == 1);
  }
}

TEST_CASE("what is no list of ids is malformed") {
  const std::string a(kA);

  struct Row {
    Format format;
    std::string text;
    std::string_view says;
  };

  const Row rows[] = {
      {Format::kText, "1,2,3", "\"1\" is not the id of a job"},
      {Format::kText, a + ",", "ends with a comma"},
      {Format::kText, "," + a, "\"\" is not the id of a job"},
      {Format::kText, a + ",," + a, "\"\" is not the id of a job"},
      {Format::kText, a + " " + a, "is not the id of a job"},
      {Format::kText, "<html>", "\"<html>\" is not the id of a job"},
      {Format::kJson, "", "the document is empty"},
      {Format::kJson, "{}", "a JSON array of strings"},
      {Format::kJson, "{\"a\":\"" + a + "\"}", "a JSON array of strings"},
      {Format::kJson, "[1]", "a JSON array of strings"},
      {Format::kJson, "[[\"" + a + "\"]]", "a JSON array of strings"},
      {Format::kJson, "[\"1\"]", "\"1\" is not the id of a job"},
      {Format::kJson, "[\"" + a + "\"", "the document is not JSON"},
      {Format::kJson, std::string(100'000, '['), "nested deeper"},
      {Format::kXml, "<ids/>", "<jobs> with one <id> for each"},
      {Format::kXml, "<jobs><job/></jobs>", "<jobs> with one <id> for each"},
      {Format::kXml, "<jobs><id><id/></id></jobs>", "<jobs> with one <id> for each"},
      {Format::kXml, "<jobs><id>1</id></jobs>", "\"1\" is not the id of a job"},
      {Format::kXml, "<jobs><id/></jobs>", "\"\" is not the id of a job"},
      {Format::kXml, "<jobs>", "the document is not XML"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto ids = read_id_list(row.format, row.text);
    REQUIRE_FALSE(ids.has_value());
    CHECK(ids.error().kind == ErrorKind::kMalformed);
    CHECK_MESSAGE(ids.error().detail.find(row.says) != std::string::npos, ids.error().detail);
  }
}
