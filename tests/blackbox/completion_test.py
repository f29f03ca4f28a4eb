"""Completion of command lines: the words, against the commands' own help, and each shell's own."""

import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import socket
import struct
import subprocess
import tempfile
import termios
import time
import unittest

import support
from support import JOBSCHED, CommandTest, clean_environment, run

URL = "http://127.0.0.1:9/hook"
WHEN = "2094-05-11T15:30:00Z"
USAGE = 2


def completions(*words, **environment):
    """What `__complete` offers: the kind, and the words with their descriptions."""
    ended = run("__complete", "--", *words,
                env={**clean_environment("/nonexistent"), **environment})
    assert (ended.returncode, ended.stderr) == (0, b""), ended
    kind, *lines = ended.stdout.decode().splitlines()
    return kind, dict(line.split("\t") for line in lines)


def words(*line, **environment):
    return list(completions(*line, **environment)[1])


def help_of(*command):
    return run(*command, "--help").stdout.decode()


def options_in(text):
    return set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", text, re.MULTILINE))


def commands():
    section = help_of().split("\nCommands:\n")[1].split("\n\n")[0]
    return re.findall(r"^  (\w+)", section, re.MULTILINE)


class TheWords(unittest.TestCase):
    def test_every_command_of_the_help_and_no_other(self):
        self.assertEqual(words(""), [*commands(), "help"])
        self.assertEqual(words("re"), ["resume", "retry", "restore"])
        self.assertEqual(words("help", "re"), ["resume", "retry", "restore"])

    def test_every_option_of_the_help_and_no_other(self):
        shared = options_in(help_of())
        self.assertEqual(set(words("-")), shared)
        for command in commands():
            with self.subTest(command):
                self.assertEqual(set(words(command, "--")), options_in(help_of(command)) | shared)

    def test_commands_are_described(self):
        for word, description in completions("")[1].items():
            with self.subTest(word):
                self.assertRegex(description, r"^[A-Z]")

    def test_values(self):
        rows = [
            (("list", "-o", ""), ["text", "json", "xml"]),
            (("list", "--output=j"), ["--output=json"]),
            (("ls", "--state", "p"), ["paused"]),
            (("log", "--state", "c"), ["cancelled"]),
            (("add", "-X", "P"), ["POST", "PUT", "PATCH"]),
            (("add", "--misfire", ""), ["fire", "skip"]),
            (("account", ""), ["add", "list", "rm", "rotate"]),
            (("secret", "ro"), ["rotate"]),
            (("completion", ""), ["bash", "zsh", "fish"]),
            (("next", "--tz", "Europe/Berl"), ["Europe/Berlin"]),
            (("next", "--tz=UT"), ["--tz=UTC"]),
            (("list", "x", ""), []),
            (("nosuch", ""), []),
            (("add", "--at", ""), []),
        ]
        for line, expected in rows:
            with self.subTest(line):
                self.assertEqual(words(*line), expected)
        self.assertNotIn("posix/UTC", words("next", "--tz", ""))
        self.assertGreater(len(words("next", "--tz", "")), 300)
        for line in (("add", "-f", ""), ("get", "--key-file", "x"), ("serve", "--store", ""),
                     ("backup", "")):
            with self.subTest(line):
                self.assertEqual(completions(*line), ("files", {}))

    def test_without_a_daemon_it_is_silent(self):
        for line in (("rm", ""), ("list", "--name", ""), ("retry", ""), ("-s", "ftp://x", "get", ""),
                     ("get", "--key-file", "/nonexistent", "")):
            with self.subTest(line):
                self.assertEqual(words(*line, JOBSCHED_SERVER="http://127.0.0.1:1"), [])

    def test_a_daemon_that_never_answers_is_not_waited_for(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            server = f"http://127.0.0.1:{silent.getsockname()[1]}"
            self.assertEqual(words("rm", "", JOBSCHED_SERVER=server), [])

    def test_an_unknown_shell(self):
        ended = run("completion", "bsh")
        self.assertEqual((ended.returncode, ended.stdout), (USAGE, b""))
        self.assertIn(b'did you mean "bash"?', ended.stderr)


class OfTheDaemon(CommandTest):
    def setUp(self):
        self.server = {"JOBSCHED_SERVER": self.daemon.server}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        def add(*arguments):
            return cls.daemon.run("add", "--at", WHEN, *arguments).stdout.decode().strip()

        cls.plain, cls.named, cls.odd = add(URL), add("--name", "nightly", URL), add(
            "--name", "t*a time", URL)

    def test_ids(self):
        for command in ("get", "rm", "fire", "pause", "resume", "update", "log", "delete"):
            with self.subTest(command):
                self.assertEqual(completions(command, "", **self.server)[1],
                                 {self.plain: URL, self.named: "nightly", self.odd: "t*a time"})
        self.assertEqual(words("get", self.plain, self.named[:-1], **self.server), [self.named])
        self.assertEqual(words("-s", self.daemon.server, "get", self.odd[:-1]), [self.odd])

    def test_names(self):
        self.assertEqual(words("list", "--name", "", **self.server), ["nightly", "t*a time"])
        self.assertEqual(words("list", "--name", "t*", **self.server), ["t*a time"])
        self.assertEqual(words("add", "--name=n", **self.server), ["--name=nightly"])

    def test_deliveries(self):
        delivery = self.ok("fire", self.plain).strip()
        support.await_true(lambda: words("retry", "", **self.server) == [delivery],
                           "the delivery")


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self, arguments, environment):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 300, 0, 0))
        self.process = subprocess.Popen(arguments, stdin=slave, stdout=slave, stderr=slave,
                                        env=environment, start_new_session=True)
        os.close(slave)
        self.shown = ""

    def await_text(self, pattern):
        """Reads until the pattern is there; what it has matched."""
        deadline = time.monotonic() + support.DEADLINE
        while not (found := re.search(pattern, self.shown)):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                raise AssertionError(f"{pattern!r} is not in {self.shown[-2000:]!r}")
            self.shown += os.read(self.master, 65536).decode(errors="replace")
        self.shown = self.shown[found.end():]
        return found

    def type(self, text):
        os.write(self.master, text.encode())

    def complete(self, line):
        """The line that Tab makes of it: it is echoed in place of being run."""
        self.type(line + "\t\x01print_words \x05\n")
        return self.await_text(r"<<(.*?)>>").group(1)

    def close(self):
        self.process.kill()
        self.process.wait(support.DEADLINE)
        os.close(self.master)


