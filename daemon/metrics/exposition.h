#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/metrics/histogram.h"

namespace jobsched {

// Writes metrics in the text format of Prometheus, version 0.0.4. Names are whole, and values in
// base units; help texts and the values of labels have no character that would need an escape.
class Exposition {
 public:
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  // A metric with one value.
  void counter(std::string_view name, std::string_view help, std::uint64_t value);
  void counter(std::string_view name, std::string_view help, double value);
  void gauge(std::string_view name, std::string_view help, double value);

  // A metric with several: its beginning, and then each with its label.
  void counters(std::string_view name, std::string_view help);
  void labelled(std::string_view name,
                std::string_view label,
                std::string_view label_value,
                std::uint64_t value);

  // In seconds.
  void histogram(std::string_view name, std::string_view help, const Histogram& histogram);

  // A gauge that is always 1 and tells by its label.
  void info(std::string_view name,
            std::string_view help,
            std::string_view label,
            std::string_view label_value);

  std::string take() && { return std::move(text_); }

 private:
  void begin(std::string_view name, std::string_view help, std::string_view type);

  std::string text_;
};

}  // namespace jobsched
