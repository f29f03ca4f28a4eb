#include "daemon/api/query.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/text/percent.h"
#include "core/text/suggestion.h"
#include "core/text/utf8.h"

namespace jobsched {

namespace {

// "a, b and c"
std::string list_of(std::span<const std::string_view> names) {
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) list += i + 1 < names.size() ? ", " : " and ";
    list += names[i];
  }
  return list;
}

tl::unexpected<Error> unknown(const std::string& name, std::span<const std::string_view> known) {
  if (known.empty()) {
    return fail(ErrorKind::kMalformed,
                "this call takes no parameters; leave " + quote(name) + " out of the query");
  }
  const std::string hint = did_you_mean(name, known);
  return fail(ErrorKind::kMalformed,
              "this call has no parameter " + quote(name) +
                  (hint.empty() ? "; what it takes is " + list_of(known) : hint));
}

}  // namespace

Result<Query> Query::read(std::string_view raw, std::span<const std::string_view> known) {
  Query query;
  while (!raw.empty()) {
    const std::string_view pair = raw.substr(0, raw.find('&'));
    raw.remove_prefix(std::min(pair.size() + 1, raw.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = percent_decode_form(pair.substr(0, equals));
    auto value = percent_decode_form(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) {
      return fail(ErrorKind::kMalformed,
                  "a % in the query must be followed by two hexadecimal digits; write % itself as "
                  "%25");
    }
    if (std::ranges::find(known, *name) == known.end()) return unknown(*name, known);
    if (query.find(*name)) {
      return fail(ErrorKind::kMalformed, *name + " is in the query more than once; give it once");
    }
    query.parameters_.push_back({*std::move(name), *std::move(value)});
  }
  return query;
}

std::optional<std::string> Query::find(std::string_view name) const {
  const auto found = std::ranges::find(parameters_, name, &Parameter::name);
  if (found == parameters_.end()) return std::nullopt;
  return found->value;
}

Result<std::size_t> parse_limit(std::string_view text, std::size_t most) {
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc{} || end != text.data() + text.size() || limit == 0 || limit > most) {
    return fail(ErrorKind::kMalformed, "limit must be a number from 1 to " + std::to_string(most));
  }
  return limit;
}

}  // namespace jobsched
