#include <cassert>
#include <cstdint>
#include <utility>

#include "core/codec/delivery_codec.h"
#include "core/codec/job_fields.h"
#include "core/codec/writer.h"
#include "core/text/base64.h"
#include "core/text/utf8.h"
#include "core/time/iso8601.h"

namespace jobsched {

namespace {

// What a document says, piece by piece, as JSON. Items of a list have no names here.
class JsonWriter {
 public:
  explicit JsonWriter(std::string before = {}) : out_(std::move(before)) {}

  void begin_list() { out_ += '['; }

  void end_list() { out_ += ']'; }

  void begin_list(std::string_view name) {
    key(name);
    out_ += '[';
  }

  void end_list(std::string_view /*name*/) { out_ += ']'; }

  void begin_item(std::string_view /*name*/) {
    separate();
    out_ += '{';
  }

  void begin(std::string_view name) {
    key(name);
    out_ += '{';
  }

  void end(std::string_view /*name*/) { out_ += '}'; }

  void text(std::string_view name, std::string_view text) {
    key(name);
    append_json_string(out_, text);
  }

  void number(std::string_view name, std::string_view digits) {
    key(name);
    out_ += digits;
  }

  void bytes(std::string_view name, std::string_view bytes) {
    const bool is_text = !find_invalid_utf8(bytes);
    text(name, is_text ? std::string(bytes) : encode_base64(bytes));
    if (!is_text) text(std::string(name) + "Encoding", kBase64Encoding);
  }

  std::string take() { return std::move(out_); }

 private:
  void separate() {
    if (!out_.empty() && out_.back() != '[' && out_.back() != '{') out_ += ',';
  }

  void key(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_ += ':';
  }

  std::string out_;
};

// The same as XML.
class XmlWriter {
 public:
  explicit XmlWriter(std::string before = std::string(kXmlDeclaration)) : out_(std::move(before)) {}

  void begin_list() { begin("deliveries"); }

  void end_list() { end("deliveries"); }

  void begin_list(std::string_view name) { begin(name); }

  void end_list(std::string_view name) { end(name); }

  void begin_item(std::string_view name) { begin(name); }

  void begin(std::string_view name) { out_.append("<").append(name).append(">"); }

  void end(std::string_view name) { out_.append("</").append(name).append(">"); }

  void text(std::string_view name, std::string_view text) { append_xml_element(out_, name, text); }

  void number(std::string_view name, std::string_view digits) { text(name, digits); }

  void bytes(std::string_view name, std::string_view bytes) {
    if (is_xml_text(bytes)) {
      text(name, bytes);
      return;
    }
    out_.append("<").append(name).append(" encoding=\"").append(kBase64Encoding).append("\">");
    out_.append(encode_base64(bytes));
    end(name);
  }

  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Milliseconds, to the microsecond, without trailing zeros.
std::string in_milliseconds(Micros length) {
  const std::int64_t micros = length.count();
  std::string text = std::to_string(micros / 1000);
  if (micros % 1000 == 0) return text;
  std::string decimals = std::to_string(1000 + micros % 1000).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  return text + '.' + decimals;
}

template <class Writer>
void write_timings(Writer& out, const AttemptTimings& timings) {
  const auto add = [&](std::string_view name, std::optional<Micros> length) {
    if (length) out.number(name, in_milliseconds(*length));
  };
  out.begin("timings");
  add("dns", timings.dns);
  add("connect", timings.connect);
  add("tls", timings.tls);
  add("firstByte", timings.first_byte);
  add("total", timings.total);
  out.end("timings");
}

template <class Writer>
void write_attempt(Writer& out, const LoggedAttempt& attempt) {
  out.begin_item("attempt");
  out.number("number", std::to_string(attempt.number));
  out.text("started", format_instant(attempt.started));
  out.text("result", fault_name(attempt.fault));
  if (attempt.status != 0) out.number("status", std::to_string(attempt.status));
  if (!attempt.error.empty()) out.text("error", attempt.error);
  write_timings(out, attempt.timings);
  if (!attempt.response.empty()) out.bytes("response", attempt.response);
  out.end("attempt");
}

template <class Writer>
void write_standing(Writer& out, const LoggedDelivery& logged) {
  out.text("fireTime", format_instant(logged.delivery.fire_time));
  out.text("state", state_name(logged.state));
  if (logged.due) out.text("due", format_instant(*logged.due));
  if (logged.ended) out.text("ended", format_instant(*logged.ended));
  if (!logged.reason.empty()) out.text("reason", logged.reason);
}

template <class Writer>
void write_one(Writer& out, const LoggedDelivery& logged) {
  out.begin_item("delivery");
  out.text("id", format_delivery_id(logged.delivery));
  out.text("job", format_job_id(logged.delivery.job));
  out.text("account", logged.account);
  write_standing(out, logged);
  out.begin_list("attempts");
  for (const LoggedAttempt& attempt : logged.attempts)
    write_attempt(out, attempt);
  out.end_list("attempts");
  out.end("delivery");
}

template <class Writer>
std::string write_last(const LoggedDelivery& logged) {
  constexpr std::string_view kName = "lastDelivery";
  Writer out{std::string()};
  out.begin(kName);
  out.text("id", format_delivery_id(logged.delivery));
  write_standing(out, logged);
  out.end(kName);
  return out.take();
}

template <class Writer>
std::string write_single(const LoggedDelivery& delivery) {
  Writer out;
  write_one(out, delivery);
  return out.take();
}

template <class Writer>
std::string write_list(std::span<const LoggedDelivery> deliveries) {
  Writer out;
  out.begin_list();
  for (const LoggedDelivery& delivery : deliveries)
    write_one(out, delivery);
  out.end_list();
  return out.take();
}

}  // namespace

std::string write_delivery(Format format, const LoggedDelivery& delivery) {
  assert(format != Format::kText);
  return format == Format::kJson ? write_single<JsonWriter>(delivery)
                                 : write_single<XmlWriter>(delivery);
}

std::string write_last_delivery(Format format, const LoggedDelivery& delivery) {
  assert(format != Format::kText);
  return format == Format::kJson ? write_last<JsonWriter>(delivery)
                                 : write_last<XmlWriter>(delivery);
}

std::string write_deliveries(Format format, std::span<const LoggedDelivery> deliveries) {
  assert(format != Format::kText);
  return format == Format::kJson ? write_list<JsonWriter>(deliveries)
                                 : write_list<XmlWriter>(deliveries);
}

}  // namespace jobsched
