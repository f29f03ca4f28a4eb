"""What was answered 201 is never lost: not by a restart, not by kill -9, and a delivery goes on."""

import http.client
import random
import tempfile
import threading
import time
import unittest

import support
from support import Daemon, Endpoint, await_true, from_now, instant


class Durability(unittest.TestCase):
    settings = "delivery: {backoff: [1s, 1s, 1s, 1s, 1s, 1s]}\n"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.daemon = Daemon(folder.name, self.settings)
        self.addCleanup(lambda: self.daemon.process and self.daemon.kill())

    def endpoint(self, *answers):
        endpoint = Endpoint(*answers)
        self.addCleanup(endpoint.close)
        return endpoint

    def create(self, **fields):
        answer = self.daemon.post_json(fields, Accept="application/json")
        self.assertEqual(answer.status, 201, answer.text)
        return answer.json

    def test_jobs_survive_a_restart_and_a_kill(self):
        self.daemon.start()
        jobs = [self.create(url="http://127.0.0.1:9/", when="2094-05-11T15:30:00Z", data="x\x00é"),
                self.create(url="http://127.0.0.1:9/", cron="0 15 10 ? * *", signature="s")]
        for end in (self.daemon.stop, self.daemon.kill):
            with self.subTest(end.__name__):
                end()
                self.daemon.start()
                self.assertEqual(self.daemon.ids(), [job["id"] for job in jobs])
                for job in jobs:
                    self.assertEqual(self.daemon.get(f"/1/jobs/{job['id']}").json, job)

    def test_a_request_that_is_sent_again_after_a_kill_creates_nothing(self):
        self.daemon.start()
        job = {"url": "http://127.0.0.1:9/", "when": "2094-05-11T15:30:00Z"}
        for body in (job, [job, job]):
            with self.subTest(body):
                key = {"Idempotency_Key": f'"{type(body).__name__}"'}
                first = self.daemon.post_json(body, **key)
                self.assertEqual(first.status, 201, first.text)
                ids = self.daemon.ids()
                self.daemon.kill()
                self.daemon.start()
                again = self.daemon.post_json(body, **key)
                self.assertEqual((again.status, again.text), (201, first.text))
                self.assertEqual(again.headers["Idempotency-Replayed"], "true")
                self.assertEqual(self.daemon.ids(), ids)

    def test_nothing_acknowledged_is_lost_by_kill_9_under_load(self):
        self.daemon.start()
        acknowledged, mutex = set(), threading.Lock()
        generator = random.Random(20261123)

        def load(stop):
            connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=10)
            try:
                while not stop.is_set():
                    connection.request("POST", "/1/jobs",
                                       '{"url":"http://a.test/","when":"2094-05-11T15:30:00Z"}',
                                       {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    body = answer.read().decode()
                    if answer.status == 201 and len(body) == 36:
                        with mutex:
                            acknowledged.add(body)
            except (OSError, http.client.HTTPException):
                pass  # the kill

        for _ in range(5):
            stop = threading.Event()
            threads = [threading.Thread(target=load, args=(stop,)) for _ in range(8)]
            for thread in threads:
                thread.start()
            target = len(acknowledged) + generator.randrange(50, 300)
            await_true(lambda: len(acknowledged) >= target, "the load")
            self.daemon.kill()
            stop.set()
            for thread in threads:
                thread.join()
            self.daemon.start()
            stored = self.daemon.ids()
            self.assertEqual(acknowledged - set(stored), set())
            # What was in flight may be stored without having been acknowledged, once.
            self.assertLessEqual(len(set(stored) - acknowledged), 8 * 5)
            self.assertEqual(len(stored), len(set(stored)))
            self.assertEqual(stored, sorted(stored))

    def test_what_fell_due_while_the_daemon_was_away_fires_at_its_start(self):
        endpoint = self.endpoint()
        self.daemon.start()
        job = self.create(url=endpoint.url, when=from_now(1), data="late")
        self.daemon.kill()
        await_true(lambda: instant(job["when"]) < instant(from_now(0)), "its time passes")
        self.daemon.start()
        callback = endpoint.next()
        self.assertEqual((callback.headers["Jobsched-Job-Id"], callback.body), (job["id"], b"late"))
        await_true(lambda: self.daemon.ids() == [], "the job is purged")
        self.assertTrue(endpoint.callbacks.empty())

    def test_a_retry_survives_a_restart(self):
        for end in ("stop", "kill"):
            with self.subTest(end):
                endpoint = self.endpoint(500, 200)
                self.daemon.start()
                self.create(url=endpoint.url, when=from_now(1), data="retried")
                first = endpoint.next()
                self.assertEqual(first.headers["Jobsched-Attempt"], "1")
                log = self.daemon.log
                await_true(lambda: "attempt" in log.read_text(), "the failure is recorded")
                getattr(self.daemon, end)()
                self.daemon.start()
                second = endpoint.next()
                self.assertEqual(second.headers["webhook-id"], first.headers["webhook-id"])
                self.assertIn(second.headers["Jobsched-Attempt"], ("1", "2"))
                self.assertEqual(second.body, b"retried")
                await_true(lambda: self.daemon.ids() == [], "the job is purged")
                self.daemon.stop()

    def test_a_delivery_in_flight_at_a_kill_comes_again_under_the_same_id(self):
        release = threading.Event()

        def hang(handler):
            release.wait(support.DEADLINE)

        endpoint = self.endpoint(hang, 200)
        self.addCleanup(release.set)
        self.daemon.start()
        self.create(url=endpoint.url, when=from_now(1))
        first = endpoint.next()
        self.daemon.kill()
        self.daemon.start()
        second = endpoint.next()
        self.assertEqual(second.headers["webhook-id"], first.headers["webhook-id"])
        await_true(lambda: self.daemon.ids() == [], "the job is purged")

    def test_term_lets_an_attempt_under_way_finish(self):
        def slow(handler):
            time.sleep(1)
            handler.send_response(200)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        endpoint = self.endpoint(slow)
        self.daemon.start()
        self.create(url=endpoint.url, when=from_now(1))
        endpoint.next()
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.assertEqual(self.daemon.ids(), [], "its outcome was recorded")
        self.assertTrue(endpoint.callbacks.empty())


if __name__ == "__main__":
    support.main()
