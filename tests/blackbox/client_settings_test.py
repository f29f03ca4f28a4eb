"""The settings of clients: client.yaml of the user."""

import os
import pathlib
import tempfile
import unittest

import support
from support import CommandTest, clean_environment, run

OK, USAGE, UNREACHABLE, CONFIGURATION = 0, 2, 7, 78
NOWHERE = "http://127.0.0.1:1"


class Settings(CommandTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.file = self.home / ".config/jobsched/client.yaml"
        self.file.parent.mkdir(parents=True)

    def run_with(self, text, *arguments, **environment):
        self.file.write_text(text)
        return run(*arguments, env={**clean_environment(self.home), **environment})

    def server_of(self, text, *arguments, **environment):
        """Which server a client asks, by its message."""
        ended = self.run_with(text, "list", *arguments, **environment)
        self.assertEqual((ended.returncode, ended.stdout), (UNREACHABLE, b""))
        return ended.stderr.decode().split("cannot reach ")[1].split(": ")[0]

    def test_the_server(self):
        one, two, three = (f"http://127.0.0.1:{port}" for port in (1, 2, 3))
        text = f"server: {one}\n"
        self.assertEqual(self.server_of(text), one)
        self.assertEqual(self.server_of(text, JOBSCHED_SERVER=two), two)
        self.assertEqual(self.server_of(text, "-s", three, JOBSCHED_SERVER=two), three)
        self.assertEqual(self.run_with(f"server: {self.daemon.server}", "list").returncode, OK)

    def test_the_directory_of_XDG(self):
        other = self.home / "xdg/jobsched/client.yaml"
        other.parent.mkdir(parents=True)
        other.write_text(f"server: {NOWHERE}\n")
        self.assertEqual(self.server_of("wrong: x", XDG_CONFIG_HOME=str(self.home / "xdg")),
                         NOWHERE)

    def test_the_output(self):
        text = f"server: {self.daemon.server}\noutput: json\n"
        self.assertEqual(self.run_with(text, "list").stdout, b"[]\n")
        self.assertEqual(self.run_with(text, "list", "-o", "text").stdout, b"")
        self.assertEqual(self.run_with(text, "list", JOBSCHED_OUTPUT="text").stdout, b"")
        self.assertEqual(self.run_with(text, "get", "x", JOBSCHED_OUTPUT="").returncode, 3)

    def test_the_key_file_is_looked_for_beside_the_settings(self):
        text = f"server: {self.daemon.server}\nkey_file: key\n"
        ended = self.run_with(text, "list")
        self.assertEqual(ended.returncode, USAGE)
        self.assertIn(str(self.file.parent / "key"), ended.stderr.decode())
        (self.file.parent / "key").write_text("jsk_x\n")
        self.assertEqual(self.run_with(text, "list").returncode, OK)

    def test_a_wrong_file_is_refused_with_every_place(self):
        rows = [
            ("serer: x\noutptu: y\n", [":1:1: unknown key", 'did you mean "server"', ":2:1: "]),
            ("server: ftp://x\n", [':1:9: server: "ftp://x" is not the address of a server']),
            ("output: yaml\n", [':1:9: output: "yaml" is not text, json or xml']),
            ("server: {a: b}\n", [":1:9: server: takes a single value"]),
            ("server: a: b\n", ["this is not YAML"]),
        ]
        for text, words in rows:
            with self.subTest(text):
                ended = self.run_with(text, "list")
                self.assertEqual((ended.returncode, ended.stdout), (CONFIGURATION, b""))
                for word in words:
                    self.assertIn(word, ended.stderr.decode())
                self.assertIn(str(self.file), ended.stderr.decode())

    def test_who_does_not_use_it_does_not_mind(self):
        for arguments in (("completion", "bash"), ("--version",), ("list", "--help"),
                          ("serve", "--check-config")):
            with self.subTest(arguments):
                self.assertEqual(self.run_with("wrong: x\n", *arguments).returncode, OK)

    def test_no_home_is_fine(self):
        environment = {name: value for name, value in clean_environment(self.home).items()
                       if name != "HOME"}
        for more in ({}, {"HOME": ""}, {"HOME": "/nonexistent"}, {"HOME": "/dev/null"}):
            with self.subTest(more):
                ended = run("list", "-s", self.daemon.server, env={**environment, **more})
                self.assertEqual((ended.returncode, ended.stderr), (OK, b""))

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_a_file_that_cannot_be_read(self):
        self.file.write_text("output: json\n")
        self.file.chmod(0)
        ended = run("list", env=clean_environment(self.home))
        self.assertEqual(ended.returncode, CONFIGURATION)
        self.assertIn(str(self.file), ended.stderr.decode())


if __name__ == "__main__":
    support.main()
