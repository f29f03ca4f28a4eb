#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/job/id.h"
#include "core/time/instant.h"

namespace jobsched::pg {

// A value for a bytea; a std::string is one for a text.
struct Blob {
  std::string_view bytes;
};

// An array for `unnest`, in PostgreSQL's text form: a column of a statement that concerns many
// rows. All members but the last add one element.
class Array {
 public:
  void add(std::int64_t number);
  void add(bool flag);
  void add(Instant instant);
  void add(const JobId& id);
  void add(std::string_view text);
  void add(Blob blob);

  void add(const char*) = delete;  // would be a bool

  template <class Value>
  void add(const std::optional<Value>& value) {
    if (value) {
      add(*value);
    } else {
      add_null();
    }
  }

  void add_null();

  std::string text() const { return '{' + elements_ + '}'; }

 private:
  void separate();

  std::string elements_;
};

// The parameters of one execution of a statement, copied.
class Parameters {
 public:
  template <class... Values>
  explicit Parameters(const Values&... values) {
    values_.reserve(sizeof...(values));
    (add(values), ...);
  }

  // One of them as libpq takes it: text, or the bytes of a bytea.
  struct Value {
    std::optional<std::string> bytes;  // absent: NULL
    bool binary = false;
  };

  const std::vector<Value>& values() const { return values_; }

 private:
  void add(std::int64_t number) { values_.push_back({std::to_string(number)}); }

  void add(bool flag) { values_.push_back({flag ? "true" : "false"}); }

  void add(Instant instant) { add(std::int64_t{instant.time_since_epoch().count()}); }

  void add(const JobId& id) { values_.push_back({format_job_id(id)}); }

  void add(const std::string& text) { values_.push_back({text}); }

  void add(Blob blob) { values_.push_back({std::string(blob.bytes), true}); }

  void add(const Array& array) { values_.push_back({array.text()}); }

  // A parameter each.
  void add(const std::vector<Array>& columns) {
    for (const Array& column : columns)
      add(column);
  }

  void add(const char*) = delete;  // would be a bool

  template <class Value>
  void add(const std::optional<Value>& value) {
    if (value) {
      add(*value);
    } else {
      values_.push_back({});
    }
  }

  std::vector<Value> values_;
};

}  // namespace jobsched::pg
