"""The settings file that is shipped: everything that can be set, with its default, as a comment."""

import pathlib
import re
import tempfile
import unittest

import support
from support import run

SAMPLE = pathlib.Path(__file__).parent.parent.parent / "packaging" / "jobsched.yaml"

# A setting, or the head of a section, behind "#"; the other comments are for people.
COMMENTED = re.compile(r"#((?:  )?[a-z_]+:(?: .*)?)")


class SampleSettings(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "jobsched.yaml"
        self.text = SAMPLE.read_text("ascii")
        self.lines = [match.group(1) for match in map(COMMENTED.fullmatch, self.text.splitlines())
                      if match]

    def printed(self, text):
        """What holds with such a file: the lines of --print-config, each with where it is from."""
        self.file.write_text(text)
        ended = run("serve", "--config", str(self.file), "--check-config", "--print-config",
                    env={"HOME": "/home/admin"})
        self.assertEqual((ended.returncode, ended.stderr), (0, b""))
        return [tuple(line.split("  # ")) for line in ended.stdout.decode().splitlines()]

    def keys(self, lines):
        return [line.split(":")[0] for line in lines]

    def test_as_it_is_it_changes_nothing(self):
        self.assertEqual(self.printed(self.text), self.printed(""))

    def test_it_has_every_setting_once_with_its_default(self):
        default = self.printed("")
        shown = self.printed("\n".join(self.lines))
        self.assertEqual([line[0] for line in shown], [line[0] for line in default])
        self.assertEqual([line for line in shown if line[1:] == ("default",)], [])
        self.assertEqual(self.keys(self.lines), self.keys(line[0] for line in default if line[0]))

    def test_what_has_no_default_is_shown_as_an_example(self):
        unset = [line[1] for line in self.printed("") if line[-1] == "not set"]
        self.assertNotEqual(unset, [])
        for key in unset:
            self.assertRegex(self.text, f"\n#     +{key} /")

    def test_each_line_counts_by_itself_with_its_section(self):
        section = None
        for line in self.lines:
            if line.endswith(":"):
                section = line
                continue
            changed = [setting for setting in
                       self.printed(f"{section}\n{line}" if line.startswith(" ") else line)
                       if len(setting) > 1 and setting[1].startswith(str(self.file))]
            self.assertEqual(self.keys(setting[0] for setting in changed), self.keys([line]))

    def test_a_terminal_shows_it_as_it_is(self):
        for number, line in enumerate(self.text.splitlines(), 1):
            self.assertLessEqual(len(line), 79, number)
            self.assertRegex(line, r"^( *#.*)?$", number)


if __name__ == "__main__":
    support.main()
