#include "cmd/list_pages.h"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace jobsched::cmd {

namespace {

// The list that these pages make, or the refusal.
std::string joined(Format format, const std::vector<std::string>& pages) {
  PageJoiner joiner(format);
  std::string list;
  for (const std::string& page : pages) {
    const auto text = joiner.add(page);
    if (!text) return text.error().detail;
    list += *text;
  }
  return list + joiner.finish();
}

}  // namespace

TEST_CASE("pages become one list") {
  const std::string decl = R"(<?xml version="1.0" encoding="UTF-8"?>)";

  struct Row {
    Format format;
    std::vector<std::string> pages;
    std::string list;
  };

  const Row rows[] = {
      {Format::kText, {}, ""},
      {Format::kText, {"", ""}, ""},
      {Format::kText, {"a,b", "", "c\n"}, "a\nb\nc\n"},
      {Format::kJson, {}, "[]\n"},
      {Format::kJson, {"[]"}, "[]\n"},
      {Format::kJson, {"[]", "[1,2]", "[]", "[3]\n", "[]"}, "[1,2,3]\n"},
      {Format::kXml, {}, decl + "<jobs></jobs>\n"},
      {Format::kXml,
       {decl + "<jobs><id>a</id></jobs>", decl + "<jobs></jobs>", decl + "<jobs><id>b</id></jobs>"},
       decl + "<jobs><id>a</id><id>b</id></jobs>\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.list);
    CHECK(joined(row.format, row.pages) == row.list);
  }
  for (const std::string_view page : {"", "[", "]", "{}", "<html>"}) {
    CAPTURE(page);
    CHECK(joined(Format::kJson, {std::string(page)}).find("not a list of jobs") !=
          std::string::npos);
  }
}

TEST_CASE("a page names the next one in its header Link") {
  struct Row {
    std::string_view link;
    std::string_view target;
  };

  constexpr Row kRows[] = {
      {"", ""},
      {"</1/jobs?limit=1&after=x>; rel=\"next\"", "/1/jobs?limit=1&after=x"},
      {"</1/jobs?limit=1>; rel=\"prev\"", ""},
      {"</1/jobs?limit=1", ""},
      {"<https://elsewhere.test/1/jobs>; rel=\"next\"", ""},
      {"<//elsewhere.test/1/jobs>; rel=\"next\"", ""},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.link);
    CHECK(next_page(row.link).value_or("") == row.target);
  }
}

}  // namespace jobsched::cmd
