#include "cmd/secret_text.h"

#include <nlohmann/json.hpp>

#include "cmd/json_answer.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

using Json = nlohmann::json;

std::optional<std::string> text_member(const Json& json, const char* name) {
  const auto member = json.find(name);
  if (member == json.end() || !member->is_string()) return std::nullopt;
  return printable(member->get<std::string>());
}

std::optional<SecretTerm> read_term(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto created = text_member(json, "created");
  if (!created) return std::nullopt;
  return SecretTerm{*created, text_member(json, "ends")};
}

tl::unexpected<Error> not_a_list() {
  return fail(ErrorKind::kMalformed,
              "the server's answer is not a list of secrets; is it jobsched that answers there?");
}

}  // namespace

Result<std::vector<SecretTerm>> read_secret_terms(std::string_view text) {
  const auto json = parse_answer(text);
  if (!json || !json->is_array()) return not_a_list();
  std::vector<SecretTerm> terms;
  for (const Json& one : *json) {
    const auto term = read_term(one);
    if (!term) return not_a_list();
    terms.push_back(*term);
  }
  return terms;
}

std::string show_terms(const std::vector<SecretTerm>& terms) {
  std::string text;
  for (const SecretTerm& term : terms) {
    text += "since " + term.created + (term.ends ? " until " + *term.ends : "") + "\n";
  }
  return text;
}

}  // namespace jobsched::cmd
