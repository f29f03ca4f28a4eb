"""The daemon as its admin sees it: start, settings, one store a daemon, signals."""

import os
import pathlib
import signal
import socket
import sqlite3
import tempfile
import threading
import unittest

import support
from support import Daemon, Endpoint, await_true, clean_environment, from_now, run

LOCKED = 75
CONFIG = 78


class Serve(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.daemon = Daemon(self.folder)
        self.addCleanup(lambda: self.daemon.process and self.daemon.kill())

    def serve(self, *arguments, settings=None, **environment):
        """Runs a `serve` that is expected to end by itself."""
        if settings is not None:
            path = self.folder / "bad.yaml"
            path.write_text(settings)
            arguments = ("--config", str(path), *arguments)
        return run("serve", *arguments, env={**clean_environment(self.folder), **environment})

    def test_the_start_is_announced_in_one_line(self):
        self.daemon.start()
        self.daemon.post_json({"url": "http://a.test/", "when": "2094-05-11T15:30:00Z"})
        self.daemon.stop()
        start = len(self.daemon.log.read_text())
        self.daemon.start()
        line = self.daemon.log.read_text()[start:].splitlines()[0]
        self.assertIn(f"address={self.daemon.server}", line)
        self.assertIn(f"store={self.daemon.store}", line)
        self.assertIn("pending=1", line)

    def test_a_second_daemon_on_the_store_ends_at_once_and_names_the_first(self):
        self.daemon.start()
        second = self.serve("--listen", "127.0.0.1:0", "--store", str(self.daemon.store))
        self.assertEqual(second.returncode, LOCKED, second.stderr)
        self.assertIn(str(self.daemon.process.pid), second.stderr.decode())
        self.assertEqual(self.daemon.get("/1/jobs").status, 200)

    def test_a_port_that_is_taken(self):
        self.daemon.start()
        second = self.serve("--listen", f"127.0.0.1:{self.daemon.port}",
                            "--store", str(self.folder / "other.db"))
        self.assertEqual(second.returncode, 1, second.stderr)
        self.assertIn(f"127.0.0.1:{self.daemon.port}", second.stderr.decode())

    def test_without_libcurl_it_does_not_start_and_says_what_to_install(self):
        (self.folder / "libcurl.so.4").write_bytes(b"")
        ended = self.serve("--listen", "127.0.0.1:0", "--store", str(self.folder / "new.db"),
                           LD_LIBRARY_PATH=str(self.folder))
        self.assertEqual(ended.returncode, 1)
        self.assertIn("libcurl cannot be loaded: ", ended.stderr.decode())
        self.assertIn("; install Debian's libcurl4 (Fedora: libcurl)", ended.stderr.decode())
        self.assertFalse((self.folder / "new.db").exists())

    def test_stores_that_cannot_be_used_are_refused_and_left_alone(self):
        foreign = self.folder / "foreign.db"
        with sqlite3.connect(foreign) as database:
            database.execute("CREATE TABLE t (x)")
        newer = self.folder / "newer.db"
        self.daemon.start()
        self.daemon.stop()
        newer.write_bytes(self.daemon.store.read_bytes())
        with sqlite3.connect(newer) as database:
            database.execute("PRAGMA user_version = 9999")
        text = self.folder / "text.db"
        text.write_text("This is not a database.\n" * 100)
        truncated = self.folder / "truncated.db"
        truncated.write_bytes(self.daemon.store.read_bytes()[:700])
        for path in (foreign, newer, text, truncated):
            with self.subTest(path.name):
                before = path.read_bytes()
                ended = self.serve("--listen", "127.0.0.1:0", "--store", str(path))
                self.assertNotIn(ended.returncode, (0, LOCKED))
                self.assertIn(str(path), ended.stderr.decode())
                self.assertEqual(path.read_bytes(), before)
        ended = self.serve("--listen", "127.0.0.1:0", "--store", str(self.folder))
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn(str(self.folder), ended.stderr.decode())

    def test_without_accounts_it_listens_only_locally(self):
        for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0"):
            with self.subTest(address):
                ended = self.serve("--listen", address, "--store", str(self.folder / "x.db"))
                self.assertEqual(ended.returncode, CONFIG, ended.stderr)
                self.assertIn(address, ended.stderr.decode())
                self.assertIn("jobsched account add", ended.stderr.decode())

    def test_faults_in_the_settings_are_all_reported_with_their_places(self):
        settings = ("lsten: 127.0.0.1:0\n"
                    "limits: {data: 5MiB, min_interval: soon}\n"
                    "delivery:\n"
                    "  concurency: 5\n"
                    "  timeout: 10s\n"
                    "  timeout: 20s\n")
        for arguments in ((), ("--check-config",)):
            with self.subTest(arguments):
                ended = self.serve(*arguments, settings=settings)
                text = ended.stderr.decode() + ended.stdout.decode()
                self.assertEqual(ended.returncode, CONFIG, text)
                for place, word in [("bad.yaml:1:1", "listen"), ("bad.yaml:2:", "data"),
                                    ("bad.yaml:2:", "min_interval"), ("bad.yaml:4:3", "concurrency"),
                                    ("bad.yaml:6:3", "timeout")]:
                    self.assertRegex(text, f"{place}.*{word}")
        good = self.serve("--check-config", settings="limits: {data: 4KiB}\n")
        self.assertEqual(good.returncode, 0, good.stderr)
        ended = self.serve("--config", str(self.folder / "absent.yaml"))
        self.assertEqual(ended.returncode, CONFIG)
        self.assertIn("absent.yaml", ended.stderr.decode())

    def test_the_environment_and_flags_go_over_the_file(self):
        ended = self.serve("--check-config", settings="limits: {data: 4KiB}\n",
                           JOBSCHED_LIMITS_DATA="much")
        self.assertEqual(ended.returncode, CONFIG)
        self.assertIn("JOBSCHED_LIMITS_DATA", ended.stderr.decode() + ended.stdout.decode())
        self.daemon.environment["JOBSCHED_LIMITS_DATA"] = "10"
        self.daemon.start()
        document = {"url": "http://a.test/", "when": "2094-05-11T15:30:00Z", "data": "x" * 11}
        self.assertEqual(self.daemon.post_json(document).status, 422)
        self.assertEqual(self.daemon.post_json({**document, "data": "x" * 10}).status, 201)

    def test_drop_ins_go_over_the_file(self):
        drop_in = self.folder / "conf.d" / "10-limits.yaml"
        drop_in.parent.mkdir()
        drop_in.write_text("limits:\n  dat: 10\n")
        ended = self.serve("--check-config", settings="limits: {data: 4KiB}\n")
        self.assertEqual(ended.returncode, CONFIG)
        self.assertIn(f"{drop_in}:2:3", ended.stderr.decode())
        drop_in.write_text("limits:\n  data: 10\n")
        self.daemon.config.write_text("limits: {data: 4KiB}\n")
        self.daemon.start()
        document = {"url": "http://a.test/", "when": "2094-05-11T15:30:00Z", "data": "x" * 11}
        self.assertEqual(self.daemon.post_json(document).status, 422)

    def test_the_settings_can_be_printed_with_their_origins_and_read_back(self):
        ended = self.serve("--print-config", "--store", "/tmp/jobs.db",
                           settings="limits:\n  data: 4KiB\n", JOBSCHED_DRAIN="1s",
                           JOBSCHED_SECRET="whsec_canary")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        text = ended.stdout.decode()
        for line in ("store: /tmp/jobs.db  # --store", "drain: 1s  # JOBSCHED_DRAIN",
                     f"  data: 4KiB  # {self.folder}/bad.yaml:2", "  body: 1MiB  # default"):
            self.assertIn(line + "\n", text)
        self.assertNotIn("canary", text)
        again = self.serve("--print-config", settings=text)
        self.assertEqual(again.returncode, 0, again.stderr)

        def values(printed):
            return [line.split("  # ")[0] for line in printed.splitlines()]

        self.assertEqual(values(again.stdout.decode()), values(text))
        ended = self.serve("--print-config", settings="limits: {dat: 1}\n")
        self.assertEqual((ended.returncode, ended.stdout), (CONFIG, b""))

    def test_a_unix_socket(self):
        path = self.folder / "api.sock"
        self.daemon.config.write_text("{}\n")
        process = support.subprocess.Popen(
            [support.JOBSCHED, "serve", "--listen", f"unix:{path}",
             "--store", str(self.folder / "unix.db")],
            stderr=support.subprocess.DEVNULL, env=clean_environment(self.folder))
        self.addCleanup(process.kill)
        await_true(path.exists, "the socket")
        listed = run("list", "-s", f"unix:{path}", "-o", "json")
        self.assertEqual((listed.returncode, listed.stdout.strip()), (0, b"[]"), listed.stderr)
        process.terminate()
        self.assertEqual(process.wait(support.DEADLINE), 0)
        self.assertFalse(path.exists())

    def test_term_and_int_end_it_in_order(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                self.daemon.start()
                idle = socket.create_connection(("127.0.0.1", self.daemon.port))
                dripping = socket.create_connection(("127.0.0.1", self.daemon.port))
                dripping.sendall(b"GET /1/jobs HT")
                self.daemon.process.send_signal(number)
                self.assertEqual(self.daemon.process.wait(support.DEADLINE), 0)
                idle.close()
                dripping.close()

    def test_a_second_signal_ends_it_at_once(self):
        release = threading.Event()
        endpoint = Endpoint(lambda handler: release.wait(support.DEADLINE))
        self.addCleanup(endpoint.close)
        self.addCleanup(release.set)
        self.daemon.start()
        self.daemon.post_json({"url": endpoint.url, "when": from_now(1)})
        endpoint.next()
        self.daemon.process.terminate()
        await_true(lambda: "drain" in self.daemon.log.read_text(), "the drain")
        self.daemon.process.terminate()
        self.assertNotEqual(self.daemon.process.wait(10), 0)

    def test_sigpipe_and_clients_that_go_away_do_no_harm(self):
        self.daemon.start()
        for _ in range(50):
            connection = socket.create_connection(("127.0.0.1", self.daemon.port))
            connection.sendall(b"GET /1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            connection.close()
        os.kill(self.daemon.process.pid, signal.SIGPIPE)
        self.assertEqual(self.daemon.get("/1/jobs").status, 200)


if __name__ == "__main__":
    support.main()
