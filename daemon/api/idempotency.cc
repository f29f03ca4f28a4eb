#include "daemon/api/idempotency.h"

#include <string_view>

#include "core/codec/idempotency_key.h"

namespace jobsched {

namespace {

constexpr std::size_t kBytesOfSize = sizeof(std::uint64_t);

// Each part with its size before it, so that nothing moves from one into the next.
void append(std::string& all, std::string_view part) {
  const std::uint64_t size = part.size();
  for (std::size_t i = 0; i < kBytesOfSize; ++i)
    all += static_cast<char>(size >> (8U * i) & 0xFFU);
  all += part;
}

Digest digest_of_request(const http::Request& request) {
  std::string all;
  append(all, request.target);
  for (const std::string_view name : {"Content-Type", "X-Content-Signature"})
    append(all, request.header(name).value_or(""));
  append(all, request.body);
  return digest_of(all);
}

}  // namespace

Result<std::optional<IdempotencyKey>> idempotency_key_of(const http::Request& request,
                                                         const std::string& account) {
  const std::optional<std::string> value = request.header("Idempotency-Key");
  if (!value) return std::nullopt;
  if (std::optional<std::string> key = read_idempotency_key(*value)) {
    return IdempotencyKey{account, *std::move(key), digest_of_request(request)};
  }
  return fail(ErrorKind::kMalformed,
              "an Idempotency-Key is one string of 1 to 255 printable ASCII characters, best in "
              "quotes: Idempotency-Key: \"8e03978e-40d5-43dd\"");
}

}  // namespace jobsched
