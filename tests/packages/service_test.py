"""The service under a real systemd, confined as its unit says: the package on a machine that is booted."""

import sys
import unittest

import built
from built import SOURCE
from debian_root import DebianRoot
from machine import Machine

sys.path.insert(0, str(SOURCE / "tests" / "blackbox"))
from support import DEADLINE, await_true  # noqa: E402

SERVICE = "jobsched.service"
WATCHDOG = 90  # seconds: three times what the unit says


class Service(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.package = built.deb()
        cls.root = DebianRoot()
        cls.addClassCleanup(cls.root.close)
        cls.root.apt("update")
        cls.root.apt("install", cls.root.put(cls.package))
        cls.root.run("systemctl", "stop", SERVICE)
        cls.machine = Machine(cls.root)
        cls.addClassCleanup(cls.machine.close)
        await_true(cls.machine.runs, "the machine's start")

    def setUp(self):
        self.machine.run("systemctl", "reset-failed", SERVICE)  # and how often it was started
        self.machine.run("systemctl", "restart", SERVICE)

    def shown(self, name):
        return self.machine.run("systemctl", "show", "--property", name, "--value", SERVICE).strip()

    def log(self):
        return self.machine.run("journalctl", "--no-pager", "--output=cat", f"--unit={SERVICE}")

    def await_another(self, pid, within=DEADLINE):
        await_true(lambda: self.shown("ActiveState") == "active" and self.shown("MainPID") != pid,
                   "another daemon", within)

    def test_its_own_test_for_machines_passes(self):
        script = (SOURCE / "packaging/debian/tests/service").read_text()
        self.root.path("/root/service").write_text(script)
        self.machine.run("sh", "/root/service")
        self.machine.run("systemctl", "disable", "--now", "jobsched.socket")

    def test_it_says_how_it_is(self):
        self.assertRegex(self.shown("StatusText"), r"^serving http://127\.0\.0\.1:7243,unix:\S+, \d+ jobs")

    def test_it_calls_back_in_its_confinement(self):
        # To a port where nobody is: TLS and names are tried all the same.
        for url in ("http://127.0.0.1:1/", "https://localhost:1/"):
            with self.subTest(url):
                job = self.machine.run("sh", "-c", f"jobsched add --wait --in 1s --attempts 1 {url} || true")
                self.assertIn("Connection refused", job)

    def test_a_daemon_that_is_stuck_is_restarted(self):
        pid = self.shown("MainPID")
        self.machine.run("sh", "-c", f"kill -STOP {pid}")
        self.await_another(pid, within=WATCHDOG)

    def test_one_that_crashed_is_restarted(self):
        pid = self.shown("MainPID")
        self.machine.run("sh", "-c", f"kill -KILL {pid}")
        self.await_another(pid)

    def test_one_whose_settings_are_wrong_is_not(self):
        wrong = self.root.path("/etc/jobsched/conf.d/wrong.yaml")
        wrong.parent.mkdir(exist_ok=True)
        wrong.write_text("lisen: x\n")
        self.addCleanup(wrong.unlink)
        self.machine.run("sh", "-c", f"! systemctl restart {SERVICE}")
        self.assertEqual((self.shown("ActiveState"), self.shown("ExecMainStatus")), ("failed", "78"))
        self.assertIn('unknown key "lisen"; did you mean "listen"?', self.log())


if __name__ == "__main__":
    built.need("mmdebstrap", "dpkg-buildpackage", "dh", "ip", "nsenter", "pivot_root")
    built.enter()
    unittest.main(verbosity=1)
