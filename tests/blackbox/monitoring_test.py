"""The daemon as those see it who watch it: the admin listener."""

import pathlib
import stat
import subprocess
import tempfile
import unittest

import support
from support import Daemon, clean_environment

CONFIG = 78


def admin(socket_path, target, *options):
    """What curl prints for a request on the admin socket."""
    ended = subprocess.run(
        ["curl", "-sS", "--unix-socket", str(socket_path), *options, f"http://admin{target}"],
        capture_output=True, timeout=support.DEADLINE)
    if ended.returncode != 0:
        raise AssertionError(ended.stderr.decode())
    return ended.stdout.decode()


class AdminListener(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.socket = self.folder / "jobsched" / "admin.sock"

    def daemon(self, settings="", name="first", **environment):
        folder = self.folder / name
        folder.mkdir()
        environment = {"XDG_RUNTIME_DIR": str(self.folder), **environment}
        daemon = Daemon(folder, settings, **environment)
        self.addCleanup(lambda: daemon.process and daemon.kill())
        return daemon

    def refused(self, settings):
        """What a `serve` with these settings says that ends by itself, and its exit code."""
        path = self.folder / "jobsched.yaml"
        path.write_text(settings)
        ended = support.run("serve", "--config", str(path), "--listen", "127.0.0.1:0",
                            "--store", str(self.folder / "jobs.db"),
                            env=clean_environment(self.folder))
        return ended.returncode, ended.stderr.decode()

    def test_the_socket_is_for_the_daemons_user_alone(self):
        daemon = self.daemon().start()
        self.assertEqual(stat.S_IMODE(self.socket.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.socket.parent.stat().st_mode), 0o700)
        self.assertIn(f"admin=unix:{self.socket}", daemon.log.read_text())
        self.assertIn("admin listener", admin(self.socket, "/nothing"))
        self.assertEqual(daemon.stop(), 0)
        self.assertFalse(self.socket.exists())

    def test_a_socket_left_behind_is_replaced(self):
        daemon = self.daemon().start()
        daemon.kill()
        self.assertTrue(self.socket.exists())
        daemon.start()
        self.assertIn("admin listener", admin(self.socket, "/nothing"))

    def test_a_second_daemon_of_the_user_goes_on_without(self):
        self.daemon().start()
        second = self.daemon(name="second").start()
        log = second.log.read_text()
        self.assertRegex(log, "level=warning.*no admin listener.*another process listens there")
        self.assertIn("admin=off", log)
        self.assertEqual(second.get("/1/jobs").status, 200)
        self.assertIn("admin listener", admin(self.socket, "/nothing"))

    def test_where_the_default_cannot_be_made_the_daemon_goes_on_without(self):
        for name, runtime in [("no-directory", self.folder / "absent"),
                              ("too-long", self.folder / ("x" * 120))]:
            with self.subTest(name):
                daemon = self.daemon(name=name, XDG_RUNTIME_DIR=str(runtime)).start()
                self.assertIn("no admin listener", daemon.log.read_text())
                self.assertEqual(daemon.stop(), 0)

    def test_an_empty_list_turns_it_off(self):
        daemon = self.daemon("admin_listen: []\n").start()
        self.assertNotIn("no admin listener", daemon.log.read_text())
        self.assertFalse(self.socket.exists())

    def test_an_address_that_was_set_must_do(self):
        taken = self.folder / "taken"
        taken.write_text("")
        for settings, code, words in [
                ("admin_listen: 0.0.0.0:0\n", CONFIG, "can be reached from elsewhere"),
                ("admin_listen: admin.sock\n", CONFIG, "admin_listen: the address"),
                (f"admin_listen: unix:{taken}\n", 1, "is not a socket"),
                (f"admin_listen: unix:{self.folder}/a/b/admin.sock\n", 1,
                 "cannot make the directory")]:
            with self.subTest(settings):
                ended, text = self.refused(settings)
                self.assertEqual(ended, code, text)
                self.assertIn(words, text)

    def test_several_addresses(self):
        paths = [self.folder / "a.sock", self.folder / "own" / "b.sock"]
        self.daemon("admin_listen: [{}]\n".format(", ".join(f'"unix:{p}"' for p in paths))).start()
        for path in paths:
            self.assertIn("admin listener", admin(path, "/nothing"))


if __name__ == "__main__":
    support.main()
