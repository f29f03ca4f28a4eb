#include "cmd/verdict.h"

#include <algorithm>
#include <string_view>

#include "cmd/payload.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace jobsched::cmd {

namespace {

constexpr std::size_t kMaxSecretFile = 65'536;  // bytes; two secrets are much

// The secrets of a text, between white space.
Fallible<std::vector<SigningSecret>> parse_secrets(const std::string& place,
                                                   std::string_view text) {
  std::vector<SigningSecret> secrets;
  for (text = trim(text, is_space); !text.empty(); text = trim(text, is_space)) {
    const auto end = std::ranges::find_if(text, is_space);
    const std::string_view word(text.begin(), end);
    const auto secret = SigningSecret::parse(word);
    if (!secret) return refuse_argument(place, secret.error());
    secrets.push_back(*secret);
    text.remove_prefix(word.size());
  }
  return secrets;
}

}  // namespace

Fallible<std::vector<SigningSecret>> receiver_secrets(const std::optional<std::string>& file,
                                                      const Environment& environment) {
  if (!file) {
    const auto variable = environment.find("JOBSCHED_SECRET");
    if (variable == environment.end()) return std::vector<SigningSecret>{};
    return parse_secrets("JOBSCHED_SECRET", variable->second);
  }
  const auto text = read_file(*file, kMaxSecretFile, ExitCode::kUsage);
  if (!text) return fail(text.error().code, "--secret-file: " + text.error().message);
  auto secrets = parse_secrets("--secret-file", *text);
  if (secrets && secrets->empty()) {
    return fail(ExitCode::kUsage, "--secret-file: " + quote(*file) + " has no secret in it");
  }
  return secrets;
}

Verdict judge(std::span<const SigningSecret> secrets,
              const http::Request& request,
              Instant arrival) {
  if (secrets.empty()) return std::nullopt;
  const auto id = request.header("webhook-id");
  const auto timestamp = request.header("webhook-timestamp");
  const auto signature = request.header("webhook-signature");
  return verify(secrets, {id, timestamp, signature, request.body}, arrival);
}

}  // namespace jobsched::cmd
