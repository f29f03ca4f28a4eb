#include "daemon/api/body.h"

#include <optional>

namespace jobsched {

Result<void> check_coding(const http::Request& request) {
  const auto coding = request.header("Content-Encoding");
  if (!coding || coding->empty() || *coding == "identity") return {};
  return fail(ErrorKind::kUnsupportedMedia,
              "the request's Content-Encoding is \"" + *coding +
                  "\"; send the body as it is, without a Content-Encoding");
}

Result<Format> body_format(const http::Request& request) {
  if (auto coding = check_coding(request); !coding) return tl::unexpected(coding.error());
  const std::optional<Format> format =
      document_format(request.header("Content-Type"), request.body);
  if (format) return *format;
  return fail(ErrorKind::kUnsupportedMedia,
              "a job document is JSON or XML; send it with Content-Type: application/json or "
              "Content-Type: application/xml");
}

}  // namespace jobsched
