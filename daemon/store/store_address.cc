#include "daemon/store/store_address.h"

#include <array>

namespace jobsched {

namespace {

constexpr std::string_view kHidden = "***";

// "user:***@", or as it was.
std::string shown_user(std::string_view user) {
  const std::size_t colon = user.find(':');
  if (colon == std::string_view::npos) return std::string(user);
  return std::string(user.substr(0, colon + 1)).append(kHidden);
}

std::string shown_parameter(std::string_view parameter) {
  const std::size_t equals = parameter.find('=');
  const std::string_view name = parameter.substr(0, equals);
  // A name may be written with escapes, so that it is not known what it is.
  const bool secret = name == "password" || name == "sslpassword" || name.find('%') != name.npos;
  if (equals == std::string_view::npos || !secret) return std::string(parameter);
  return std::string(name).append("=").append(kHidden);
}

std::string shown_parameters(std::string_view parameters) {
  std::string shown;
  for (;;) {
    const std::size_t end = parameters.find('&');
    shown += shown_parameter(parameters.substr(0, end));
    if (end == std::string_view::npos) return shown;
    shown += '&';
    parameters.remove_prefix(end + 1);
  }
}

}  // namespace

bool is_database(std::string_view address) {
  return address.starts_with("postgresql://") || address.starts_with("postgres://");
}

// A password may have any character but those that end the authority: what comes before the last @
// there is the user's.
std::string shown_address(std::string_view address) {
  if (!is_database(address)) return std::string(address);
  const std::size_t begin = address.find("//") + 2;
  std::string shown(address.substr(0, begin));
  std::string_view rest = address.substr(begin);
  const std::size_t question = rest.find('?');
  const std::string_view parameters =
      question == std::string_view::npos ? std::string_view{} : rest.substr(question);
  // A password with a question mark in it would show; written right, it has none.
  if (parameters.find('@') != std::string_view::npos) return shown.append(kHidden);
  rest = rest.substr(0, question);
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    shown += shown_user(rest.substr(0, at));
    rest.remove_prefix(at);
  }
  shown += rest;
  if (parameters.empty()) return shown;
  return shown.append("?").append(shown_parameters(parameters.substr(1)));
}

}  // namespace jobsched
