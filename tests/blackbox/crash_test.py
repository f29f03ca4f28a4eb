"""Load, kill -9 at random moments, a start on the same store, and so on: nothing that was acknowledged
is lost, early, changed, or called back twice but for what was in flight. What happened is judged by
history.py.

JOBSCHED_KILLS says how often to kill (default 5), JOBSCHED_SEED repeats a run's decisions.
"""

import os
import random
import sqlite3
import tempfile
import time
import unittest

import history
import support
from load import SEED, SETTINGS, Load, now
from support import Daemon

KILLS = int(os.environ.get("JOBSCHED_KILLS", "5"))


class Crash(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.daemon = Daemon(folder.name, SETTINGS)
        self.addCleanup(lambda: self.daemon.process and self.daemon.kill())
        self.load = Load([self.daemon])
        self.addCleanup(self.load.close)

    def test_kill_9_under_load(self):
        generator = random.Random(SEED)
        self.daemon.start()
        self.load.start()
        kills = []
        for _ in range(KILLS):
            time.sleep(0.2 + generator.random())  # chaos, not a wait for anything
            began = now()
            self.daemon.kill()
            ended = now()
            self.daemon.start()
            kills.append(history.Kill(began, ended, now()))
        report = self.load.judge(kills, self.load.end(), f"{len(kills)} kills")
        self.assertEqual(report.first_faults(), {}, f"seed {SEED}")
        self.assertEqual(report.new_epochs, 0)
        self.assertGreater(report.targets, 0)
        self.check_store()

    def check_store(self):
        self.daemon.kill()
        with sqlite3.connect(self.daemon.store) as store:
            self.assertEqual(store.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(store.execute("SELECT count(*) FROM deliveries").fetchone(), (0,))


if __name__ == "__main__":
    support.main()
