#include "daemon/store/postgres/parameters.h"

namespace jobsched::pg {

void Array::separate() {
  if (!elements_.empty()) elements_ += ',';
}

void Array::add(std::int64_t number) {
  separate();
  elements_ += std::to_string(number);
}

void Array::add(bool flag) {
  separate();
  elements_ += flag ? 't' : 'f';
}

void Array::add(Instant instant) {
  add(std::int64_t{instant.time_since_epoch().count()});
}

void Array::add(const JobId& id) {
  separate();
  elements_ += format_job_id(id);
}

// In quotes, so that neither commas nor the word NULL mean anything.
void Array::add(std::string_view text) {
  separate();
  elements_ += '"';
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') elements_ += '\\';
    elements_ += byte;
  }
  elements_ += '"';
}

void Array::add(Blob blob) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  separate();
  elements_ += "\"\\\\x";
  for (const char byte : blob.bytes) {
    const auto bits = static_cast<unsigned char>(byte);
    elements_ += kDigits[bits >> 4U];
    elements_ += kDigits[bits & 0xFU];
  }
  elements_ += '"';
}

void Array::add_null() {
  separate();
  elements_ += "NULL";
}

}  // namespace jobsched::pg
