#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/codec/format.h"
#include "core/delivery/log.h"
#include "core/error.h"

namespace jobsched {

// The attempt log in the API's formats. All of these are pure and thread-safe.

// Writes a delivery and its attempts, the fields in the documented order and absent where they do
// not apply; timings in milliseconds with up to three decimals. A response that the format cannot
// carry as text is in base64, and says so. Requires: format is kJson or kXml.
std::string write_delivery(Format format, const LoggedDelivery& delivery);

// Writes a list of them: a JSON array, or <deliveries>. Requires: format is kJson or kXml.
std::string write_deliveries(Format format, std::span<const LoggedDelivery> deliveries);

// Writes where a job's last delivery stands, without its attempts, as a member of the job's
// document: "lastDelivery":{…} or <lastDelivery>…</lastDelivery>. Requires: format is kJson or
// kXml.
std::string write_last_delivery(Format format, const LoggedDelivery& delivery);

// Reads back the JSON that these write. Members that it does not know are passed over: a newer
// daemon may say more. Which attempt is due the document does not say; `delivery.attempt` is 1.
// Errors: kMalformed.
Result<LoggedDelivery> read_delivery(std::string_view json);
Result<std::vector<LoggedDelivery>> read_deliveries(std::string_view json);

}  // namespace jobsched
