"""The daemon under a service manager: sockets that it is passed, and what it tells in return."""

import contextlib
import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import support
from support import (DEADLINE, JOBSCHED, Endpoint, await_true, clean_environment, from_now,
                     run)

CONFIG = 78
GET = b"GET /1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

# Becomes the daemon, with the descriptors of its first argument from 3 on.
LAUNCHER = """
import fcntl, os, sys
passed = [fcntl.fcntl(int(fd), fcntl.F_DUPFD, 100) for fd in sys.argv[1].split(",") if fd]
for number, fd in enumerate(passed, 3):
    os.dup2(fd, number)
    os.close(fd)
os.environ.setdefault("LISTEN_PID", str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


class Service(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = self.folder / "log"
        self.process = None

    def tcp(self, host="127.0.0.1"):
        listener = socket.create_server((host, 0))
        self.addCleanup(listener.close)
        return listener

    def unix(self, name):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(name))
        listener.listen()
        self.addCleanup(listener.close)
        return listener

    def start(self, sockets, *arguments, **environment):
        """Starts a daemon that is passed these sockets; what it has to say of its start."""
        start = self.log.stat().st_size if self.log.exists() else 0
        descriptors = [listener.fileno() for listener in sockets]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", LAUNCHER, ",".join(map(str, descriptors)),
                 shutil.which(JOBSCHED), "serve", "--store", str(self.folder / "jobs.db"),
                 *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=descriptors,
                env={**clean_environment(self.folder), "LISTEN_FDS": str(len(sockets)),
                     **environment})
        process = self.process
        self.addCleanup(lambda: (process.kill(), process.wait()))

        def said():
            return self.log.read_bytes()[start:].decode()

        await_true(lambda: "serving" in said() or process.poll() is not None, "the start")
        return said()

    def stop(self):
        self.process.terminate()
        self.assertEqual(self.process.wait(DEADLINE), 0)

    def addresses(self, said):
        return set(re.search(r"address=(\S+)", said).group(1).split(","))

    def ask(self, connection):
        with connection:
            connection.settimeout(DEADLINE)
            connection.sendall(GET)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def connect(self, listener):
        client = socket.socket(listener.family)
        client.connect(listener.getsockname())
        return client

    def create(self, listener, url, when):
        """Creates a job by one of the sockets; the status of the answer."""
        document = json.dumps({"url": url, "when": when})
        return support.Listener(listener.getsockname()[1]).request(
            "POST", "/1/jobs", document, Content_Type="application/json").status

    def check_served(self, *listeners):
        for listener in listeners:
            answer = self.ask(self.connect(listener))
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)


class Activation(Service):
    def test_sockets_take_the_place_of_the_default_address(self):
        path = self.folder / "api.sock"
        tcp, v6, unix = self.tcp(), socket.create_server(("::1", 0), family=socket.AF_INET6), \
            self.unix(path)
        self.addCleanup(v6.close)
        abstract = self.unix(f"\0jobsched-{os.getpid()}")
        said = self.start([tcp, v6, unix, abstract])
        self.assertEqual(self.addresses(said), {
            f"http://127.0.0.1:{tcp.getsockname()[1]}", f"http://[::1]:{v6.getsockname()[1]}",
            f"unix:{path}", f"unix:@jobsched-{os.getpid()}"})
        self.assertIn("callbacks=anywhere", said.replace('"', ""))
        self.check_served(tcp, v6, unix, abstract)
        self.stop()
        self.assertTrue(path.exists())  # it is the service manager's

    def test_addresses_that_are_set_are_listened_on_in_addition(self):
        tcp = self.tcp()
        addresses = self.addresses(self.start([tcp], "--listen", "127.0.0.1:0"))
        self.assertEqual(len(addresses), 2)
        self.assertIn(f"http://127.0.0.1:{tcp.getsockname()[1]}", addresses)

    def test_an_address_that_is_passed_may_be_set_too(self):
        path = self.folder / "api.sock"
        tcp, unix = self.tcp(), self.unix(path)
        said = self.start([tcp, unix], "--listen", f"127.0.0.1:{tcp.getsockname()[1]}",
                          "--listen", f"unix:{path}", "--listen", "127.0.0.1:0")
        self.assertEqual(len(self.addresses(said)), 3)
        self.check_served(tcp, unix)

    def test_no_client_is_lost_while_the_daemon_restarts(self):
        tcp = self.tcp()
        early = self.connect(tcp)
        self.start([tcp])
        self.assertIn(b" 200 ", self.ask(early))
        self.stop()
        between = [self.connect(tcp) for _ in range(50)]
        self.start([tcp])
        for client in between:
            self.assertIn(b" 200 ", self.ask(client))

    def test_sockets_of_another_process_are_not_taken(self):
        tcp = self.tcp()
        addresses = self.addresses(
            self.start([tcp], "--listen", "127.0.0.1:0", LISTEN_PID=str(os.getpid())))
        self.assertEqual(len(addresses), 1)
        self.assertNotIn(f"http://127.0.0.1:{tcp.getsockname()[1]}", addresses)

    def test_a_socket_for_admins_is_not_served_to_everybody(self):
        tcp, admin = self.tcp(), self.tcp()
        addresses = self.addresses(self.start([tcp, admin], LISTEN_FDNAMES="api:admin"))
        self.assertIn(f"http://127.0.0.1:{tcp.getsockname()[1]}", addresses)
        self.assertNotIn(f"http://127.0.0.1:{admin.getsockname()[1]}", addresses)

    def test_what_cannot_be_listened_on_is_refused(self):
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        idle = socket.socket()
        one, other = socket.socketpair()
        for wrong in (datagrams, idle, one, other):
            self.addCleanup(wrong.close)
        file = open(self.folder / "file", "w")
        self.addCleanup(file.close)
        for sockets, environment, word in [
                ([datagrams], {}, "no stream socket"), ([idle], {}, "pass a socket that listens"),
                ([one], {}, "pass a socket that listens"), ([file], {}, "no stream socket"),
                ([], {"LISTEN_FDS": "2"}, "no stream socket"),
                ([], {"LISTEN_FDS": "many"}, "LISTEN_FDS"),
                ([self.tcp()], {"LISTEN_FDNAMES": "a:b"}, "LISTEN_FDNAMES"),
                ([self.tcp("0.0.0.0")], {}, "can be reached from elsewhere")]:
            with self.subTest(word=word, environment=environment):
                said = self.start(sockets, **environment)
                self.assertEqual(self.process.wait(DEADLINE), CONFIG, said)
                self.assertIn(word, said)

    def test_systemd_starts_it_for_the_first_client(self):
        activate = shutil.which("systemd-socket-activate")
        if activate is None:
            self.skipTest("there is no systemd-socket-activate")
        with self.tcp() as free:
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [activate, "-l", f"127.0.0.1:{port}", shutil.which(JOBSCHED), "serve", "--store",
             str(self.folder / "jobs.db")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=clean_environment(self.folder))
        self.addCleanup(lambda: (process.kill(), process.wait()))

        def listed():
            return run("list", "-s", f"http://127.0.0.1:{port}", "-o", "json").stdout.strip()

        await_true(lambda: listed() == b"[]", "the daemon")


class Manager:
    """What the daemon tells a service manager; `environment` says where."""

    def __init__(self, test, name=None):
        name = name or str(test.folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        test.addCleanup(self.socket.close)
        self.socket.bind(name)
        self.environment = {"NOTIFY_SOCKET": name.replace("\0", "@")}

    def hear(self, timeout=DEADLINE):
        """The next message; None if there is none in time."""
        self.socket.settimeout(timeout)
        try:
            return self.socket.recv(4096).decode()
        except (TimeoutError, BlockingIOError):
            return None

    def await_message(self, beginning):
        """The next message that begins so."""
        while message := self.hear():
            if message.startswith(beginning):
                return message
        raise AssertionError(f"waited in vain: {beginning}")


class Notification(Service):
    def test_it_tells_when_it_is_ready_and_when_it_stops(self):
        for name in (str(self.folder / "notify"), f"\0notify-{os.getpid()}"):
            with self.subTest(name):
                manager = Manager(self, name)
                tcp = self.tcp()
                self.start([tcp], **manager.environment)
                self.assertEqual(manager.hear(), "READY=1\nSTATUS=serving http://127.0.0.1:"
                                                 f"{tcp.getsockname()[1]}, 0 jobs pending")
                self.check_served(tcp)
                self.process.send_signal(signal.SIGTERM)
                self.assertEqual(manager.hear(),
                                 "STOPPING=1\nEXTEND_TIMEOUT_USEC=46000000\nSTATUS=draining")
                self.assertEqual(self.process.wait(DEADLINE), 0)
                self.assertIsNone(manager.hear(0))

    def test_it_says_how_many_callbacks_a_stop_waits_for(self):
        release = threading.Event()
        endpoint = Endpoint(lambda handler: release.wait(DEADLINE), 200)
        self.addCleanup(endpoint.close)
        self.addCleanup(release.set)
        manager, tcp = Manager(self), self.tcp()
        self.start([tcp], **manager.environment, JOBSCHED_DRAIN="20s")
        self.create(tcp, endpoint.url, from_now(0.1))
        endpoint.next()
        self.process.terminate()
        self.assertEqual(manager.await_message("STOPPING=1"),
                         "STOPPING=1\nEXTEND_TIMEOUT_USEC=36000000\n"
                         "STATUS=draining: 1 callback in flight")
        release.set()
        self.assertEqual(self.process.wait(DEADLINE), 0)

    def test_it_says_for_how_long_the_store_cannot_be_written(self):
        manager, tcp = Manager(self), self.tcp()
        self.start([tcp], **manager.environment)
        manager.await_message("READY=1")
        with contextlib.closing(sqlite3.connect(self.folder / "jobs.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            self.assertEqual(self.create(tcp, "http://a.test/", "2094-05-11T15:30:00Z"), 503)
            self.assertRegex(manager.hear(), "^STATUS=the store cannot be written: .*$")
        self.assertEqual(self.create(tcp, "http://a.test/", "2094-05-11T15:30:00Z"), 201)
        self.assertRegex(manager.hear(), "^STATUS=serving http://.*, 1 job pending$")

    def test_a_store_of_an_older_version_gets_the_time_it_needs(self):
        dump = pathlib.Path(__file__).parent.parent / "data" / "store" / "version-1.sql"
        with contextlib.closing(sqlite3.connect(self.folder / "jobs.db")) as store:
            store.executescript(dump.read_text())
        manager = Manager(self)
        said = self.start([self.tcp()], **manager.environment)
        self.assertRegex(manager.hear(),
                         "^STATUS=bringing the store to .*\nEXTEND_TIMEOUT_USEC=3600000000$")
        self.assertTrue(manager.hear().startswith("READY=1\n"))
        self.assertIn("the form of this version", said)

    def test_a_start_that_fails_leaves_a_word(self):
        manager = Manager(self)
        self.start([self.tcp("0.0.0.0")], **manager.environment)
        self.assertEqual(self.process.wait(DEADLINE), CONFIG)
        self.assertEqual(manager.hear(), "STATUS=cannot start; its log says why")
        self.assertIsNone(manager.hear(0))

    def test_nobody_need_listen(self):
        with contextlib.closing(self.tcp()) as tcp:
            self.start([tcp], NOTIFY_SOCKET=str(self.folder / "absent"))
            self.check_served(tcp)


class Frozen:
    """One thread of a process, which stands still as if it were stuck."""

    SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17
    WALL = 0x40000000

    def __init__(self, test, process, name):
        tasks = pathlib.Path(f"/proc/{process.pid}/task").iterdir()
        self.thread = min(int(task.name) for task in tasks
                          if (task / "comm").read_text() == name + "\n")
        self.libc = ctypes.CDLL(None, use_errno=True)
        if self._trace(self.SEIZE) != 0:
            test.skipTest(f"no tracing here: {os.strerror(ctypes.get_errno())}")
        self._trace(self.INTERRUPT)
        os.waitpid(self.thread, self.WALL)

    def thaw(self):
        self._trace(self.DETACH)

    def _trace(self, request):
        return self.libc.ptrace(request, self.thread, None, None)


class Watchdog(Service):
    KEEP_ALIVE = "WATCHDOG=1"
    SLOW_STORE = 10  # seconds for which a store that does not answer is put up with
    SILENCE = 3      # seconds, many times the interval

    def watched(self, length="400000", **environment):
        """Starts a daemon that may be silent for so many microseconds; its manager, and what it
        said."""
        manager = Manager(self)
        said = self.start([self.tcp()], WATCHDOG_USEC=length, **manager.environment, **environment)
        manager.await_message("READY=1")
        return manager, said

    def test_an_idle_daemon_says_that_it_is_alive(self):
        manager, _ = self.watched()
        end = time.monotonic() + self.SLOW_STORE + self.SILENCE
        while time.monotonic() < end:
            self.assertEqual(manager.hear(), self.KEEP_ALIVE)
        self.stop()

    def test_an_engine_that_is_stuck_does_not(self):
        manager, _ = self.watched()
        manager.await_message(self.KEEP_ALIVE)
        engine = Frozen(self, self.process, "engine")
        while manager.hear(0):
            pass
        self.assertIsNone(manager.hear(self.SILENCE))
        engine.thaw()
        self.assertEqual(manager.hear(), self.KEEP_ALIVE)

    def test_neither_does_one_whose_store_is_stuck_for_long(self):
        manager, _ = self.watched()
        manager.await_message(self.KEEP_ALIVE)
        writer = Frozen(self, self.process, "writer")
        keep_alives = sum(1 for _ in iter(lambda: manager.hear(self.SILENCE), None))
        self.assertGreater(keep_alives, 5)  # it may just be slow
        writer.thaw()
        self.assertEqual(manager.hear(), self.KEEP_ALIVE)

    def test_variables_that_are_wrong_are_warned_of(self):
        for length, pid, word in [("soon", None, "WATCHDOG_USEC"), ("0", None, "WATCHDOG_USEC"),
                                  ("400000", "x", "WATCHDOG_PID")]:
            with self.subTest(length=length, pid=pid):
                manager, said = self.watched(length, **({"WATCHDOG_PID": pid} if pid else {}))
                self.assertRegex(said, f"level=warning .*{word}")
                self.assertIsNone(manager.hear(1))
                self.stop()
                os.unlink(manager.environment["NOTIFY_SOCKET"])

    def test_the_watchdog_of_another_process_is_not_fed(self):
        manager, said = self.watched(WATCHDOG_PID=str(os.getpid()))
        self.assertNotIn("WATCHDOG", said)
        self.assertIsNone(manager.hear(1))


class Journal(Service):
    """What standard error looks like to systemd's journal, and to everybody else."""

    TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"

    def said_to(self, stream, log_format, **environment):
        """The lines of a life with an `info`, a `warning` and a `debug`; `stream` makes
        JOURNAL_STREAM of the device and inode of standard error."""
        self.log.touch()
        status = self.log.stat()
        start = status.st_size
        tcp = self.tcp()
        self.start([tcp], JOURNAL_STREAM=stream.format(status.st_dev, status.st_ino),
                   JOBSCHED_LOG_LEVEL="debug", JOBSCHED_LOG_FORMAT=log_format, WATCHDOG_USEC="0",
                   **environment)
        self.check_served(tcp)
        self.stop()
        return self.log.read_text()[start:].splitlines()

    def test_lines_for_the_journal_begin_with_their_priority(self):
        for log_format, pattern in [
                ("text", r"<(\d)>level=(\w+) msg=.*"),
                ("json", r'<(\d)>{"ts":"' + self.TIME + r'","level":"(\w+)","msg":".*}')]:
            with self.subTest(log_format):
                lines = self.said_to("{}:{}", log_format)
                found = [re.fullmatch(pattern, line) for line in lines]
                self.assertNotIn(None, found, lines)
                self.assertEqual({match.groups() for match in found},
                                 {("4", "warning"), ("6", "info"), ("7", "debug")})

    def test_an_error_is_one_to_the_journal(self):
        self.log.touch()
        status = self.log.stat()
        said = self.start([self.tcp("0.0.0.0")],
                          JOURNAL_STREAM=f"{status.st_dev}:{status.st_ino}")
        self.process.wait(DEADLINE)
        self.assertRegex(said, '^<3>level=error msg="cannot start"')

    def test_lines_for_everybody_else_begin_with_the_time(self):
        for log_format, pattern in [("text", self.TIME + r" level=\w+ msg=.*"),
                                    ("json", r'{"ts":"' + self.TIME + r'","level":.*}')]:
            for stream in ("{}:{}0", "{1}:{0}", "{}", "{}:{} ", "journal", ":", ""):
                with self.subTest(log_format=log_format, stream=stream):
                    for line in self.said_to(stream, log_format):
                        self.assertRegex(line, f"^{pattern}$")


if __name__ == "__main__":
    support.main()
