"""Clients in numbers, for figures.py: a process of its own, so that its work does not delay the
clients that are measured.

    crowd.py PORT IDLE DRIPPING PIPELINING

Opens that many connections of each kind, says "ready", and goes on until its input ends.
"""

import contextlib
import resource
import select
import socket
import sys
import time

GET = b"GET /1/jobs?limit=1 HTTP/1.1\r\nHost: localhost\r\nAccept: text/plain\r\n\r\n"
PIPELINE = GET * 16
PAUSE = 0.5  # seconds between two drops


def connect(port):
    return socket.create_connection(("127.0.0.1", port))


def answer(connection):
    connection.sendall(GET)
    while b"\r\n\r\n" not in connection.recv(65536):
        pass


def main(port, idle, dripping, pipelining):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    waiting = []
    for _ in range(idle):
        waiting.append(connect(port))
        answer(waiting[-1])
    drips = [connect(port) for _ in range(dripping)]
    for connection in drips:
        connection.sendall(GET[:-4] + b"\r\nX: ")
    pipes = {connection.fileno(): connection for connection in
             (connect(port) for _ in range(pipelining))}
    poll = select.poll()
    poll.register(sys.stdin, select.POLLIN | select.POLLHUP)
    for number, connection in pipes.items():
        connection.setblocking(False)
        connection.send(PIPELINE)
        poll.register(number, select.POLLIN)
    print("ready", flush=True)
    last = time.monotonic()
    while True:
        for number, _ in poll.poll(PAUSE * 1_000):
            if number == sys.stdin.fileno():
                return
            # An answer for an answer, roughly: the pipelines stay full.
            count = pipes[number].recv(65536).count(b"HTTP/1.1 ")
            with contextlib.suppress(BlockingIOError):
                pipes[number].send(GET * count)
        if time.monotonic() - last > PAUSE:
            last = time.monotonic()
            for connection in drips:
                with contextlib.suppress(OSError):
                    connection.sendall(b"x")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
