"""`jobsched migrate` from a daemon's file to PostgreSQL and back."""

import pathlib
import subprocess
import tempfile
import unittest

import postgres
import support
from support import Daemon, Endpoint, Running, await_true, clean_environment, from_now, run


class Migrate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = postgres.Server().start()
        cls.addClassCleanup(cls.server.close)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.server.new_database()
        self.daemon = Daemon(folder.name)
        self.addCleanup(lambda: self.daemon.process and self.daemon.kill())
        self.daemon.start()

    def arguments(self, source, target):
        return "migrate", "--from", str(source), "--to", str(target)

    def migrate(self, source, target):
        ended = run(*self.arguments(source, target), env=clean_environment(self.folder))
        self.assertEqual(ended.stdout, b"")
        return ended.returncode, ended.stderr.decode()

    def moved(self, source, target):
        code, err = self.migrate(source, target)
        self.assertEqual(code, 0, err)
        return err

    def jobs_there(self):
        return self.server.execute("SELECT count(*) FROM jobsched.jobs")

    def test_there_and_back(self):
        endpoint = Endpoint(200)
        self.addCleanup(endpoint.close)
        first = self.daemon.post_json({"url": endpoint.url, "when": from_now(0.1)},
                                      Accept="text/plain").text
        endpoint.next()
        await_true(lambda: self.daemon.ids() == [], "the first is done")
        later = self.daemon.post_json({"url": endpoint.url, "when": from_now(3600), "name": "夜"},
                                      Accept="text/plain").text
        code, err = self.migrate(self.daemon.store, self.database)
        self.assertEqual(code, 75, err)
        self.assertIn(f"process {self.daemon.process.pid}", err)
        self.daemon.stop()

        err = self.moved(self.daemon.store, self.database)
        self.assertRegex(err, r"^jobsched: moved 1 job, 0 deliveries, 1 attempt, .* from .*jobs\.db "
                              r"to postgresql://127\.0\.0\.1:\d+/jobsched\n"
                              r"jobsched: .*jobs\.db is now .*jobs\.db\.migrated\n$")
        self.assertEqual(self.server.execute("SELECT id, name FROM jobsched.jobs"), [f"{later}|夜"])
        code, err = self.migrate(self.daemon.store, self.database)
        self.assertEqual((code, "there is no store" in err), (3, True), err)

        self.server.execute("INSERT INTO jobsched.instances VALUES"
                            " (7, 'berta', 1, extract(epoch FROM now()) * 1000)")
        code, err = self.migrate(self.database, self.daemon.store)
        self.assertEqual((code, "in use by berta" in err), (75, True), err)
        self.server.execute("DELETE FROM jobsched.instances")

        err = self.moved(self.database, f"sqlite:{self.daemon.store}")
        self.assertIn(f"is marked as moved to {self.daemon.store}", err)
        code, err = self.migrate(self.database, self.folder / "other.db")
        self.assertEqual((code, "have been moved to" in err), (6, True), err)
        self.daemon.start()
        self.assertEqual(self.daemon.ids(), [later])
        job = self.daemon.get(f"/1/jobs/{later}", Accept="application/json").json
        self.assertEqual(job["name"], "夜")
        log = self.daemon.get(f"/1/jobs/{first}/deliveries", Accept="application/json").json
        self.assertEqual([entry["state"] for entry in log], ["accepted"])

    def test_a_run_that_is_killed_leaves_nothing_and_can_be_repeated(self):
        empty = self.folder / "empty.db"
        self.daemon.post_json({"url": "http://127.0.0.1:9/", "when": from_now(3600)})
        self.daemon.stop()
        other = Daemon(self.folder / "state")
        other.store = empty
        other.start().stop()
        self.moved(empty, self.database)  # makes the tables

        holder = subprocess.Popen(
            [postgres.programs() / "psql", "-qX", self.database], stdin=subprocess.PIPE, text=True)
        self.addCleanup(holder.communicate)
        holder.stdin.write("BEGIN; LOCK TABLE jobsched.job_counts IN EXCLUSIVE MODE;\n")
        holder.stdin.flush()
        waits = ("SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
                 " WHERE relname = 'job_counts' AND granted = {}")
        await_true(lambda: self.server.execute(waits.format(True)) == ["1"], "the lock")
        under_way = Running(self.arguments(self.daemon.store, self.database),
                            clean_environment(self.folder))
        self.addCleanup(under_way.kill)
        await_true(lambda: self.server.execute(waits.format(False)) == ["1"], "the last statement")
        under_way.kill()
        holder.communicate("ROLLBACK;\n")
        self.assertTrue(self.daemon.store.exists())
        await_true(lambda: self.server.execute("SELECT count(*) FROM pg_stat_activity WHERE"
                                               " application_name = 'jobsched'") == ["0"], "its end")
        self.assertEqual(self.jobs_there(), ["0"])
        self.assertIn("moved 1 job,", self.moved(self.daemon.store, self.database))
        self.assertEqual(self.jobs_there(), ["1"])

    def test_what_cannot_be_done_says_what_to_do(self):
        self.daemon.stop()
        precious = self.folder / "precious"
        precious.write_text("precious")
        secret = f"postgresql://postgres:geheim@127.0.0.1:1/{'x' * 3}"
        for source, target, code, says in (
                (self.daemon.store, precious, 6, "both stores are files"),
                (self.daemon.store, "", 2, "--to: it is empty"),
                (self.daemon.store, "postgresql://a:geh@eim@h/d", 2, "--to: the URI has an @"),
                (self.daemon.store, "postgresql://a:geh%zz@h/d", 6, "cannot be read"),
                (self.daemon.store, secret, 75, "cannot be used just now"),
                (precious, self.database, 6, "is not a store of jobsched"),
                (self.folder / "absent", self.database, 3, "there is no store at"),
                (self.database, self.folder / "new", 3, "there is no store in the database")):
            with self.subTest(source=source, target=target):
                found, err = self.migrate(source, target)
                self.assertEqual(found, code, err)
                self.assertIn(says, err)
                self.assertNotIn("geh", err)
        self.assertEqual(precious.read_text(), "precious")
        self.assertFalse((self.folder / "new").exists())
        ended = run("migrate", "--from", "x")
        self.assertEqual((ended.returncode, b"--to is required" in ended.stderr), (2, True))

    def test_the_source_is_that_of_the_settings_if_none_is_named(self):
        self.daemon.stop()
        self.daemon.config.write_text(f"store: {self.daemon.store}\n")
        ended = run("migrate", "--config", str(self.daemon.config), "--to", self.database)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn(f"from {self.daemon.store} to ".encode(), ended.stderr)


if __name__ == "__main__":
    postgres.require()
    support.main()
