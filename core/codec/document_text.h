#pragma once

#include <string_view>

#include "core/error.h"

namespace jobsched {

// What a text must be before it is read as JSON or XML: not empty, UTF-8, and without NUL, which
// libraries take for the end of the text or for another encoding.
// Errors: kMalformed with the position of the fault.
Result<void> check_document_text(std::string_view text);

}  // namespace jobsched
