#include "core/digest.h"

#include <openssl/sha.h>

namespace jobsched {

Digest digest_of(std::string_view bytes) {
  Digest digest{};
  static_assert(sizeof(digest) == SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

}  // namespace jobsched
