#pragma once

#include "daemon/api/call.h"

namespace jobsched {

// The calls that describe the API: `GET /openapi.json`, and `GET /` for people.
void answer_openapi(Call call);
void answer_page(Call call);

}  // namespace jobsched
