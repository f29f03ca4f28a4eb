#include "core/codec/account_codec.h"
#include "core/codec/writer.h"
#include "core/time/iso8601.h"

namespace jobsched {

namespace {

// Neither names nor keys have a character that is special in either format.
std::string account_json(const Account& account) {
  return R"({"name":")" + account.name + R"(","jobs":)" + std::to_string(account.jobs) +
         R"(,"created":")" + format_instant(account.created) + "\"}";
}

std::string account_xml(const Account& account) {
  std::string out = "<account>";
  append_xml_element(out, "name", account.name);
  append_xml_element(out, "jobs", std::to_string(account.jobs));
  append_xml_element(out, "created", format_instant(account.created));
  return out + "</account>";
}

}  // namespace

std::string write_accounts(Format format, std::span<const Account> accounts) {
  const bool xml = format == Format::kXml;
  std::string out = xml ? std::string(kXmlDeclaration) + "<accounts>" : "[";
  for (const Account& account : accounts) {
    if (!xml && out.size() > 1) out += ',';
    out += xml ? account_xml(account) : account_json(account);
  }
  return out + (xml ? "</accounts>" : "]");
}

std::string write_new_key(Format format, std::string_view name, std::string_view key) {
  switch (format) {
    case Format::kText: break;
    case Format::kJson:
      return std::string(R"({"name":")").append(name).append(R"(","key":")").append(key) + "\"}";
    case Format::kXml: {
      std::string out = std::string(kXmlDeclaration) + "<account>";
      append_xml_element(out, "name", name);
      append_xml_element(out, "key", key);
      return out + "</account>";
    }
  }
  return std::string(key);
}

}  // namespace jobsched
