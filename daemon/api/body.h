#pragma once

#include "core/codec/format.h"
#include "core/error.h"
#include "daemon/http/message.h"

namespace jobsched {

// That the body is as its user made it. Errors: kUnsupportedMedia for a content coding, which would
// have to be undone before the payload means what the user means.
Result<void> check_coding(const http::Request& request);

// The format of the document, or of the documents, in the body, by its Content-Type or else by its
// first character. Errors: kUnsupportedMedia.
Result<Format> body_format(const http::Request& request);

}  // namespace jobsched
