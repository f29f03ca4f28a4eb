#include "cmd/caret.h"

#include <algorithm>

#include "core/text/utf8.h"

namespace jobsched::cmd {

std::string point_at(std::string_view text, std::size_t position) {
  position = std::min(position, text.size());
  std::string shown = "  ";
  std::string below = "  ";
  for (std::size_t i = 0; i < text.size();) {
    const auto point = decode_utf8(text.substr(i));
    const std::size_t length = point ? point->length : 1;
    const bool visible = point && !is_control(point->value);
    shown += visible ? std::string(text.substr(i, length)) : std::string(kReplacementCharacter);
    if (i + length <= position) below += ' ';
    i += length;
  }
  return shown + "\n" + below + "^";
}

tl::unexpected<Failure> refuse_expression(std::string_view expression, const Error& error) {
  std::string message = error.detail;
  if (error.position) message += "\n" + point_at(expression, *error.position);
  return fail(ExitCode::kRefused, std::move(message));
}

}  // namespace jobsched::cmd
