"""Drives the real program from outside: a daemon, callback endpoints, the command line.

Nothing here waits for time to pass: every wait is for an event, with a deadline that only a failure
reaches.
"""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import queue
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
from datetime import datetime, timedelta, timezone

JOBSCHED = os.environ.get("JOBSCHED", "jobsched")
DEADLINE = 30.0  # seconds; what no healthy run comes near
SANITIZED = os.environ.get("JOBSCHED_SANITIZED") == "1"


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def from_now(seconds):
    """An instant of the API's, so many seconds ahead."""
    at = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def quote(text):
    return urllib.parse.quote(text, safe="")


def await_true(condition, what, within=DEADLINE):
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain: {what}")
        time.sleep(0.01)


class Callback:
    """One request that an endpoint received."""

    def __init__(self, handler, body):
        self.arrived = datetime.now(timezone.utc)
        self.method = handler.command
        self.path = handler.path
        self.headers = handler.headers
        self.raw_names = [name.lower() for name in handler.headers.keys()]
        self.body = body

    @property
    def late(self):
        """Seconds after the fire time."""
        return (self.arrived - instant(self.headers["Jobsched-Fire-Time"])).total_seconds()


class Endpoint:
    """A callback endpoint of the test's own. `answers` are statuses, or functions of the handler, in
    order; the last one repeats. A function finds what was received in `handler.callback`."""

    def __init__(self, *answers):
        self.callbacks = queue.Queue()
        remaining = list(answers or [200])
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.callback = Callback(self, body)
                endpoint.callbacks.put(self.callback)
                answer = remaining.pop(0) if len(remaining) > 1 else remaining[0]
                if callable(answer):
                    answer(self)
                    return
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_PUT = do_PATCH = do_DELETE = do_POST

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 1024

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/callback"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def next(self):
        try:
            return self.callbacks.get(timeout=DEADLINE)
        except queue.Empty:
            raise AssertionError("no callback came") from None

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def type(self):
        return (self.headers["Content-Type"] or "").split(";")[0]

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def fields(self):
        """The names of a JSON object's fields, in order."""
        return [name for name, _ in json.loads(self.body, object_pairs_hook=list)]


class Listener:
    """Where something answers HTTP on this machine: `port` says it."""

    def __init__(self, port):
        self.port = port

    def request(self, method, target, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(connection):
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in names.items():
                connection.putheader(name, value)
            if isinstance(body, str):
                body = body.encode()
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            elif method in ("POST", "PUT"):
                connection.putheader("Content-Length", "0")
            connection.endheaders(body)
            return Answer(connection.getresponse())

    def get(self, target, **headers):
        return self.request("GET", target, **headers)


class Daemon(Listener):
    """`jobsched serve` on a free port with a store of its own. `admin` is its admin listener, if that
    has a port, too."""

    listen = "127.0.0.1:0"

    def __init__(self, folder, settings="", **environment):
        super().__init__(None)
        self.admin = None
        self.folder = pathlib.Path(folder)
        self.store = self.folder / "state" / "jobs.db"
        self.config = self.folder / "jobsched.yaml"
        self.config.write_text(settings or "{}\n")
        self.environment = {**clean_environment(self.folder), **environment}
        self.log = self.folder / "log"
        self.process = None

    def program(self):
        """The command line that starts it."""
        return [JOBSCHED, "serve", "--config", str(self.config), "--store", str(self.store),
                *(("--listen", self.listen) if self.listen else ())]

    def start(self):
        log = open(self.log, "ab")
        start = log.tell()
        self.process = subprocess.Popen(
            self.program(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment)
        log.close()

        def announced():
            text = self.log.read_bytes()[start:].decode(errors="replace")
            found = re.search(r'address"?[=:]"?(https?://127\.0\.0\.1:(\d+))', text)
            if found:
                self.server, self.port = found.group(1), int(found.group(2))
                admin = re.search(r'admin"?[=:]"?http://127\.0\.0\.1:(\d+)', text)
                self.admin = Listener(int(admin.group(1))) if admin else None
            elif self.process.poll() is not None:
                raise AssertionError(f"the daemon ended: {text}")
            return found

        await_true(announced, "the daemon's start")
        return self

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE)

    def stop(self):
        """Ends it in order; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def post_json(self, document, **headers):
        body = document if isinstance(document, (str, bytes)) else json.dumps(document)
        return self.request("POST", "/1/jobs", body,
                            **{"Content_Type": "application/json", **headers})

    def ids(self):
        text = self.get("/1/jobs", Accept="text/plain").text
        return text.split(",") if text else []

    def memory(self):
        """Its resident set in bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024

    def run(self, *arguments, **options):
        """Runs a client command against this daemon."""
        return run(*arguments, cwd=self.folder,
                   env={**self.environment, "JOBSCHED_SERVER": self.server}, **options)

    def begin(self, *arguments):
        """Starts a client command that goes on for a while."""
        return Running(arguments, {**self.environment, "JOBSCHED_SERVER": self.server})


class Running:
    """A command under way, its two outputs as lines that come."""

    def __init__(self, arguments, environment):
        self.process = subprocess.Popen([JOBSCHED, *arguments], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=environment)
        self.out = self._lines(self.process.stdout)
        self.err = self._lines(self.process.stderr)

    @staticmethod
    def _lines(stream):
        lines = queue.Queue()

        def read():
            with stream:
                for line in stream:
                    lines.put(line.decode())
            lines.put(None)

        threading.Thread(target=read, daemon=True).start()
        return lines

    @staticmethod
    def _next(lines):
        try:
            return lines.get(timeout=DEADLINE)
        except queue.Empty:
            raise AssertionError("no line came") from None

    def line(self):
        """The next line of its standard output; None at the end."""
        return self._next(self.out)

    def message(self):
        """The next line of its standard error."""
        return self._next(self.err)

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def end(self):
        """Its exit code, and what is left of both outputs."""
        code = self.process.wait(DEADLINE)
        return code, "".join(iter(self.line, None)), "".join(iter(self.message, None))

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE)


