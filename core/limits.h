#pragma once

#include <chrono>
#include <cstddef>

namespace jobsched {

// Limits that no setting changes, each with its reason. Those that a setting does change are the
// members of `Limits`, with their defaults.

constexpr std::size_t kMaxUrlBytes = 2'048;        // what browsers, proxies and CDNs agree on
constexpr std::size_t kMaxContentTypeBytes = 255;  // two RFC 6838 names of 127 and a slash
constexpr std::size_t kMaxSignatureBytes = 4'096;  // half of the header block receivers accept
constexpr std::size_t kMaxCronBytes = 256;         // the longest sensible expression is ~120
constexpr std::size_t kMaxDocumentDepth = 32;      // a job document needs 3
constexpr std::size_t kMaxBulk = 10'000;           // jobs that one request creates
constexpr std::size_t kMaxDataBytes = 1'048'576;   // upper bound of the setting limits.data
constexpr std::size_t kMaxKeptResponse = 1'024;    // of each answer, in the attempt log
constexpr std::chrono::years kMaxWhenAhead{100};   // further ahead is a typing mistake

struct Limits {
  std::size_t data = 2'048;                // payload, bytes after decoding
  std::chrono::seconds min_interval{600};  // between two fire times of a cron schedule
  std::size_t body = 1'048'576;            // of an HTTP request, bytes
};

}  // namespace jobsched
