"""The manual names every command and option that there is, and no other; so does the help."""

import pathlib
import re
import unittest

import support
from support import run

MAN = pathlib.Path(__file__).resolve().parents[2] / "man"

# Options that a command shares with another one are described there.
SHARED = {"update": "add", "restore": "backup", "resume": "pause"}


def help_of(*command):
    ended = run(*command, "--help")
    assert (ended.returncode, ended.stderr) == (0, b""), ended
    return ended.stdout.decode()


def commands():
    """Each command and its other names."""
    section = help_of().split("\nCommands:\n")[1].split("\n\n")[0]
    names = re.findall(r"^  (\w+)", section, re.MULTILINE)
    return {name: re.findall(r"^   or: jobsched (\w+)", help_of(name), re.MULTILINE)
            for name in names}


def options_in(text):
    """The options of a help, short and long names apart."""
    found = re.findall(r"^  (?:-(\w), )?--([\w-]+)", text, re.MULTILINE)
    return {name for pair in found for name in pair if name}


def plain(macros):
    """A line of mdoc without its macros: `.It Fl n , -count Ar n` has the flags n and -count."""
    return re.findall(r"(?<!\S)Fl ((?:-?[\w-]+)(?: , -?[\w-]+)*)", macros)


def options_of_line(line):
    return {name.removeprefix("-") for flags in plain(line) for name in flags.split(" , ")}


class Manual(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        fresh = False
        self.page = (MAN / "jobsched.1").read_text()
        body = self.page.split("\n.Sh COMMANDS\n")[1].split("\n.Sh ")[0]
        self.general = self.page.split("\n.Sh COMMANDS\n")[0]
        self.sections = {}
        names = []
        for line in body.splitlines():
            if line.startswith(".It Ic "):
                name = line.split()[2]
                names = names + [name] if fresh else [name]
                fresh = True
            else:
                fresh = False
            for name in names:
                self.sections.setdefault(name, []).append(line)

    def options(self, name):
        """The options that the manual has of a command."""
        items = [line for line in self.sections[name] if line.startswith(".It ")]
        return set().union(*map(options_of_line, items))

    def test_every_command(self):
        known = commands()
        names = {*known, *(other for others in known.values() for other in others), "help"}
        self.assertEqual(set(self.sections), names)

    def test_every_option(self):
        shared = options_in(help_of())
        self.assertEqual({one for line in self.general.splitlines() if line.startswith(".It Fl")
                          for one in options_of_line(line)}, shared)
        serve = (MAN / "jobsched-serve.8").read_text().splitlines()
        for name in commands():
            with self.subTest(name):
                wanted = options_in(help_of(name)) - {"help", "h"}
                if name == "serve":
                    found = set().union(*(options_of_line(line) for line in serve
                                          if line.startswith(".It Fl")))
                else:
                    found = self.options(name)
                elsewhere = self.options(SHARED[name]) if name in SHARED else set()
                self.assertEqual(wanted - found - elsewhere, set(), "not in the manual")
                self.assertEqual(found - wanted, set(), "not in the program")

    def test_every_exit_status(self):
        header = (MAN.parent / "cmd/exit_code.h").read_text()
        codes = {int(code) for code in re.findall(r"= (\d+),", header)} - {130}
        section = self.page.split("\n.Sh EXIT STATUS\n")[1].split("\n.Sh ")[0]
        self.assertEqual({int(code) for code in re.findall(r"^\.It (\d+)$", section, re.M)}, codes)

    def test_every_variable_of_the_help(self):
        text = help_of() + "".join(help_of(name) for name in commands() if name != "serve")
        for variable in set(re.findall(r"JOBSCHED_[A-Z_]+", text)):
            with self.subTest(variable):
                self.assertIn(f".It Ev {variable}\n", self.page)


class Help(unittest.TestCase):
    def test_each_has_an_example_and_fits_a_terminal(self):
        for name, others in {**commands(), "": []}.items():
            with self.subTest(name):
                text = help_of(*([name] if name else []))
                self.assertRegex(text, r"Examples?:\n  ")
                self.assertIn("  -h, --help", text)
                self.assertIn("`jobsched --help` has" if name else "COMMAND --help` says", text)
                self.assertEqual([line for line in text.splitlines() if len(line) > 80], [])
                self.assertIn(f"Usage: jobsched {name}".rstrip(), text)
                for other in [name, *others]:
                    if other:
                        self.assertEqual(run("help", other).stdout.decode(), text)
                        self.assertEqual(help_of(other), text)

    def test_nothing_at_all_is_a_short_help(self):
        ended = run()
        self.assertEqual((ended.returncode, ended.stdout), (2, b""))
        self.assertIn(b"jobsched add", ended.stderr)
        self.assertLess(len(ended.stderr.splitlines()), 12)
        for line in (("help",), ("help", "help"), ("-h",)):
            self.assertEqual(run(*line).stdout, run("--help").stdout)

    def test_of_what_is_not_there(self):
        for line, word in [(("help", "lst"), 'did you mean "list"?'),
                           (("hlep",), 'did you mean "help"?'), (("shw",), 'did you mean "show"?'),
                           (("delte", "x"), 'did you mean "delete"?'),
                           (("ls", "--stat", "x"), 'did you mean "--state"?')]:
            with self.subTest(line):
                ended = run(*line)
                self.assertEqual((ended.returncode, ended.stdout), (2, b""))
                self.assertIn(word, ended.stderr.decode())


if __name__ == "__main__":
    support.main()
