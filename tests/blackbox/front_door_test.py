"""Hostile clients in numbers, and a stop amid them: memory stays as it is, others are served, and
nothing is lost."""

import contextlib
import pathlib
import select
import signal
import socket
import tempfile
import threading
import unittest

import support
from support import DEADLINE, SANITIZED, Daemon, DaemonTest, Endpoint, from_now

MIB = 1048576
HEAD = b"POST /1/jobs HTTP/1.1\r\nHost: localhost\r\n"
FILLER = b"x" * 65536

# What is sent first and then again and again, up to 200 MB, until there is an answer.
ENDLESS = {
    "a request line": (b"GET /", FILLER, 414),
    "a target of 9 KiB": (b"GET /" + b"x" * 9216 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"", 414),
    "a header line": (HEAD + b"X: ", FILLER, 431),
    "a million headers": (HEAD, b"X: 1\r\n" * 10_000, 431),
    "a chunked body": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
                       b"10000\r\n" + FILLER + b"\r\n", 413),
    "a chunk extension": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", FILLER, 400),
    "trailers": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: 1\r\n" * 10_000, 431),
    "a body of a length": (HEAD + b"Content-Length: 200000000\r\n\r\n", FILLER, 413),
}


class Endless(DaemonTest):
    def send(self, first, again):
        """Sends until there is an answer; its status."""
        with socket.create_connection(("127.0.0.1", self.daemon.port), DEADLINE) as connection:
            with contextlib.suppress(OSError):
                connection.sendall(first)
                sent = 0
                while again and sent < 200 * MIB:
                    readable, _, _ = select.select([connection], [connection], [], DEADLINE)
                    if readable:
                        break
                    sent += connection.send(again[sent % len(again):])
            return int(connection.recv(65536).split()[1])

    def round(self):
        """Sends each; the most memory that the daemon had."""
        most = 0
        for name, (first, again, status) in ENDLESS.items():
            with self.subTest(name):
                self.assertEqual(self.send(first, again), status)
            most = max(most, self.daemon.memory())
        return most

    def test_they_are_refused_and_memory_stays_as_it_is(self):
        before = max(self.round() for _ in range(3))
        growth = max(self.round() for _ in range(10)) - before
        self.assertEqual(self.daemon.get("/1/jobs").status, 200)
        if not SANITIZED:  # freed memory is kept on purpose
            self.assertLess(growth, 2 * MIB, f"from {before}")


class Drain(unittest.TestCase):
    def test_a_stop_waits_for_nobody_longer_than_the_drain_and_loses_nothing(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        release = threading.Event()
        endpoint = Endpoint(lambda handler: release.wait(DEADLINE), 200)
        self.addCleanup(endpoint.close)
        self.addCleanup(release.set)
        daemon = Daemon(pathlib.Path(folder.name), "drain: 500ms\n").start()
        self.addCleanup(daemon.kill)
        answer = daemon.post_json({"url": endpoint.url, "when": from_now(1)},
                                  Accept="application/json")
        self.assertEqual(answer.status, 201)
        hung = endpoint.next()

        dripping = socket.create_connection(("127.0.0.1", daemon.port))
        self.addCleanup(dripping.close)
        stopped = threading.Event()
        self.addCleanup(stopped.set)

        def drip():
            with contextlib.suppress(OSError):
                dripping.sendall(HEAD)
                while not stopped.wait(0.02):
                    dripping.sendall(b"X")

        threading.Thread(target=drip, daemon=True).start()
        self.assertEqual(daemon.get("/1/jobs").status, 200)  # so the first drops have been seen
        daemon.process.send_signal(signal.SIGTERM)
        # The callback alone would take the 30 s that an attempt may.
        self.assertEqual(daemon.process.wait(15), 0)

        daemon.start()
        again = endpoint.next()
        self.assertEqual(again.headers["webhook-id"], hung.headers["webhook-id"])
        self.assertEqual(again.headers["Jobsched-Fire-Time"], hung.headers["Jobsched-Fire-Time"])


if __name__ == "__main__":
    support.main()
