"""`jobsched backup` beside a daemon at work, and `jobsched restore`."""

import pathlib
import sqlite3
import tempfile
import threading
import unittest

import support
from support import Daemon, Endpoint, await_true, from_now


class Backup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.daemon = Daemon(folder.name)
        self.addCleanup(lambda: self.daemon.process and self.daemon.kill())
        self.file = pathlib.Path(folder.name) / "backup"
        self.daemon.start()

    def create(self, **fields):
        answer = self.daemon.post_json(fields, Accept="text/plain")
        self.assertEqual(answer.status, 201, answer.text)
        return answer.text

    def copy(self, command, *arguments):
        run = self.daemon.run(command, "--config", str(self.daemon.config), "--store",
                              str(self.daemon.store), *arguments)
        return run.returncode, run.stdout.decode(), run.stderr.decode()

    def test_a_backup_under_load_has_all_that_was_acknowledged_before_it(self):
        acknowledged, stop = [], threading.Event()

        def load():
            while not stop.is_set():
                acknowledged.append(self.create(url="http://127.0.0.1:9/",
                                                when="2094-05-11T15:30:00Z"))

        loader = threading.Thread(target=load)
        loader.start()
        try:
            for number in range(3):
                await_true(lambda n=number: len(acknowledged) > 30 * (n + 1), "the load")
                before = set(acknowledged)
                code, out, err = self.copy("backup", str(self.file))
                self.assertEqual((code, out), (0, ""), err)
                self.assertRegex(err, r"^jobsched: \d+ jobs copied from .* to .*backup\n$")
                with sqlite3.connect(self.file) as copy:
                    self.assertEqual(copy.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
                    ids = {row[0].hex() for row in copy.execute("SELECT id FROM jobs")}
                self.assertLessEqual({text.replace("-", "") for text in before}, ids)
        finally:
            stop.set()
            loader.join()

    def test_a_restore_fires_nothing_again_that_was_delivered(self):
        endpoint = Endpoint(200)
        self.addCleanup(endpoint.close)
        self.create(url=endpoint.url, when=from_now(0.2), data="before")
        endpoint.next()
        later = self.create(url=endpoint.url, when=from_now(3600), data="later")
        since = self.create(url=endpoint.url, when=from_now(2), data="since")
        await_true(lambda: self.daemon.ids() == [later, since], "the first is done")
        self.assertEqual(self.copy("backup", str(self.file))[0], 0)
        self.assertEqual(endpoint.next().body, b"since")
        await_true(lambda: self.daemon.ids() == [later], "the second is done")
        self.assertEqual(self.daemon.request("DELETE", f"/1/jobs/{later}").status, 204)

        code, _, err = self.copy("restore", str(self.file))
        self.assertEqual(code, 75, err)
        self.assertIn(str(self.daemon.process.pid), err)
        self.daemon.stop()
        code, out, err = self.copy("restore", str(self.file))
        self.assertEqual((code, out), (0, ""), err)
        self.assertIn("1 job restored", err)
        self.assertIn("1 job of the backup left out", err)
        self.daemon.start()
        self.assertEqual(self.daemon.ids(), [later])
        self.assertTrue(endpoint.callbacks.empty())

    def test_what_cannot_be_done_says_what_to_do(self):
        self.file.write_text("precious")
        absent = str(self.file.parent / "absent")
        for command, arguments, code, says in (
                ("backup", [], 2, "FILE"),
                ("backup", [str(self.file)], 6, "exists and is not a backup"),
                ("backup", [str(self.daemon.store)], 6, "is the store itself"),
                ("restore", [absent], 3, "there is no store"),
                ("restore", [str(self.file)], 6, "not a store of jobsched")):
            with self.subTest(command=command, arguments=arguments):
                found, _, err = self.copy(command, *arguments)
                self.assertEqual(found, code, err)
                self.assertIn(says, err)
        self.assertEqual(self.file.read_text(), "precious")


if __name__ == "__main__":
    support.main()
