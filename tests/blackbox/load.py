"""Load on daemons that something is done to meanwhile: clients that create, replace and delete jobs,
an endpoint that fails and dawdles, and what both of them saw, for history.py to judge.

JOBSCHED_SEED repeats a run's decisions.
"""

import contextlib
import http.client
import itertools
import json
import os
import pathlib
import random
import sys
import threading
import time

import history
import support
from support import Endpoint, await_true, instant

SEED = int(os.environ.get("JOBSCHED_SEED", time.time_ns() % 1_000_000))
THREADS = 6
BREATH = 0.03  # seconds at least between two requests of a client: the endpoint must keep up
RECURRING = 30  # at most; each fires every one to four seconds
SETTINGS = """
limits: {min_interval: 1s}
delivery: {backoff: [1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s]}
"""


def now():
    return time.time_ns() // 1_000_000


def in_iso(millis):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(millis / 1_000)) + f".{millis % 1000:03d}Z"


def owner_of_port(port, pids):
    """Which of the processes has a connection from this port of 127.0.0.1; None if none has any
    more."""
    rows = map(str.split, pathlib.Path("/proc/net/tcp").read_text().splitlines())
    sockets = {f"socket:[{row[9]}]" for row in rows if row[1] == f"0100007F:{port:04X}"}
    for pid in pids:
        try:
            if any(os.readlink(open_one) in sockets
                   for open_one in pathlib.Path(f"/proc/{pid}/fd").iterdir()):
                return pid
        except OSError:
            pass  # it, or what it had open, is gone
    return None


class Receiver:
    """An endpoint that fails and dawdles now and then, and keeps what it received, of `daemons`: if
    there are many, with which of them it was."""

    def __init__(self, daemons):
        self.daemons = daemons
        self.random = random.Random(SEED)
        self.received = []
        self.endpoint = Endpoint(self.answer)
        self.url = self.endpoint.url

    def answer(self, handler):
        status = self.random.choices((200, 204, 500, 503), (60, 30, 5, 5))[0]
        headers, callback = handler.callback.headers, handler.callback
        self.received.append(history.Callback(
            arrived=int(callback.arrived.timestamp() * 1_000), webhook_id=headers["webhook-id"],
            job_id=headers["Jobsched-Job-Id"],
            fire_time=round(instant(headers["Jobsched-Fire-Time"]).timestamp() * 1_000),
            attempt=int(headers["Jobsched-Attempt"]), body=callback.body.decode(),
            signature=headers["X-Content-Signature"], status=status,
            instance=self.instance_of(handler)))
        if self.random.random() < 0.05:
            time.sleep(self.random.random() * 0.2)
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def instance_of(self, handler):
        if len(self.daemons) == 1:
            return None
        if not handler.__dict__.get("instance"):  # a handler serves one connection
            handler.instance = owner_of_port(handler.client_address[1],
                                             [daemon.process.pid for daemon in self.daemons])
        return handler.instance


class Client(threading.Thread):
    """Creates, replaces and deletes jobs at any of the daemons, and keeps what it asked for and what
    was acknowledged."""

    def __init__(self, daemons, url, number):
        super().__init__(daemon=True)
        self.daemons, self.url, self.number = daemons, url, number
        self.random = random.Random(SEED * 100 + number)
        self.jobs, self.living = [], []
        self.recurring = 0
        self.bodies = itertools.count()
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.wait(BREATH):
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
        """The answer, or None if none came, or none that says what has become of it: the daemon was
        just killed, or its store is away."""
        body = version and json.dumps(self.document(version))
        try:
            answer = self.random.choice(self.daemons).request(
                method, target, body, Accept="text/plain", Content_Type="application/json")
        except (OSError, http.client.HTTPException):
            answer = None
        if answer is None or answer.status == 503:
            self.stopping.wait(0.02)
            return None
        return answer

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


class Load:
    """Clients at work on `daemons`, and the endpoint of their jobs."""

    def __init__(self, daemons):
        self.daemons = daemons
        self.receiver = Receiver(daemons)
        self.clients = [Client(daemons, self.receiver.url, number) for number in range(THREADS)]

    def start(self):
        for client in self.clients:
            client.start()

    @property
    def jobs(self):
        return [job for client in self.clients for job in client.jobs]

    def end(self, within=support.DEADLINE):
        """Ends the load, waits until all that is owed is delivered, or as long as it may take, and lets
        nothing recur any more; until when fire times had to be met."""
        if not all(client.is_alive() for client in self.clients):
            raise AssertionError("a client met a refusal")
        for client in self.clients:
            client.stopping.set()
        for client in self.clients:
            client.join(2 * support.DEADLINE)
        read = now()
        recurring = [job for job in self.jobs
                     if job.versions[-1].period and job.versions[-1].acked and not job.delete_sent]
        owed = {(job.versions[-1].body, time) for job in recurring
                for time in job.versions[-1].targets(job.versions[-1].acked, read)}

        def nothing_owed():
            owed.difference_update((one.body, one.fire_time) for one in self.receiver.received)
            return not owed

        with contextlib.suppress(AssertionError):  # of which the judge says more
            await_true(nothing_owed, "the fire times of recurring jobs", within)
        self.delete_recurring({job.id: job for job in recurring})
        await_true(lambda: self.daemons[0].ids() == [], "the last one-time job", within)
        return read

    def delete_recurring(self, by_id):
        daemon = self.daemons[0]
        for job_id in daemon.ids():
            if "cron" not in daemon.get(f"/1/jobs/{job_id}").text:
                continue
            job = by_id.get(job_id, history.Job([]))  # one whose create was not answered
            job.delete_sent = now()
            answer = daemon.request("DELETE", f"/1/jobs/{job_id}")
            if answer.status != 204:
                raise AssertionError(f"{answer.status}: {answer.text}")
            job.delete_acked = now()

    def judge(self, kills, read, what, late=history.LATE):
        """Prints what happened, and gives the report."""
        report = history.check(history.History(self.jobs, list(self.receiver.received), kills, read,
                                               late))
        print(f"seed {SEED}, {what}, {len(self.jobs)} jobs\n{report.table()}", file=sys.stderr)
        return report

    def close(self):
        self.receiver.endpoint.close()
