"""The daemon as those see it who watch it: the admin listener, health and readiness, metrics, and the
ids of requests."""

import contextlib
import pathlib
import re
import sqlite3
import stat
import subprocess
import tempfile
import unittest

import support
from support import Daemon, DaemonTest, await_true, clean_environment, from_now, quote, run

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


class Monitoring(DaemonTest):
    settings = "log: {level: debug}\ndelivery: {backoff: [10ms]}\n"

    def admin(self, target, *options):
        return admin(self.daemon.folder / "jobsched" / "admin.sock", target, *options)

    def metrics(self):
        """Each metric with its labels, as it is written, and its value."""
        lines = self.admin("/metrics").splitlines()
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}

    def logged(self, request_id):
        """The lines of the log that have the id of a request."""
        lines = self.daemon.log.read_text().splitlines()
        return [line for line in lines if f"request_id={request_id}" in line]

    def store(self):
        return contextlib.closing(sqlite3.connect(self.daemon.store, isolation_level=None))

    def test_a_daemon_that_is_well_is_alive_and_ready(self):
        for path in ("/healthz", "/readyz"):
            version = run("--version").stdout.decode().split()[1]
            for accept, kind, body in [
                    ("*/*", "text/plain", "ok"),
                    ("application/json", "application/json",
                     f'{{"status":"ok","version":"{version}"}}'),
                    ("text/xml", "text/xml",
                     f"<health><status>ok</status><version>{version}</version></health>")]:
                with self.subTest((path, accept)):
                    answer = self.daemon.get(path, Accept=accept)
                    self.assertEqual((answer.status, answer.type), (200, kind))
                    self.assertTrue(answer.text.endswith(body), answer.text)
                    self.assertEqual(self.admin(path, "-H", f"Accept: {accept}"), answer.text)
            head = self.daemon.request("HEAD", path)
            self.assertEqual((head.status, head.headers["Content-Length"]), (200, "2"))
            other = self.daemon.request("POST", path)
            self.assertEqual((other.status, other.headers["Allow"]), (405, "GET, HEAD"))

    def test_it_is_not_ready_while_the_store_cannot_be_written(self):
        document = {"url": "http://a.test/", "when": "2094-05-11T15:30:00Z"}
        failures = self.metrics()["jobsched_store_commit_failures_total"]
        with self.store() as store:
            store.execute("BEGIN IMMEDIATE")  # as another program does that holds on to it
            self.assertEqual(self.daemon.post_json(document).status, 503)
            answer = self.daemon.get("/readyz", Accept="application/json")
            self.assertEqual((answer.status, answer.type), (503, "application/problem+json"))
            self.assertTrue(answer.headers["Retry-After"].isdigit())
            self.assertIn("the store cannot be written", answer.json["detail"])
            self.assertEqual(self.daemon.get("/healthz").status, 200)
            store.execute("ROLLBACK")
        self.assertEqual(self.daemon.post_json(document).status, 201)
        self.assertEqual(self.daemon.get("/readyz").status, 200)
        self.assertGreater(self.metrics()["jobsched_store_commit_failures_total"], failures)
        log = self.daemon.log.read_text()
        self.assertEqual(log.count('level=error msg="the store cannot be written"'), 1)
        self.assertEqual(log.count('level=info msg="the store can be written again"'), 1)

    def test_it_is_not_ready_while_the_scheduler_is_behind(self):
        endpoint = self.endpoint()
        created = self.daemon.post_json({"url": endpoint.url, "when": "2094-05-11T15:30:00Z"},
                                        Accept="application/json")
        self.assertEqual(self.daemon.get("/readyz").status, 200)
        # A fire time that the scheduler does not know of: it sleeps until the one it was told.
        with self.store() as store:
            changed = store.execute(
                "UPDATE jobs SET due = (unixepoch() - 300) * 1000 WHERE id = ?",
                (bytes.fromhex(created.json["id"].replace("-", "")),))
            self.assertEqual(changed.rowcount, 1)
        answer = self.daemon.get("/readyz")
        self.assertEqual(answer.status, 503)
        self.assertIn("the scheduler is behind: what is due has waited for 5m", answer.text)
        self.assertGreaterEqual(self.metrics()["jobsched_overdue_seconds"], 300)
        self.daemon.post_json({"url": endpoint.url, "when": from_now(1)})
        endpoint.next()
        await_true(lambda: self.daemon.get("/readyz").status == 200, "the scheduler to catch up")

    def test_metrics_are_for_admins(self):
        self.assertEqual(self.daemon.get("/metrics").status, 404)
        head = self.admin("/metrics", "-I")
        self.assertIn("Content-Type: text/plain; version=0.0.4; charset=utf-8", head)

    def test_prometheus_finds_nothing_wrong_with_the_metrics(self):
        checked = subprocess.run(["promtool", "check", "metrics"], capture_output=True,
                                 input=self.admin("/metrics").encode(), timeout=support.DEADLINE)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, b"", b""))

    def test_metrics_count_what_happens(self):
        before = self.metrics()
        endpoint = self.endpoint(500, 200)
        self.daemon.post_json({"url": endpoint.url, "when": from_now(1)})
        self.daemon.post_json([{"url": endpoint.url, "when": "2094-05-11T15:30:00Z"}] * 2)
        self.daemon.post_json("{")
        endpoint.next()
        endpoint.next()
        await_true(lambda: self.metrics()["jobsched_jobs_pending"]
                   == before["jobsched_jobs_pending"] + 2, "the end of the delivery")
        after = self.metrics()
        for name, more in [("jobs_created_total", 3), ("fires_total", 1),
                           ('attempts_total{outcome="accepted"}', 1),
                           ('attempts_total{outcome="rejected"}', 1),
                           ('attempts_total{outcome="timed_out"}', 0),
                           ("attempts_in_flight", 0), ("lateness_seconds_count", 1),
                           ("misfires_skipped_total", 0),
                           ('http_requests_total{status="4xx"}', 1)]:
            with self.subTest(name):
                self.assertEqual(after["jobsched_" + name] - before["jobsched_" + name], more)
        rising = ("store_commit_duration_seconds_count", 'http_requests_total{status="2xx"}')
        for name in rising:
            self.assertGreater(after["jobsched_" + name], before["jobsched_" + name])
        self.assertLess(after["jobsched_lateness_seconds_sum"], 60)
        self.assertGreater(after["process_resident_memory_bytes"], 1e6)
        self.assertAlmostEqual(after["process_resident_memory_bytes"], self.daemon.memory(),
                               delta=8e6)
        self.assertGreater(after["process_start_time_seconds"], 1.7e9)

    def test_connections_are_counted_while_they_are_open(self):
        before = self.metrics()["jobsched_http_connections"]
        with support.socket.create_connection(("127.0.0.1", self.daemon.port)):
            await_true(lambda: self.metrics()["jobsched_http_connections"] == before + 1, "it")
        await_true(lambda: self.metrics()["jobsched_http_connections"] == before, "its end")

    def test_every_answer_carries_the_id_of_its_request(self):
        own = "Client-1.a_b"
        for method, target, body, status in [
                ("GET", "/1/jobs", None, 200), ("POST", "/1/jobs", "{", 400),
                ("GET", "/nothing", None, 404), ("PATCH", "/1/jobs", None, 405),
                ("GET", "/healthz", None, 200)]:
            with self.subTest((method, target)):
                answer = self.daemon.request(method, target, body, X_Request_Id=own)
                self.assertEqual((answer.status, answer.headers["X-Request-Id"]), (status, own))
                fresh = [self.daemon.request(method, target, body).headers["X-Request-Id"]
                         for _ in range(2)]
                self.assertRegex(" ".join(fresh), "^[0-9a-f]{16} [0-9a-f]{16}$")
                self.assertNotEqual(fresh[0], fresh[1])
        created = self.daemon.post_json({"url": "http://a.test/", "when": "2094-05-11T15:30:00Z"},
                                        X_Request_Id=own)
        self.assertEqual((created.status, created.headers["X-Request-Id"]), (201, own))
        unfit = self.daemon.get("/1/jobs", X_Request_Id="a b")
        self.assertRegex(unfit.headers["X-Request-Id"], "^[0-9a-f]{16}$")
        self.assertIn("X-Request-Id: " + own, self.admin("/metrics", "-I", "-H",
                                                         "X-Request-Id: " + own))

    def test_what_is_no_http_is_refused_under_an_id(self):
        for data in (b"GARBAGE\r\n\r\n", b"GET /1/jobs HTTP/1.1\r\n\r\n"):
            with self.subTest(data):
                found = re.search(rb"X-Request-Id: ([0-9a-f]{16})\r\n", self.raw(data))
                self.assertTrue(found)
                line, = self.logged(found.group(1).decode())
                self.assertIn("status=400", line)

    def test_the_log_says_of_a_request_what_is_not_secret(self):
        target = f"/1/jobs/2094-05-11T15:30:00Z/{quote('http://a.test/?token=hidden')}"
        self.daemon.request("POST", target, "hidden too", X_Request_Id="path-job",
                            Authorization="Bearer hidden")
        self.daemon.get("/1/jobs?limit=1&note=hidden", X_Request_Id="query")
        for request_id, words in [
                ("path-job", "method=POST path=/1/jobs/2094-05-11T15:30:00Z/* status=201"),
                ("query", "method=GET path=/1/jobs status=400")]:
            with self.subTest(request_id):
                line, = self.logged(request_id)
                self.assertIn(f"level=debug msg=request {words} took=", line)
        self.assertNotIn("hidden", self.daemon.log.read_text())

    def test_requests_are_logged_at_the_level_debug_only(self):
        with tempfile.TemporaryDirectory() as folder:
            daemon = Daemon(folder).start()
            self.addCleanup(daemon.kill)
            daemon.get("/1/jobs", X_Request_Id="quiet")
            daemon.stop()
            self.assertNotIn("quiet", daemon.log.read_text())


if __name__ == "__main__":
    support.main()
