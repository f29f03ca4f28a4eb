#pragma once

#include <string_view>

namespace jobsched {

// What describes the API, as it is served: the files of this folder, which the build makes a part
// of the program. UTF-8.

std::string_view openapi_document();  // OpenAPI 3.1, JSON
std::string_view api_page();          // for people, HTML that needs nothing else

}  // namespace jobsched
