"""Hostile callback endpoints in numbers: the daemon's memory stays as it is, and an honest endpoint
does not notice."""

import contextlib
import gzip
import socket
import threading
import zlib

import support
from support import SANITIZED, DaemonTest, await_true, from_now

MIB = 1048576
ROUNDS = 3
OF_EACH = 40

OK = b"HTTP/1.1 200 OK\r\n"
PIECE = b"x" * 4096
BOMB = gzip.compress(b"\0" * (64 * MIB))  # 64 KiB that want to be 64 MiB


def chunk(data):
    return b"%x\r\n%b\r\n" % (len(data), data)


# What is sent at once, and then again and again; the connection is closed after the last piece.
HOSTILITIES = {
    "silence": (b"", None),
    "a body without end": (OK + b"\r\n", PIECE),
    "chunks without end": (OK + b"Transfer-Encoding: chunked\r\n\r\n", chunk(PIECE)),
    "chunk extensions without end": (OK + b"Transfer-Encoding: chunked\r\n\r\n5;", PIECE),
    "headers without end": (OK, b"X: " + PIECE + b"\r\n"),
    "a header without end": (OK + b"X: ", PIECE),
    "interim answers without end": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "garbage without end": (b"", b"\xfe" * 4096),
    "half a body": (OK + b"Content-Length: 1000000\r\n\r\n" + PIECE, b""),
    "a bomb": (OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB, b""),
    "a bomb in chunks": (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk(BOMB)
                         + b"0\r\n\r\n", b""),
    "a bomb of another kind": (OK + b"Content-Encoding: deflate\r\n\r\n"
                               + zlib.compress(b"\0" * (64 * MIB)), b""),
}


class RawEndpoint:
    """Sends bytes in answer to whatever comes."""

    def __init__(self, first, again):
        self.first, self.again = first, again
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = "http://127.0.0.1:%d/" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError), connection:
            connection.recv(65536)
            connection.sendall(self.first)
            while self.again:
                connection.sendall(self.again)
            if self.again is None:
                connection.recv(65536)


class Hostile(DaemonTest):
    settings = "delivery: {backoff: [], timeout: 2s, connect_timeout: 2s}\n"

    def round(self, endpoints):
        """Lets jobs call all endpoints at once; returns when all attempts have ended."""
        urls = [endpoint.url for endpoint in endpoints] * OF_EACH
        when = from_now(3)
        answer = self.daemon.post_json([{"url": url, "when": when} for url in urls])
        self.assertEqual(answer.status, 201, answer.text)
        await_true(lambda: not self.daemon.ids(), "all attempts have ended")

    def test_memory_stays_as_it_is(self):
        self.assertLess(len(BOMB), 65536 + 4096)
        endpoints = [RawEndpoint(*behaviour) for behaviour in HOSTILITIES.values()]
        honest = self.endpoint()
        self.round(endpoints)
        before = self.daemon.memory()
        for _ in range(ROUNDS):
            job = self.daemon.post_json({"url": honest.url, "when": from_now(3.5)})
            self.assertEqual(job.status, 201)
            self.round(endpoints)
            honest.next()
        growth = self.daemon.memory() - before
        if not SANITIZED:  # freed memory is kept on purpose
            self.assertLess(growth, 8 * MIB, f"from {before}")

    def test_one_after_the_other_ends_as_it_should(self):
        ends = {
            "silence": "timed out", "a body without end": None, "chunks without end": None,
            "chunk extensions without end": "timed out", "headers without end": "unreachable",
            "a header without end": "unreachable", "interim answers without end": "unreachable",
            "garbage without end": "unreachable", "half a body": "unreachable", "a bomb": None,
            "a bomb of another kind": None, "a bomb in chunks": None,
        }
        self.assertEqual(ends.keys(), HOSTILITIES.keys())
        for name, end in ends.items():
            with self.subTest(name):
                endpoint = RawEndpoint(*HOSTILITIES[name])
                job = self.daemon.post_json({"url": endpoint.url, "when": from_now(1)},
                                            Accept="application/json").json["id"]
                await_true(lambda: job not in self.daemon.ids(), "the job is gone")
                lines = [line for line in self.daemon.log.read_text().splitlines() if job in line]
                if end is None:  # a success is not logged
                    self.assertEqual(lines, [])
                else:
                    self.assertRegex(lines[0], f"outcome=\"?{end}")


if __name__ == "__main__":
    support.main()
