"""Applies the rules to the tree, and checks that each rule bites."""

import pathlib
import subprocess
import unittest

import character_widths
import rules

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRODUCT = ("core", "daemon", "cmd")


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".h", ".cc"):
                yield str(path.relative_to(ROOT)), path.read_text()


class TheTree(unittest.TestCase):
    maxDiff = None

    def faults(self, rule, *folders):
        return [fault for path, text in sources(*folders) for fault in rule(path, text)]

    def test_includes_follow_the_layers(self):
        self.assertEqual(self.faults(rules.include_faults, *PRODUCT), [])

    def test_nothing_banned_is_used(self):
        self.assertEqual(self.faults(rules.banned_faults, *PRODUCT), [])

    def test_files_are_small(self):
        self.assertEqual(self.faults(rules.size_faults, *PRODUCT), [])

    def test_layout(self):
        self.assertEqual(self.faults(rules.layout_faults, *PRODUCT, "tests"), [])

    def test_every_source_is_built(self):
        lists = {str(path.parent.relative_to(ROOT)): path.read_text()
                 for folder in (*PRODUCT, "tests") for path in (ROOT / folder).rglob("CMakeLists.txt")}
        faults = [fault for path, _ in sources(*PRODUCT, "tests")
                  for fault in rules.unbuilt_faults(path, lists)]
        self.assertEqual(faults, [])

    def test_formatting(self):
        files = [str(ROOT / path) for path, _ in sources(*PRODUCT, "tests")]
        run = subprocess.run(["clang-format", "--dry-run", "-Werror", *files],
                             capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stderr[:2000]), (0, ""))


class CharacterWidths(unittest.TestCase):
    def test_the_tables_are_those_of_their_version_of_unicode(self):
        text = (ROOT / "core/text/character_widths.cc").read_text()
        if f"Unicode {character_widths.VERSION}." not in text:
            self.skipTest(f"this Python knows Unicode {character_widths.VERSION}")

        def squeezed(source):
            return "".join(source.split()).replace(",}", "}")

        self.assertEqual(squeezed(text), squeezed(character_widths.source()))


class EachRuleBites(unittest.TestCase):
    def test_includes(self):
        rows = [
            ("core/a.cc", '#include "daemon/clock.h"\n'),
            ("core/a.cc", "#include <thread>\n"),
            ("core/a.cc", "#include <sys/stat.h>\n"),
            ("daemon/a.cc", '#include "cmd/client.h"\n'),
            ("daemon/a.cc", '#include "tests/support/fake_clock.h"\n'),
            ("cmd/get.cc", '#include "daemon/http/server.h"\n'),
            ("daemon/http/server.cc", "#include <curl/curl.h>\n"),
            ("daemon/api/api.cc", "#include <sqlite3.h>\n"),
        ]
        for path, text in rows:
            with self.subTest(text):
                self.assertEqual(len(rules.include_faults(path, text)), 1)

    def test_good_includes_pass(self):
        rows = [
            ("daemon/a.cc", '#include "core/error.h"\n'),
            ("cmd/serve.cc", '#include "daemon/daemon.h"\n'),
            ("daemon/store/sqlite_store.cc", "#include <sqlite3.h>\n"),
        ]
        for path, text in rows:
            with self.subTest(text):
                self.assertEqual(rules.include_faults(path, text), [])

    def test_banned(self):
        rows = [
            "auto t = std::chrono::system_clock::now();",
            "std::this_thread::sleep_for(1s);",
            "std::thread thread{run};",
            "int n = std::stoi(text);",
            'query("SELECT 1");',
            "friend class Test;",
            "// TODO: later",
        ]
        for text in rows:
            with self.subTest(text):
                self.assertEqual(len(rules.banned_faults("core/a.cc", text)), 1)
        self.assertEqual(rules.banned_faults("core/a.cc", "// std::thread in a comment"), [])

    def test_sizes_and_layout(self):
        self.assertEqual(len(rules.size_faults("core/a.cc", "\n" * 601)), 1)
        self.assertEqual(len(rules.layout_faults("core/a.cc", "int a; \n")), 1)
        self.assertEqual(len(rules.layout_faults("core/a.cc", "int a;")), 1)
        self.assertEqual(len(rules.layout_faults("core/a.h", "int a;\n")), 1)

    def test_unbuilt(self):
        lists = {"core": "  time/old.cc\n", "tests/bench": "  cron_bench.cc\n"}
        rows = [("core/time/old.cc", 0), ("core/time/new.cc", 1), ("tests/bench/cron_bench.cc", 0),
                ("tests/cron_bench.cc", 1), ("core/time/new.h", 0)]
        for path, faults in rows:
            with self.subTest(path):
                self.assertEqual(len(rules.unbuilt_faults(path, lists)), faults)


if __name__ == "__main__":
    unittest.main()
