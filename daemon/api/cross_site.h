#pragma once

#include "core/error.h"
#include "daemon/http/message.h"

namespace jobsched {

// Whether a request may come from where it says it does. Any web page can have the browser of
// whoever looks at it send requests to a daemon that this browser reaches, and while there are no
// accounts nothing else would keep the daemon from obeying. So a request that changes something is
// refused if a browser marks it as another site's: by Sec-Fetch-Site (Fetch Metadata) or, without
// it, by an Origin (RFC 6454) that is not the Host it was sent to. Clients that are no browsers
// send neither. Errors: kForbidden.
Result<void> check_same_site(const http::Request& request);

}  // namespace jobsched
