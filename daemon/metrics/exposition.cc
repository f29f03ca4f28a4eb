#include "daemon/metrics/exposition.h"

#include <array>
#include <charconv>
#include <chrono>

namespace jobsched {

namespace {

// The shortest text without an exponent that reads back as the number.
std::string text_of(double number) {
  std::array<char, 512> text{};  // more than the largest one needs
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed).ptr;
  return {text.data(), end};
}

std::string seconds_of(Micros length) {
  return text_of(std::chrono::duration<double>(length).count());
}

}  // namespace

void Exposition::begin(std::string_view name, std::string_view help, std::string_view type) {
  text_.append("# HELP ").append(name).append(" ").append(help);
  text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void Exposition::counter(std::string_view name, std::string_view help, std::uint64_t value) {
  begin(name, help, "counter");
  text_.append(name).append(" ").append(std::to_string(value)).append("\n");
}

void Exposition::counter(std::string_view name, std::string_view help, double value) {
  begin(name, help, "counter");
  text_.append(name).append(" ").append(text_of(value)).append("\n");
}

void Exposition::gauge(std::string_view name, std::string_view help, double value) {
  begin(name, help, "gauge");
  text_.append(name).append(" ").append(text_of(value)).append("\n");
}

void Exposition::counters(std::string_view name, std::string_view help) {
  begin(name, help, "counter");
}

void Exposition::labelled(std::string_view name,
                          std::string_view label,
                          std::string_view label_value,
                          std::uint64_t value) {
  text_.append(name).append("{").append(label).append("=\"").append(label_value).append("\"} ");
  text_.append(std::to_string(value)).append("\n");
}

void Exposition::histogram(std::string_view name,
                           std::string_view help,
                           const Histogram& histogram) {
  begin(name, help, "histogram");
  const std::string bucket = std::string(name) + "_bucket";
  const auto bounds = histogram.bounds();
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    count += histogram.count(i);
    labelled(bucket, "le", seconds_of(bounds[i]), count);
  }
  count += histogram.count(bounds.size());
  labelled(bucket, "le", "+Inf", count);
  text_.append(name).append("_sum ").append(seconds_of(histogram.sum())).append("\n");
  text_.append(name).append("_count ").append(std::to_string(count)).append("\n");
}

void Exposition::info(std::string_view name,
                      std::string_view help,
                      std::string_view label,
                      std::string_view label_value) {
  begin(name, help, "gauge");
  labelled(name, label, label_value, 1);
}

}  // namespace jobsched
