#include "cmd/get.h"

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/ids.h"
#include "cmd/job_text.h"
#include "cmd/option.h"

namespace jobsched::cmd {

namespace {

// The daemon's own document, but for people: text always, JSON on a terminal.
Fallible<std::string> render(std::string document, Format output) {
  if (output == Format::kXml || (output == Format::kJson && !terminal_width())) return document;
  auto text = output == Format::kText ? show_fields(document) : indent(document);
  if (!text) return fail(ExitCode::kError, text.error().detail);
  return std::move(*text);
}

}  // namespace

CLI::App* setup(CLI::App& parent, GetOptions& options) {
  CLI::App* const app = add_command(parent, "get", "Print jobs");
  add_arguments(*app, "ID", options.ids, "Which jobs; - reads ids from standard input");
  add_alias(*app, "show");
  add_footer(*app,
             "Examples:\n"
             "  jobsched get 0192f0c1-2b3c-7d4e-8f5a-6b7c8d9e0f1a\n"
             "  jobsched list | jobsched get -o json - | jq -r .url");
  return app;
}

Fallible<void> run(const GetOptions& options, const Globals& globals) {
  Client client(globals.server);
  const Format accept = globals.output == Format::kXml ? Format::kXml : Format::kJson;
  bool first = true;
  return for_each_id(options.ids, [&](const JobId& id) -> Fallible<void> {
    auto document = client.send({"GET", "/1/jobs/" + format_job_id(id), accept});
    if (!document) return tl::unexpected(document.error());
    auto text = render(std::move(document->body), globals.output);
    if (!text) return tl::unexpected(text.error());
    if (!text->ends_with('\n')) *text += '\n';
    const bool apart = !first && globals.output == Format::kText;
    first = false;
    return print(apart ? "\n" + *text : *text);
  });
}

}  // namespace jobsched::cmd
