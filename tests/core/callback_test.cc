#include "core/delivery/callback.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/version.h"

using jobsched::Callback;
using jobsched::Delivery;
using jobsched::Instant;
using jobsched::Job;
using jobsched::Millis;

namespace {

constexpr Instant kFireTime{Millis{1'800'000'000'000}};  // 2027-01-15T08:00:00Z
constexpr std::string_view kId = "0193ba07-0c8b-7a82-9a47-c65e7a8d24af";

Job job() {
  return {*jobsched::parse_job_id(kId),
          "default",
          {"http://example.com/hook?a=b", {}, {}, {}, jobsched::Once{kFireTime}},
          {}};
}

Delivery delivery(std::uint32_t attempt = 1) {
  return {*jobsched::parse_job_id(kId), kFireTime, attempt};
}

// The headers as "Name: value" lines.
std::string lines(const Callback& callback) {
  std::string text;
  for (const auto& [name, value] : callback.headers)
    text += name + ": " + value + '\n';
  return text;
}

std::string common_lines(std::string_view timestamp, std::string_view attempt) {
  return "User-Agent: jobsched/" + std::string(jobsched::version()) +
         "\nwebhook-id: 0193ba07-0c8b-7a82-9a47-c65e7a8d24af_1800000000000"
         "\nwebhook-timestamp: " +
         std::string(timestamp) +
         "\nJobsched-Job-Id: 0193ba07-0c8b-7a82-9a47-c65e7a8d24af"
         "\nJobsched-Fire-Time: 2027-01-15T08:00:00Z"
         "\nJobsched-Attempt: " +
         std::string(attempt) + '\n';
}

}  // namespace

TEST_CASE("the headers of an attempt") {
  struct Row {
    std::string_view rule;
    std::optional<std::string> data;
    std::optional<std::string> content_type;
    std::optional<std::string> signature;
    std::string_view before_common;
  };

  const Row rows[] = {
      {"no body, no type", {}, {}, {}, ""},
      {"an empty body has no type either", "", "text/plain", {}, ""},
      {"a type without a body is not sent", {}, "text/plain", {}, ""},
      {"a body of no type", "x", {}, {}, "Content-Type: application/octet-stream\n"},
      {"a body with its type", "{}", "application/json", {}, "Content-Type: application/json\n"},
      {"a signature", {}, {}, "sha1=ab cd", "X-Content-Signature: sha1=ab cd\n"},
      {"both", "x", "a/b", "s", "Content-Type: a/b\nX-Content-Signature: s\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    Job it = job();
    it.spec.data = row.data;
    it.spec.content_type = row.content_type;
    it.spec.signature = row.signature;
    const Callback callback = jobsched::make_callback(it, delivery(), kFireTime);
    CHECK(lines(callback) == std::string(row.before_common) + common_lines("1800000000", "1"));
    CHECK(callback.method == "POST");
    CHECK(callback.url == "http://example.com/hook?a=b");
    CHECK(callback.body == row.data.value_or(""));
  }
}

TEST_CASE("a job's own headers come last, and its own User-Agent in place of ours") {
  Job it = job();
  it.spec.headers = {{"Authorization", "Bearer x"}, {"X-Empty", ""}};
  CHECK(lines(jobsched::make_callback(it, delivery(), kFireTime)) ==
        common_lines("1800000000", "1") + "Authorization: Bearer x\nX-Empty: \n");
  it.spec.headers = {{"user-agent", "mine"}};
  const std::string common = common_lines("1800000000", "1");
  CHECK(lines(jobsched::make_callback(it, delivery(), kFireTime)) ==
        common.substr(common.find('\n') + 1) + "user-agent: mine\n");
}

TEST_CASE("the method is the job's") {
  using jobsched::Method;
  Job it = job();
  for (const Method method : {Method::kPost, Method::kPut, Method::kPatch, Method::kDelete}) {
    it.spec.method = method;
    it.spec.data = "x";
    const Callback callback = jobsched::make_callback(it, delivery(), kFireTime);
    CHECK(callback.method == jobsched::method_name(method));
    CHECK(callback.body == "x");
  }
}

TEST_CASE("a later attempt has its own time and number, and the same webhook-id") {
  const Callback late =
      jobsched::make_callback(job(), delivery(7), kFireTime + std::chrono::seconds{90});
  CHECK(lines(late) == common_lines("1800000090", "7"));
}

TEST_CASE("the timestamp is rounded down to the second") {
  const Callback callback = jobsched::make_callback(job(), delivery(), kFireTime + Millis{999});
  CHECK(lines(callback) == common_lines("1800000000", "1"));
}

TEST_CASE("the body is sent byte for byte") {
  Job it = job();
  it.spec.data.emplace();
  for (int byte = 0; byte < 256; ++byte)
    it.spec.data->push_back(static_cast<char>(byte));
  CHECK(jobsched::make_callback(it, delivery(), kFireTime).body == *it.spec.data);
}

TEST_CASE("a callback is signed as it is sent, last of all, by every secret") {
  const auto one = *jobsched::SigningSecret::from_bytes(std::string(32, '1'));
  const auto two = *jobsched::SigningSecret::from_bytes(std::string(32, '2'));
  Job it = job();
  it.spec.data = "h\xC3\xA9llo";
  Callback callback = jobsched::make_callback(it, delivery(2), kFireTime + Millis{1'999});
  const std::string unsigned_lines = lines(callback);
  const auto sign = [](const jobsched::SigningSecret& secret) {
    return jobsched::sign(secret, std::string(kId) + "_1800000000000", "1800000001",
                          "h\xC3\xA9llo");
  };
  jobsched::add_signature(callback, std::vector{one, two});
  CHECK(lines(callback) ==
        unsigned_lines + "webhook-signature: " + sign(one) + " " + sign(two) + "\n");
}

TEST_CASE("without a secret there is no signature") {
  Callback callback = jobsched::make_callback(job(), delivery(), kFireTime);
  jobsched::add_signature(callback, {});
  CHECK(lines(callback) == common_lines("1800000000", "1"));
}

TEST_CASE("where a callback goes") {
  struct Row {
    std::string_view url;
    std::string_view target;
  };

  const Row rows[] = {
      {"http://example.com", "example.com:80"},
      {"http://example.com/", "example.com:80"},
      {"https://example.com/a:1", "example.com:443"},
      {"HTTPS://Example.COM/A", "example.com:443"},
      {"http://example.com:8080/x", "example.com:8080"},
      {"http://example.com:/x", "example.com:80"},
      {"http://example.com?q=http://other/", "example.com:80"},
      {"http://example.com#f", "example.com:80"},
      {"http://[::1]/", "[::1]:80"},
      {"https://[2001:DB8::1]:8443/", "[2001:db8::1]:8443"},
      {"no url at all", "no url at all:80"},
      {"", ":80"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.url);
    CHECK(jobsched::callback_target(row.url) == row.target);
  }
}