class Shells(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bin = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.bin.cleanup)
        os.symlink(shutil.which(JOBSCHED) or os.path.abspath(JOBSCHED),
                   pathlib.Path(cls.bin.name) / "jobsched")
        cls.job = cls.daemon.run("add", "--at", WHEN, "--name", "tea time",
                                 URL).stdout.decode().strip()
        cls.environment = {**clean_environment(cls.bin.name), "TERM": "dumb",
                           "JOBSCHED_SERVER": cls.daemon.server, "PS1": "> ",
                           "PATH": f"{cls.bin.name}:{os.environ['PATH']}"}

    def shell(self, *arguments):
        shell = Shell(arguments, self.environment)
        self.addCleanup(shell.close)
        return shell

    def check(self, shell):
        rows = [
            ("jobsched compl", "jobsched completion"),
            ("jobsched list --sta", "jobsched list --state"),
            ("jobsched list -o j", "jobsched list -o json"),
            ("jobsched list --output=j", "jobsched list --output=json"),
            ("jobsched next --tz Europe/Berl", "jobsched next --tz Europe/Berlin"),
            ("jobsched next --tz=Europe/Berl", "jobsched next --tz=Europe/Berlin"),
            ("jobsched rm ", f"jobsched rm {self.job}"),
            ("jobsched list --name te", "jobsched list --name tea time"),
            ("jobsched add -f /etc/host", None),
        ]
        for line, expected in rows:
            with self.subTest(line):
                completed = shell.complete(line)
                if expected is None:
                    self.assertTrue(completed.startswith(line.rsplit(" ", 1)[0] + " /etc/host"))
                else:
                    self.assertEqual(completed, expected)

    def test_bash(self):
        shell = self.shell("bash", "--norc", "--noprofile", "-i")
        shell.type("bind 'set enable-bracketed-paste off'; print_words() { echo \"<<$*>>\"; }; "
                   "eval \"$(jobsched completion bash)\"; echo rea''dy\n")
        shell.await_text("ready")
        self.check(shell)

    def test_zsh(self):
        shell = self.shell("zsh", "-f", "-i")
        shell.type("unsetopt zle_bracketed_paste; print_words() { print -r -- \"<<$*>>\"; }; "
                   "bindkey -e; autoload -Uz compinit; compinit -D -u; "
                   "eval \"$(jobsched completion zsh)\"; echo rea''dy\n")
        shell.await_text("ready")
        self.check(shell)

    def test_fish(self):
        def complete(line):
            script = f"jobsched completion fish | source; complete -C '{line}'"
            ended = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True,
                                   timeout=60, env=self.environment)
            return [one.split("\t")[0] for one in ended.stdout.decode().splitlines()]

        rows = [
            ("jobsched compl", ["completion"]),
            ("jobsched list --sta", ["--state"]),
            ("jobsched list -o j", ["json"]),
            ("jobsched list --output=j", ["--output=json"]),
            ("jobsched next --tz Europe/Berl", ["Europe/Berlin"]),
            ("jobsched next --tz=Europe/Berl", ["--tz=Europe/Berlin"]),
            ("jobsched rm ", [self.job]),
            ("jobsched list --name te", ["tea time"]),
        ]
        for line, expected in rows:
            with self.subTest(line):
                self.assertEqual(complete(line), expected)
        self.assertIn("/etc/hosts", complete("jobsched add -f /etc/host"))


if __name__ == "__main__":
    support.main()
