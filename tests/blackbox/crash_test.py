"""Load, kill -9 at random moments, a start on the same store, and so on: nothing that was acknowledged
is lost, early, changed, or called back twice but for what was in flight. What happened is judged by
history.py.

JOBSCHED_KILLS says how often to kill (default 5), JOBSCHED_SEED repeats a run's decisions.
"""

import http.client
import itertools
import json
import os
import random
import sqlite3
import sys
import tempfile
import threading
import time
import unittest

import history
import support
from support import Daemon, Endpoint, await_true, instant

KILLS = int(os.environ.get("JOBSCHED_KILLS", "5"))
SEED = int(os.environ.get("JOBSCHED_SEED", time.time_ns() % 1_000_000))
THREADS = 6
RECURRING = 30  # at most; each fires every one to four seconds
SETTINGS = """
limits: {min_interval: 1s}
delivery: {backoff: [1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s]}
"""


def now():
    return time.time_ns() // 1_000_000


def in_iso(millis):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(millis / 1_000)) + f".{millis % 1000:03d}Z"


class Receiver:
    """An endpoint that fails and dawdles now and then, and keeps what it received."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.received = []
        self.endpoint = Endpoint(self.answer)
        self.url = self.endpoint.url

    def answer(self, handler):
        status = self.random.choices((200, 204, 500, 503), (60, 30, 5, 5))[0]
        if self.random.random() < 0.05:
            time.sleep(self.random.random() * 0.2)
        headers, callback = handler.callback.headers, handler.callback
        self.received.append(history.Callback(
            arrived=int(callback.arrived.timestamp() * 1_000), webhook_id=headers["webhook-id"],
            job_id=headers["Jobsched-Job-Id"],
            fire_time=round(instant(headers["Jobsched-Fire-Time"]).timestamp() * 1_000),
            attempt=int(headers["Jobsched-Attempt"]), body=callback.body.decode(),
            signature=headers["X-Content-Signature"], status=status))
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


class Client(threading.Thread):
    """Creates, replaces and deletes jobs, and keeps what it asked for and what was acknowledged."""

    def __init__(self, daemon, url, number):
        super().__init__(daemon=True)
        self.target, self.url, self.number = daemon, url, number
        self.random = random.Random(SEED * 100 + number)
        self.jobs, self.living = [], []
        self.recurring = 0
        self.bodies = itertools.count()
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            roll = self.random.random()
            if not self.living or roll < 0.7:
                self.create()
            elif roll < 0.85:
                self.replace(self.take_living())
            else:
                self.delete(self.take_living())

    def take_living(self):
        return self.living.pop(self.random.randrange(len(self.living)))

    def ask(self, method, target, version=None):
        """The answer, or None if none came; then the daemon was just killed."""
        body = version and json.dumps(self.document(version))
        try:
            return self.target.request(method, target, body, Accept="text/plain",
                                       Content_Type="application/json")
        except (OSError, http.client.HTTPException):
            self.stopping.wait(0.02)
            return None

    def document(self, version):
        schedule = ({"when": in_iso(version.when)} if version.when is not None
                    else {"cron": f"0/{version.period // 1_000} * * * * ?"})
        return {"url": self.url, "data": version.body, "signature": version.signature, **schedule}

    def next_version(self, recurring):
        body = f"job-{self.number}-{next(self.bodies)}"
        schedule = ({"period": 1_000 * self.random.choice((1, 2, 4))} if recurring
                    else {"when": now() + self.random.randrange(200, 3_000)})
        return history.Version(body, f"signed-{body}", now(), None, **schedule)

    def create(self):
        recurring = self.recurring < RECURRING // THREADS and self.random.random() < 0.2
        version = self.next_version(recurring)
        job = history.Job([version])
        self.jobs.append(job)
        answer = self.ask("POST", "/1/jobs", version)
        if answer is None:
            return
        if answer.status != 201:
            self.refused(job, answer)
            return
        job.id, version.acked = answer.text, now()
        self.recurring += recurring
        self.living.append(job)

    def replace(self, job):
        recurring = job.versions[-1].period is not None
        version = self.next_version(recurring)
        answer = self.ask("PUT", f"/1/jobs/{job.id}", version)
        if answer is not None and answer.status == 404:  # fired, accepted and purged
            return
        job.versions.append(version)
        if answer is None:
            return
        if answer.status != 200:
            self.refused(job, answer)
            return
        version.acked = now()
        self.living.append(job)

    def delete(self, job):
        job.delete_sent = now()
        answer = self.ask("DELETE", f"/1/jobs/{job.id}")
        if answer is None:
            return
        if answer.status == 204:
            job.delete_acked = now()
        elif answer.status == 404:
            job.delete_sent = None
        else:
            self.refused(job, answer)

    def refused(self, job, answer):
        # A one-time job may fall due while a slow daemon reads it: nothing was created.
        if answer.status == 422 and "in the future" in answer.text:
            job.versions.pop()
            if not job.versions:
                self.jobs.remove(job)
            return
        raise AssertionError(f"{answer.status}: {answer.text}")


class Crash(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.daemon = Daemon(folder.name, SETTINGS)
        self.addCleanup(lambda: self.daemon.process and self.daemon.kill())
        self.receiver = Receiver(SEED)
        self.addCleanup(self.receiver.endpoint.close)

    def test_kill_9_under_load(self):
        generator = random.Random(SEED)
        self.daemon.start()
        clients = [Client(self.daemon, self.receiver.url, number) for number in range(THREADS)]
        for client in clients:
            client.start()
        kills = []
        for _ in range(KILLS):
            time.sleep(0.2 + generator.random())  # chaos, not a wait for anything
            began = now()
            self.daemon.kill()
            ended = now()
            self.daemon.start()
            kills.append(history.Kill(began, ended, now()))
        self.assertTrue(all(client.is_alive() for client in clients), "a client met a refusal")
        for client in clients:
            client.stopping.set()
        for client in clients:
            client.join(support.DEADLINE)
        read = self.await_quiet(clients)
        self.judge(history.History([job for client in clients for job in client.jobs],
                                   list(self.receiver.received), kills, read))
        self.check_store()

    def await_quiet(self, clients):
        """Waits until all that is owed is delivered, and lets nothing recur any more; until when
        fire times had to be met."""
        read = now()
        recurring = [job for client in clients for job in client.jobs
                     if job.versions[-1].period and job.versions[-1].acked and not job.delete_sent]
        owed = {(job.versions[-1].body, time) for job in recurring
                for time in job.versions[-1].targets(job.versions[-1].acked, read)}

        def nothing_owed():
            owed.difference_update((one.body, one.fire_time) for one in self.receiver.received)
            return not owed

        await_true(nothing_owed, "the fire times of recurring jobs")
        by_id = {job.id: job for job in recurring}
        for job_id in self.daemon.ids():
            if "cron" not in self.daemon.get(f"/1/jobs/{job_id}").text:
                continue
            job = by_id.get(job_id, history.Job([]))  # one whose create was not answered
            job.delete_sent = now()
            self.assertEqual(self.daemon.request("DELETE", f"/1/jobs/{job_id}").status, 204)
            job.delete_acked = now()
        await_true(lambda: self.daemon.ids() == [], "the last one-time job")
        return read

    def judge(self, what_happened):
        report = history.check(what_happened)
        print(f"seed {SEED}, {len(what_happened.kills)} kills,"
              f" {len(what_happened.jobs)} jobs\n{report.table()}", file=sys.stderr)
        self.assertEqual(report.first_faults(), {}, f"seed {SEED}")
        self.assertGreater(report.targets, 0)

    def check_store(self):
        self.daemon.kill()
        with sqlite3.connect(self.daemon.store) as store:
            self.assertEqual(store.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(store.execute("SELECT count(*) FROM deliveries").fetchone(), (0,))


if __name__ == "__main__":
    support.main()
