#include "core/codec/secret_codec.h"
#include "core/codec/writer.h"
#include "core/time/iso8601.h"

namespace jobsched {

namespace {

std::string secrets_json(std::span<const AccountSecret> secrets) {
  std::string out = "[";
  for (const AccountSecret& one : secrets) {
    if (out.size() > 1) out += ',';
    out += R"({"created":")" + format_instant(one.created) + '"';
    if (one.ends) out += R"(,"ends":")" + format_instant(*one.ends) + '"';
    out += '}';
  }
  return out + ']';
}

std::string secrets_xml(std::span<const AccountSecret> secrets) {
  std::string out = std::string(kXmlDeclaration) + "<secrets>";
  for (const AccountSecret& one : secrets) {
    out += "<secret>";
    append_xml_element(out, "created", format_instant(one.created));
    if (one.ends) append_xml_element(out, "ends", format_instant(*one.ends));
    out += "</secret>";
  }
  return out + "</secrets>";
}

}  // namespace

std::string write_secrets(Format format, std::span<const AccountSecret> secrets) {
  return format == Format::kXml ? secrets_xml(secrets) : secrets_json(secrets);
}

std::string write_new_secret(Format format, const AccountSecret& secret) {
  const std::string text = secret.secret.text();
  const std::string created = format_instant(secret.created);
  switch (format) {
    case Format::kText: break;
    case Format::kJson: return R"({"secret":")" + text + R"(","created":")" + created + "\"}";
    case Format::kXml:
      return std::string(kXmlDeclaration) + "<secret><secret>" + text + "</secret><created>" +
             created + "</created></secret>";
  }
  return text;
}

}  // namespace jobsched
