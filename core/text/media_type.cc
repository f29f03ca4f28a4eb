#include "core/text/media_type.h"

#include "core/text/ascii.h"
#include "core/text/token.h"

namespace jobsched {

namespace {

// Eats the text from the front; what does not match stays.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }

  bool eat(char c) {
    if (!next_is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void eat_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) {
      rest_.remove_prefix(1);
    }
  }

  // Empty if there is none.
  std::string_view token() {
    std::size_t length = 0;
    while (length < rest_.size() && is_token_char(rest_[length])) {
      ++length;
    }
    const std::string_view found = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return found;
  }

  // After the opening quote.
  std::optional<std::string> quoted_string() {
    std::string value;
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return value;
      if (c == '\\') {
        if (rest_.empty()) return std::nullopt;
        c = rest_.front();
        rest_.remove_prefix(1);
      }
      if (is_control(c) && c != '\t') return std::nullopt;
      value += c;
    }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

std::optional<MediaTypeText::Parameter> read_parameter(Reader& reader) {
  const std::string_view name = reader.token();
  if (name.empty() || !reader.eat('=')) return std::nullopt;
  if (reader.eat('"')) {
    std::optional<std::string> value = reader.quoted_string();
    if (!value) return std::nullopt;
    return MediaTypeText::Parameter{lower_case(name), *std::move(value)};
  }
  const std::string_view value = reader.token();
  if (value.empty()) return std::nullopt;
  return MediaTypeText::Parameter{lower_case(name), std::string(value)};
}

}  // namespace

std::optional<MediaTypeText> parse_media_type(std::string_view text) {
  Reader reader(trim(text, is_blank));
  MediaTypeText media;
  media.type = lower_case(reader.token());
  if (media.type.empty() || !reader.eat('/')) return std::nullopt;
  media.subtype = lower_case(reader.token());
  if (media.subtype.empty()) return std::nullopt;
  while (!reader.at_end()) {
    reader.eat_blanks();
    if (!reader.eat(';')) return std::nullopt;
    reader.eat_blanks();
    if (reader.at_end() || reader.next_is(';')) continue;  // RFC 9110 lets one be empty
    std::optional<MediaTypeText::Parameter> parameter = read_parameter(reader);
    if (!parameter) return std::nullopt;
    media.parameters.push_back(*std::move(parameter));
  }
  return media;
}

}  // namespace jobsched
