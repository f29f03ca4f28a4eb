"""The life of the package on a minimal Debian 12: installed, used, upgraded under load, removed, purged.

No systemd runs there, so `systemctl` is a stand-in that does what the unit says (tests/packages/systemctl).
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import unittest

import built
import debian_root
from built import SOURCE, output
from debian_root import DebianRoot

sys.path.insert(0, str(SOURCE / "tests" / "blackbox"))
from support import Endpoint, Listener, await_true, from_now, instant  # noqa: E402

API = 7243
ID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
SOME_SKIPPED = 2  # exit code of autopkgtest, if no test failed


def another_version(package, version, folder):
    """The same package under another version: what the next or the previous build would be."""
    parts = pathlib.Path(folder) / version
    output("dpkg-deb", "--raw-extract", package, parts)
    control = parts / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", f"Version: {version}", control.read_text(),
                              flags=re.MULTILINE))
    changed = pathlib.Path(folder) / f"jobsched_{version}_test.deb"
    output("dpkg-deb", "--root-owner-group", "--build", parts, changed)
    return changed


class Load:
    """Creates jobs without a pause and remembers those that were acknowledged. Whoever cannot get
    through tries again."""

    def __init__(self, url):
        self.url = url
        self.acknowledged = {}  # id to its fire time
        self.going_on = True
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        number = 0
        while self.going_on:
            when = from_now(1 + number % 20 / 10)
            document = json.dumps({"url": self.url, "when": when, "data": f"job {number}"})
            try:
                answer = Listener(API).request("POST", "/1/jobs", document, Accept="text/plain",
                                               Content_Type="application/json")
            except OSError:
                continue
            if answer.status == 201:
                self.acknowledged[answer.text] = instant(when)
                number += 1

    def end(self):
        self.going_on = False
        self.thread.join(60)
        return self.acknowledged


class Life(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.package = built.deb()
        version = output("dpkg-deb", "--field", cls.package, "Version").strip()
        cls.version, cls.next_version = version, version + "+next"
        cls.next = another_version(cls.package, cls.next_version, folder.name)
        root = DebianRoot()
        cls.addClassCleanup(root.close)
        root.fetch(cls.package)
        cls.minimal = root.save(pathlib.Path(folder.name) / "minimal.tar")
        debian_root.leave_network()
        root.apt("satisfy", output("dpkg-deb", "--field", cls.package, "Depends").strip())
        cls.ready = root.save(pathlib.Path(folder.name) / "ready.tar")

    def setUp(self):
        self.begin(self.ready)

    def begin(self, base):
        self.root = DebianRoot(base)
        self.addCleanup(self.root.close)
        self.addCleanup(self.root.run, "systemctl", "stop", "jobsched.service")

    def install(self, package=None):
        return self.root.apt("install", self.root.put(package or self.package))

    def add(self, *arguments):
        """Adds a job; its id."""
        return re.search(ID, self.root.run("jobsched", "add", *arguments), re.MULTILINE).group(0)

    def endpoint(self):
        endpoint = Endpoint(200)
        self.addCleanup(endpoint.close)
        return endpoint

    def installed(self):
        return self.root.text("dpkg-query", "-W", "-f", "${Version}", "jobsched")

    def pid(self):
        return int(self.root.path("/run/jobsched.pid").read_text())

    def runs(self, pid):
        """Whether a process has not ended, be it that nobody has asked for it yet."""
        try:
            return bool(os.readlink(f"/proc/{pid}/exe"))
        except OSError:
            return False

    def test_on_a_minimal_system_it_brings_what_it_needs(self):
        self.begin(self.minimal)
        before = self.sizes()
        self.install()
        self.report(before)
        self.root.run("jobsched", "list")

    def test_what_is_installed_works(self):
        self.install()
        self.assertEqual(self.root.text("systemctl", "is-enabled", "jobsched.service"), "enabled")
        self.assertFalse(self.root.exists("/etc/systemd/system/sockets.target.wants/jobsched.socket"))
        self.assertRegex(self.root.text("getent", "passwd", "jobsched"),
                         r"^jobsched:x:\d+:\d+:Job scheduler:/var/lib/jobsched:/usr/sbin/nologin$")
        uid = int(self.root.text("id", "-u", "jobsched"))
        status = pathlib.Path(f"/proc/{self.pid()}/status").read_text()
        self.assertRegex(status, rf"Uid:\t{uid}\t{uid}\t{uid}\t{uid}\n")

        for name, mode in [("/var/lib/jobsched", 0o40750), ("/var/lib/jobsched/jobs.db", 0o100600),
                           ("/run/jobsched/jobsched.sock", 0o140660),
                           ("/run/jobsched/admin.sock", 0o140600)]:
            with self.subTest(name):
                found = self.root.path(name).lstat()
                self.assertEqual((oct(found.st_mode), found.st_uid), (oct(mode), uid))

        endpoint = self.endpoint()
        for server in ("unix:/run/jobsched/jobsched.sock", f"http://127.0.0.1:{API}"):
            with self.subTest(server):
                job = self.add("-s", server, "--in", "1s", "-d", "hello", endpoint.url)
                callback = endpoint.next()
                self.assertEqual((callback.body, callback.headers["Jobsched-Job-Id"]),
                                 (b"hello", job))

    def test_its_own_tests_pass(self):
        """As Debian runs them after every change of a package that it depends on. There is no machine
        here for the one that needs a running systemd."""
        self.install()
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / "jobsched"
            output("dpkg-source", "--extract", built.only(built.packages("deb"), "*.dsc"), source)
            (source / "debian/files").touch()  # it is built: nothing is needed to build it
            ended = subprocess.run(
                ["autopkgtest", "--quiet", f"--summary={folder}/summary", f"--log-file={folder}/log",
                 source, "--", "chroot", self.root.folder],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                timeout=600, env={"PATH": debian_root.PATH})
            log = pathlib.Path(folder, "log").read_text(errors="replace")
            summary = pathlib.Path(folder, "summary").read_text()
        self.assertEqual(ended.returncode, SOME_SKIPPED, ended.stdout + log[-6000:])
        verdicts = dict(line.split(maxsplit=2)[:2] for line in summary.splitlines())
        self.assertEqual(verdicts, {"installed": "PASS", "fires": "PASS", "service": "SKIP"})

    def sizes(self):
        listed = self.root.text("dpkg-query", "-W", "-f", "${Package} ${Installed-Size}\\n")
        return {name: int(size) for name, size in map(str.split, listed.splitlines())}

    def report(self, before):
        """What README.md says of the size is from here."""
        come = {name: size for name, size in self.sizes().items() if name not in before}
        print(f"\njobsched: {come['jobsched']} KiB; with the {len(come) - 1} packages that a minimal "
              f"Debian lacks: {sum(come.values())} KiB: {' '.join(sorted(come))}", flush=True)

    def test_an_upgrade_under_load_loses_no_fire(self):
        self.install()
        endpoint = self.endpoint()
        old = self.pid()
        load = Load(endpoint.url)
        await_true(lambda: len(load.acknowledged) > 200, "jobs before the upgrade")
        self.install(self.next)
        self.assertEqual(self.installed(), self.next_version)
        self.assertNotEqual(self.pid(), old)
        after = len(load.acknowledged)
        await_true(lambda: len(load.acknowledged) > after + 200, "jobs after the upgrade")
        acknowledged = load.end()

        deliveries, arrived = {}, {}
        while set(acknowledged) - set(arrived):
            callback = endpoint.next()
            job = callback.headers["Jobsched-Job-Id"]
            arrived.setdefault(job, callback.arrived)
            deliveries.setdefault(job, set()).add(callback.headers["webhook-id"])
        self.assertEqual([job for job, ids in deliveries.items() if len(ids) != 1], [])
        self.assertEqual([job for job, when in acknowledged.items() if arrived[job] < when], [])

    def test_a_downgrade_is_refused(self):
        self.install(self.next)
        said = self.root.apt("install", "--allow-downgrades", self.root.put(self.package), code=100)
        self.assertIn(f"going back to {self.version} is refused", said)
        self.assertIn("apt remove jobsched", said)
        self.assertEqual(self.installed(), self.next_version)
        self.root.run("jobsched", "list")
        self.assertEqual(self.root.text("dpkg", "--audit"), "")

        # The way round that the message names.
        self.root.apt("remove", "jobsched")
        self.install()
        self.assertEqual(self.installed(), self.version)
        self.root.run("jobsched", "list")

    def test_a_store_of_a_newer_program_is_refused(self):
        self.install()
        self.root.run("systemctl", "stop", "jobsched.service")
        store = self.root.path("/var/lib/jobsched/jobs.db")
        with open(store, "r+b") as file:
            file.seek(60)  # SQLite's user_version
            file.write((99).to_bytes(4, "big"))
        said = self.root.run("jobsched", "serve", code=78)
        self.assertIn("written by a newer jobsched", said)
        prevented = (SOURCE / "packaging/systemd/jobsched.service.in").read_text()
        self.assertRegex(prevented, r"RestartPreventExitStatus=.*\b78\b")

    def test_the_settings_are_the_admins(self):
        self.install()
        settings = self.root.path("/etc/jobsched/jobsched.yaml")
        changed = settings.read_text() + "\ndrain: 5s\n"
        settings.write_text(changed)
        self.install(self.next)
        self.assertEqual(settings.read_text(), changed)
        self.root.apt("remove", "jobsched")
        self.assertEqual(settings.read_text(), changed)

    def test_removing_keeps_the_jobs_and_purging_nothing(self):
        self.install()
        job = self.add("--at", "2099-01-01T00:00:00Z", "-d", "kept", "http://127.0.0.1:9/")
        pid = self.pid()
        self.root.apt("remove", "jobsched")
        self.assertFalse(self.runs(pid))
        self.assertFalse(self.root.exists("/usr/bin/jobsched"))
        self.assertTrue(self.root.exists("/var/lib/jobsched/jobs.db"))

        self.install()
        self.assertIn("kept", self.root.run("jobsched", "get", job))
        pid = self.pid()
        self.root.apt("purge", "jobsched")
        self.assertFalse(self.runs(pid))
        self.assertEqual(self.left(), [])

    def left(self):
        """What is on disk of the package, apart from logs, the package manager's memory, and the
        copies of before that passwd makes (passwd-)."""
        found = self.root.text("find", "/", "-xdev", "(", "-name", "*jobsched*", "-o", "-nouser", "-o",
                               "-nogroup", ")", "-not", "-path", "/tmp/*").split()
        files = [path for folder in ("etc", "var/lib/systemd")
                 for path in self.root.path(folder).rglob("*") if path.is_file() and not path.is_symlink()]
        return found + [str(path) for path in files
                        if not path.name.endswith("-") and b"jobsched" in path.read_bytes()]


if __name__ == "__main__":
    built.need("autopkgtest", "mmdebstrap", "dpkg-buildpackage", "dh", "ip")
    built.enter()
    unittest.main(verbosity=1)
