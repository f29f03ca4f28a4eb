#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace jobsched {

// Limits that no setting changes, each with its reason. Those that a setting does change are the
// members of `Limits`, with their defaults.

constexpr std::size_t kMaxUrlBytes = 2'048;        // what browsers, proxies and CDNs agree on
constexpr std::size_t kMaxContentTypeBytes = 255;  // two RFC 6838 names of 127 and a slash
constexpr std::size_t kMaxSignatureBytes = 4'096;  // half of the header block receivers accept
constexpr std::size_t kMaxNameCharacters = 128;    // a name is for people: two lines of a terminal
constexpr std::size_t kMaxHeaders = 32;            // receivers accept about 100, ours included
constexpr std::size_t kMaxHeaderBytes = 8'192;     // names and values: what common receivers take
constexpr std::int64_t kMaxAttempts = 20;          // of a delivery, where a job asks for so many
constexpr std::size_t kMaxCronBytes = 256;         // the longest sensible expression is ~120
constexpr std::size_t kMaxDocumentDepth = 32;      // a list of jobs needs 4
constexpr std::size_t kMaxBulk = 10'000;           // jobs that one request creates
constexpr std::size_t kMaxDataBytes = 1'048'576;   // upper bound of the setting limits.data
constexpr std::size_t kMaxKeptResponse = 1'024;    // of each answer, in the attempt log
constexpr std::chrono::years kMaxWhenAhead{100};   // further ahead is a typing mistake
constexpr std::chrono::seconds kMaxJobTimeout{300};  // what takes longer can answer 202 first
constexpr std::chrono::seconds kMaxDelay{86'400};    // between attempts: a day, as for Retry-After

struct Limits {
  std::size_t data = 2'048;                // payload, bytes after decoding
  std::chrono::seconds min_interval{600};  // between two fire times of a cron schedule
  std::size_t body = 1'048'576;            // of an HTTP request, bytes
};

}  // namespace jobsched
