#include "cmd/account_text.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "cmd/json_answer.h"
#include "core/text/utf8.h"
#include "core/text/width.h"

namespace jobsched::cmd {

namespace {

using Json = nlohmann::json;

std::optional<ListedAccount> read_account(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto name = json.find("name");
  const auto jobs = json.find("jobs");
  const auto created = json.find("created");
  if (name == json.end() || !name->is_string() || jobs == json.end() ||
      !jobs->is_number_unsigned() || created == json.end() || !created->is_string()) {
    return std::nullopt;
  }
  return ListedAccount{printable(name->get<std::string>()), jobs->get<std::uint64_t>(),
                       printable(created->get<std::string>())};
}

tl::unexpected<Error> not_a_list() {
  return fail(ErrorKind::kMalformed,
              "the server's answer is not a list of accounts; is it jobsched that answers there?");
}

}  // namespace

Result<std::vector<ListedAccount>> read_accounts(std::string_view text) {
  const auto json = parse_answer(text);
  if (!json || !json->is_array()) return not_a_list();
  std::vector<ListedAccount> accounts;
  for (const Json& one : *json) {
    const auto account = read_account(one);
    if (!account) return not_a_list();
    accounts.push_back(*account);
  }
  return accounts;
}

std::string show_accounts(const std::vector<ListedAccount>& accounts) {
  if (accounts.empty()) return {};
  std::size_t name_width = std::string_view("NAME").size();
  std::size_t jobs_width = std::string_view("JOBS").size();
  for (const ListedAccount& account : accounts) {
    name_width = std::max(name_width, display_width(account.name));
    jobs_width = std::max(jobs_width, std::to_string(account.jobs).size());
  }
  const auto line = [&](const std::string& name, const std::string& jobs,
                        const std::string& created) {
    return fit_to_width(name, name_width) + "  " + std::string(jobs_width - jobs.size(), ' ') +
           jobs + "  " + created + "\n";
  };
  std::string table = line("NAME", "JOBS", "CREATED");
  for (const ListedAccount& account : accounts)
    table += line(account.name, std::to_string(account.jobs), account.created);
  return table;
}

}  // namespace jobsched::cmd
