#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/http/framer.h"

namespace jobsched::http {

// Everything a framer makes of `bytes`, in words, one outcome a line: for a request its method,
// target, headers, body and whether the connection stays; for a refusal its status and detail.
// Whether "100 Continue" was asked for is left out, since that may depend on the splits.
// `piece` says how many bytes (from 1) to feed next, given how many are left.
std::string transcript(std::string_view bytes,
                       const std::function<std::size_t(std::size_t left)>& piece,
                       FramerLimits limits = {});

// The same, fed at one go.
std::string transcript(std::string_view bytes, FramerLimits limits = {});

}  // namespace jobsched::http