def clean_environment(folder):
    keep = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
    kept = {name: os.environ[name] for name in keep if name in os.environ}
    return {**kept, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "TZ": "UTC",
            "LC_ALL": "C.UTF-8"}


def run(*arguments, **options):
    options.setdefault("env", clean_environment("/nonexistent"))
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([JOBSCHED, *arguments], capture_output=True, timeout=60, **options)


class DaemonTest(unittest.TestCase):
    """A test class with one daemon, started once; `settings` is its file."""

    settings = ""
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.daemon = Daemon(cls.folder.name, cls.settings).start()

    @classmethod
    def tearDownClass(cls):
        code = cls.daemon.stop()
        if code != 0:
            raise AssertionError(f"exit code {code}: {cls.daemon.log.read_text()[-4000:]}")

    def endpoint(self, *answers):
        endpoint = Endpoint(*answers)
        self.addCleanup(endpoint.close)
        return endpoint

    def raw(self, data, half_close=False):
        """Sends bytes as they are; everything that comes back until the daemon closes."""
        with socket.create_connection(("127.0.0.1", self.daemon.port), DEADLINE) as connection:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            received = b""
            while piece := connection.recv(65536):
                received += piece
            return received


class CommandTest(DaemonTest):
    """The same with what tests of commands need."""

    def ok(self, *arguments, **options):
        """Runs a command that succeeds; its standard output."""
        ended = self.daemon.run(*arguments, **options)
        self.assertEqual(ended.returncode, 0, ended.stderr.decode())
        return ended.stdout.decode()

    def fails(self, code, *arguments, **options):
        """Runs a command that prints nothing and fails; its message."""
        ended = self.daemon.run(*arguments, **options)
        self.assertEqual(ended.returncode, code, ended.stderr.decode())
        self.assertEqual(ended.stdout, b"")
        self.assertTrue(ended.stderr.startswith(b"jobsched: "), ended.stderr)
        return ended.stderr.decode()

    def add(self, *arguments):
        """Adds a job; its id."""
        return self.ok("add", *arguments).strip()

    def job(self, job_id):
        return self.daemon.get(f"/1/jobs/{job_id}").json


def main():
    unittest.main(verbosity=1)
