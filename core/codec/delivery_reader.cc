#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "core/codec/delivery_codec.h"
#include "core/codec/job_fields.h"
#include "core/codec/json_reader.h"
#include "core/text/base64.h"
#include "core/text/utf8.h"
#include "core/time/iso8601.h"

namespace jobsched {

namespace {

tl::unexpected<Error> malformed(std::string detail) {
  return fail(ErrorKind::kMalformed, std::move(detail));
}

tl::unexpected<Error> no_value(std::string_view member, std::string_view text) {
  return malformed("the member " + std::string(member) + " of a delivery is " + quote(text) +
                   ", which this version does not know");
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Micros> parse_milliseconds(std::string_view text) {
  constexpr double kMax = 1e12;  // decades; a greater number of microseconds need not fit
  const auto millis = parse_number<double>(text);
  if (!millis || !(*millis >= 0 && *millis <= kMax)) return std::nullopt;
  return Micros{std::llround(*millis * 1000)};
}

std::optional<Instant> parse_time(std::string_view text) {
  const auto instant = parse_instant(text);
  return instant ? std::optional(*instant) : std::nullopt;
}

// Puts a value in its place, or refuses the text that it could not be read from.
template <class T, class Member>
Result<void> assign(std::string_view name,
                    std::string_view text,
                    const std::optional<T>& value,
                    Member& member) {
  if (!value) return no_value(name, text);
  member = *value;
  return {};
}

Result<void> set_delivery(LoggedDelivery& logged, std::string_view name, const std::string& text) {
  if (name == "id") return assign(name, text, parse_delivery_id(text), logged.delivery);
  if (name == "account") logged.account = text;
  if (name == "state") return assign(name, text, parse_state(text), logged.state);
  if (name == "due") return assign(name, text, parse_time(text), logged.due);
  if (name == "ended") return assign(name, text, parse_time(text), logged.ended);
  if (name == "reason") logged.reason = text;
  return {};
}

Result<void> set_attempt(LoggedAttempt& attempt, std::string_view name, const std::string& text) {
  if (name == "number") {
    return assign(name, text, parse_number<std::uint32_t>(text), attempt.number);
  }
  if (name == "started") return assign(name, text, parse_time(text), attempt.started);
  if (name == "result") return assign(name, text, parse_fault(text), attempt.fault);
  if (name == "status") return assign(name, text, parse_number<int>(text), attempt.status);
  if (name == "error") attempt.error = text;
  if (name == "response") attempt.response = text;
  if (name == "responseEncoding") {
    auto bytes = decode_base64(attempt.response);
    if (text != kBase64Encoding || !bytes) return no_value(name, text);
    attempt.response = *std::move(bytes);
  }
  return {};
}

Result<void> set_timing(AttemptTimings& timings, std::string_view name, const std::string& text) {
  const auto length = parse_milliseconds(text);
  if (name == "dns") return assign(name, text, length, timings.dns);
  if (name == "connect") return assign(name, text, length, timings.connect);
  if (name == "tls") return assign(name, text, length, timings.tls);
  if (name == "firstByte") return assign(name, text, length, timings.first_byte);
  if (name == "total") return assign(name, text, length, timings.total);
  return {};
}

// Reads one delivery, or a list: then all is one level deeper. Levels: 0 the delivery, 1 its
// members, 2 its attempts, 3 their members, 4 their timings.
class DeliveryHandler final : public JsonHandler {
 public:
  explicit DeliveryHandler(bool is_list) : base_(is_list ? 1 : 0) {}

  Result<void> key(std::string name, std::size_t depth) override {
    const std::size_t level = depth - base_;
    if (level == 1)
      member_ = std::move(name);
    else if (level == 3)
      attempt_member_ = std::move(name);
    else if (level == 4)
      timing_ = std::move(name);
    return {};
  }

  Result<void> value(JsonType type, std::string text, std::size_t depth) override {
    if (depth < base_) return require(type == JsonType::kArray);
    const std::size_t level = depth - base_;
    if (level == 0) return begin_delivery(type);
    if (level == 1) return set_member(type, text);
    if (member_ != "attempts") return {};
    if (level == 2) {
      deliveries_.back().attempts.emplace_back();
      return require(type == JsonType::kObject);
    }
    LoggedAttempt& attempt = deliveries_.back().attempts.back();
    if (level == 3) return set_attempt(attempt, attempt_member_, text);
    if (level == 4 && attempt_member_ == "timings") {
      return set_timing(attempt.timings, timing_, text);
    }
    return {};
  }

  Result<std::vector<LoggedDelivery>> build() {
    if (auto complete = end_delivery(); !complete) return tl::unexpected(complete.error());
    return std::move(deliveries_);
  }

 private:
  static Result<void> require(bool as_it_should_be) {
    if (as_it_should_be) return {};
    return malformed("the answer is not of the attempt log; is it jobsched that answers there?");
  }

  Result<void> begin_delivery(JsonType type) {
    if (auto complete = end_delivery(); !complete) return complete;
    deliveries_.emplace_back();
    has_id_ = has_state_ = false;
    return require(type == JsonType::kObject);
  }

  // The end of one shows in what follows it.
  Result<void> end_delivery() const {
    return require(deliveries_.empty() || (has_id_ && has_state_));
  }

  Result<void> set_member(JsonType type, const std::string& text) {
    if (member_ == "attempts") return require(type == JsonType::kArray);
    has_id_ = has_id_ || member_ == "id";
    has_state_ = has_state_ || member_ == "state";
    return set_delivery(deliveries_.back(), member_, text);
  }

  std::size_t base_;
  std::string member_;
  std::string attempt_member_;
  std::string timing_;
  bool has_id_ = false;
  bool has_state_ = false;
  std::vector<LoggedDelivery> deliveries_;
};

Result<std::vector<LoggedDelivery>> read(std::string_view json, bool is_list) {
  DeliveryHandler handler(is_list);
  if (auto done = read_json(json, handler); !done) return tl::unexpected(std::move(done.error()));
  return handler.build();
}

}  // namespace

Result<LoggedDelivery> read_delivery(std::string_view json) {
  return read(json, false).map([](std::vector<LoggedDelivery> one) {
    return std::move(one.front());
  });
}

Result<std::vector<LoggedDelivery>> read_deliveries(std::string_view json) {
  return read(json, true);
}

}  // namespace jobsched
