#include "cmd/list.h"

#include "cmd/client.h"
#include "cmd/console.h"
#include "cmd/id_text.h"
#include "cmd/option.h"

namespace jobsched::cmd {

CLI::App* setup(CLI::App& parent, ListOptions&) {
  CLI::App* const app =
      add_command(parent, "list", "Print the ids of all jobs, oldest first, one a line");
  add_footer(*app,
             "Examples:\n"
             "  jobsched list | wc -l\n"
             "  jobsched list -o json | jq -r '.[]'");
  return app;
}

Fallible<void> run(const ListOptions&, const Globals& globals) {
  Client client(globals.server);
  const ClientRequest request{"GET", "/1/jobs", globals.output};
  if (globals.output == Format::kText) {
    IdLines lines;
    const auto done =
        client.stream(request, [&](std::string_view piece) { return print(lines.feed(piece)); });
    if (!done) return done;
    return print(lines.finish());
  }
  bool ends_line = true;
  const auto done = client.stream(request, [&](std::string_view piece) {
    if (!piece.empty()) ends_line = piece.ends_with('\n');
    return print(piece);
  });
  if (!done || ends_line) return done;
  return print("\n");
}

}  // namespace jobsched::cmd
