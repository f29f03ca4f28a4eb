#include "core/codec/idempotency_key.h"

#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace jobsched {

TEST_CASE("a key is a string in quotes, or bare") {
  const std::string longest(kMaxIdempotencyKey, 'k');

  struct Row {
    std::string value;
    std::optional<std::string> key;
  };

  const Row rows[] = {
      {"\"8e03978e-40d5\"", "8e03978e-40d5"},
      {"8e03978e-40d5", "8e03978e-40d5"},
      {"order/7:a_b~", "order/7:a_b~"},
      {"\"two words\"", "two words"},
      {"\"a, b; c\"", "a, b; c"},
      {R"("a \"b\" \\ c")", R"(a "b" \ c)"},
      {"\"" + longest + "\"", longest},
      {longest, longest},
      // none
      {"", std::nullopt},
      {"\"\"", std::nullopt},
      {"\"", std::nullopt},
      {"two words", std::nullopt},
      {"a,b", std::nullopt},
      {"\"a\", \"b\"", std::nullopt},
      {"\"a\"; p=1", std::nullopt},
      {"a\"b", std::nullopt},
      {"\"a", std::nullopt},
      {"a\\b", std::nullopt},
      {R"("a\")", std::nullopt},
      {R"("a\b")", std::nullopt},
      {R"("a"b")", std::nullopt},
      {"\"" + longest + "k\"", std::nullopt},
      {longest + "k", std::nullopt},
      {"caf\xC3\xA9", std::nullopt},
      {"\"caf\xC3\xA9\"", std::nullopt},
      {"a\tb", std::nullopt},
      {"\"a\tb\"", std::nullopt},
      {"\"a\x7F\"", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    CHECK(read_idempotency_key(row.value) == row.key);
  }
}

TEST_CASE("a key that is written is read back") {
  for (const std::string_view key : {"a", "two words", R"(a "b" \ c)", "\"", "\\", "a,b;c"}) {
    CAPTURE(key);
    REQUIRE(is_idempotency_key(key));
    CHECK(read_idempotency_key(write_idempotency_key(key)) == std::string(key));
  }
}

}  // namespace jobsched
