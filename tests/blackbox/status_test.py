"""`jobsched status`: what it says, its exit codes, and waiting."""

import json
import socket
import subprocess
import threading
import unittest
import xml.etree.ElementTree as xml

import support
from support import JOBSCHED, CommandTest, Endpoint, clean_environment, run

OK, ERROR, USAGE, UNREACHABLE = 0, 1, 2, 7
NOWHERE = "http://127.0.0.1:1"


def daemon_that_says(ready, version="1.2.3"):
    """A server with the health calls of a daemon, which is ready or not."""
    def answer(handler):
        well = ready() or handler.path == "/healthz"
        body = json.dumps({"status": "ok", "version": version} if well else
                          {"title": "Service Unavailable", "status": 503,
                           "detail": "the scheduler is behind"}).encode()
        handler.send_response(200 if well else 503)
        handler.send_header("Content-Type", "application/json" if well else
                            "application/problem+json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
    return Endpoint(answer)


class Status(CommandTest):
    def test_a_daemon_that_is_ready(self):
        version = run("--version").stdout.decode().split()[1]
        line = f"{self.daemon.server}: ready, jobsched {version}\n"
        for arguments in ((), ("--wait",), ("--wait=5m",), ("--wait", "5m")):
            with self.subTest(arguments):
                self.assertEqual(self.ok("status", *arguments), line)
        expected = {"server": self.daemon.server, "status": "ready", "version": version}
        self.assertEqual(json.loads(self.ok("status", "-o", "json")), expected)
        root = xml.fromstring(self.ok("status", "-o", "xml"))
        self.assertEqual({one.tag: one.text for one in root}, expected)

    def test_usage(self):
        for arguments, word in [(("--wait=soon",), "--wait"), (("x",), "unexpected argument"),
                                (("--wait=1h", "--wait=2h"), "only once")]:
            with self.subTest(arguments):
                self.assertIn(word, self.fails(USAGE, "status", *arguments))


class OtherServers(unittest.TestCase):
    def expect(self, code, *arguments):
        ended = run("status", *arguments)
        self.assertEqual(ended.returncode, code, ended.stderr.decode())
        return ended.stdout.decode(), ended.stderr.decode()

    def endpoint(self, endpoint):
        self.addCleanup(endpoint.close)
        return f"http://127.0.0.1:{endpoint.port}"

    def test_no_answer(self):
        for server in (NOWHERE, "unix:/nonexistent/socket"):
            with self.subTest(server):
                stdout, stderr = self.expect(UNREACHABLE, "-s", server)
                self.assertEqual(stdout, f"{server}: no answer\n")
                self.assertIn("is `jobsched serve` running there?", stderr)
        stdout, _ = self.expect(UNREACHABLE, "-s", NOWHERE, "-o", "json", "--wait=1ms")
        status = json.loads(stdout)
        self.assertEqual((status["server"], status["status"]), (NOWHERE, "noAnswer"))
        self.assertIn("Connection refused", status["detail"])

    def test_a_server_that_never_answers(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            server = f"http://127.0.0.1:{silent.getsockname()[1]}"
            stdout, stderr = self.expect(UNREACHABLE, "-s", server, "--wait=200ms")
        self.assertEqual(stdout, f"{server}: no answer\n")
        self.assertIn("no complete answer", stderr)

    def test_a_server_that_is_something_else(self):
        for answer in (200, 404):
            server = self.endpoint(Endpoint(answer))
            stdout, _ = self.expect(UNREACHABLE, "-s", server)
            self.assertEqual(stdout, f"{server}: no answer\n")
        server = self.endpoint(Endpoint(200))
        self.assertIn("is not jobsched", self.expect(UNREACHABLE, "-s", server)[1])

    def test_a_daemon_that_is_not_ready(self):
        server = self.endpoint(daemon_that_says(lambda: False))
        for arguments in ((), ("--wait=300ms",)):
            with self.subTest(arguments):
                stdout, stderr = self.expect(ERROR, "-s", server, *arguments)
                self.assertEqual(stdout, f"{server}: up, but not ready, jobsched 1.2.3\n")
                self.assertTrue(stderr.endswith("jobsched: the scheduler is behind\n"), stderr)
        status = json.loads(self.expect(ERROR, "-s", server, "-o", "json")[0])
        self.assertEqual((status["status"], status["detail"]),
                         ("notReady", "the scheduler is behind"))

    def test_waiting_ends_when_it_is_ready(self):
        ready = threading.Event()
        server = self.endpoint(daemon_that_says(ready.is_set))
        process = subprocess.Popen([JOBSCHED, "status", "--wait", "-s", server],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=clean_environment("/nonexistent"))
        self.assertIn(b"waiting until it is ready", process.stderr.readline())
        ready.set()
        stdout, stderr = process.communicate(timeout=support.DEADLINE)
        self.assertEqual((process.returncode, stdout.decode(), stderr),
                         (OK, f"{server}: ready, jobsched 1.2.3\n", b""))


if __name__ == "__main__":
    support.main()
