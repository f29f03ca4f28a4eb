#include "core/delivery/delivery.h"

#include <charconv>

namespace jobsched {

namespace {

constexpr std::size_t kJobIdLength = 36;

// Takes "_" and a number in its shortest form off the front of `text`.
template <class Number>
std::optional<Number> take_number(std::string_view& text) {
  if (!text.starts_with('_')) return std::nullopt;
  text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view digits(text.data(), static_cast<std::size_t>(end - text.data()));
  if (error != std::errc{} || digits != std::to_string(number)) return std::nullopt;
  text.remove_prefix(digits.size());
  return number;
}

}  // namespace

std::string format_delivery_id(const Delivery& delivery) {
  std::string id = format_job_id(delivery.job) + '_' +
                   std::to_string(delivery.fire_time.time_since_epoch().count());
  if (delivery.epoch != 0) id += '_' + std::to_string(delivery.epoch);
  return id;
}

std::optional<Delivery> parse_delivery_id(std::string_view text) {
  const std::optional<JobId> job = parse_job_id(text.substr(0, kJobIdLength));
  if (!job) return std::nullopt;
  text.remove_prefix(kJobIdLength);
  const auto millis = take_number<std::int64_t>(text);
  const bool has_epoch = !text.empty();
  const auto epoch = has_epoch ? take_number<std::uint32_t>(text) : 0U;
  if (!millis || !epoch || !text.empty() || (has_epoch && *epoch == 0)) return std::nullopt;
  return Delivery{*job, Instant{Millis{*millis}}, 1, *epoch};
}

}  // namespace jobsched
