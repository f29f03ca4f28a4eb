#include "core/account/account.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace {

struct NameRow {
  std::string name;
  bool right;
};

const NameRow kNames[] = {
    {"a", true},
    {"7", true},
    {"default", true},
    {"alice.smith_2-x", true},
    {std::string(64, 'a'), true},
    {"", false},
    {std::string(65, 'a'), false},
    {"Alice", false},
    {"-a", false},
    {".a", false},
    {"_a", false},
    {"a b", false},
    {"a/b", false},
    {"a:b", false},
    {"a\n", false},
    {std::string("a\0", 2), false},
    {"\xC3\xA4", false},
};

}  // namespace

TEST_CASE("an account's name is 1 to 64 of a-z, 0-9, . _ and -, first a letter or digit") {
  for (const auto& [name, right] : kNames) {
    CAPTURE(name);
    const auto checked = jobsched::check_account_name(name);
    CHECK(checked.has_value() == right);
    if (!checked) {
      CHECK(checked.error().kind == jobsched::ErrorKind::kInvalid);
      CHECK(checked.error().field == "name");
    }
  }
}

TEST_CASE("a key is jsk_ and the base64url of 32 bytes, all of chance") {
  std::uint64_t number = 0xFFFF'FFFF'FFFF'FFFE;
  const auto next = [&] { return number++; };
  CHECK(jobsched::make_account_key(next) == "jsk__v___________________wAAAAAAAAAAAQAAAAAAAAA");
  CHECK(jobsched::make_account_key(next) == "jsk_AgAAAAAAAAADAAAAAAAAAAQAAAAAAAAABQAAAAAAAAA");
}

TEST_CASE("a key is known by its SHA-256") {
  const jobsched::KeyHash abc = jobsched::hash_account_key("abc");  // FIPS 180-4's example
  CHECK(abc[0] == 0xBA);
  CHECK(abc[1] == 0x78);
  CHECK(abc[31] == 0xAD);
  CHECK(jobsched::same_key(abc, jobsched::hash_account_key("abc")));
  for (const std::string_view other : {"", "ab", "abcd", "ABC"}) {
    CAPTURE(std::string(other));
    CHECK_FALSE(jobsched::same_key(abc, jobsched::hash_account_key(other)));
  }
}
