"""SIGHUP: the daemon goes by settings that have changed, all of them or none, and says what it did."""

import contextlib
import http.client
import json
import pathlib
import re
import signal
import socket
import ssl
import tempfile
import threading
import unittest

import support
from certificates import Certificates
from support import (DEADLINE, SANITIZED, Daemon, Endpoint, await_true, from_now, instant, quote,
                     run)

MAN = pathlib.Path(__file__).resolve().parents[2] / "man" / "jobsched.yaml.5"
APPLIED = "the settings have been read again"
REFUSED = "the settings stay as they were"
WAITING = "take a restart"
LISTEN = 'listen: "127.0.0.1:0"\n'

# Every setting with a value that is not its default.
OTHERS = {
    "listen": "listen: localhost:1",
    "admin_listen": "admin_listen: []",
    "store": "store: /other.db",
    "tls.cert": "tls: {{cert: {cert}, key: {key}, allow_plaintext: true}}",
    "limits.data": "limits: {{data: 1, min_interval: 1m, body: 2KiB, connections: 9,"
                   " connections_per_address: 9, jobs_per_account: 9, requests_per_second: 9}}",
    "delivery.concurrency": "delivery: {{concurrency: 9, per_host: 9, connect_timeout: 1s,"
                            " timeout: 1s, backoff: [1s], network: any, allow: [10.0.0.1],"
                            " deny: [10.0.0.2]}}",
    "misfire.threshold": "misfire: {{threshold: 1s}}",
    "history.keep": "history: {{keep: 1d}}",
    "drain": "drain: 1s",
    "log.level": "log: {{level: debug, format: json}}",
}


class Manager:
    """A service manager that a daemon reports to."""

    def __init__(self, folder):
        self.path = str(pathlib.Path(folder) / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(DEADLINE)

    def next(self, *words):
        """The next message that begins with one of these words, as its fields."""
        while True:
            message = self.socket.recv(65536).decode()
            if message.startswith(words):
                return dict(line.split("=", 1) for line in message.splitlines())

    def close(self):
        self.socket.close()


class FromFile(Daemon):
    """A daemon without flags."""

    def program(self):
        return [support.JOBSCHED, "serve", "--config", str(self.config)]


class Reload(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.manager = Manager(self.folder)
        self.addCleanup(self.manager.close)

    def start(self, settings="{}\n", kind=Daemon, **environment):
        self.daemon = kind(self.folder, settings, NOTIFY_SOCKET=self.manager.path, **environment)
        self.addCleanup(lambda: self.daemon.process and self.daemon.kill())
        self.daemon.start()
        self.status = self.manager.next("READY=1")["STATUS"]
        return self.daemon

    def endpoint(self, *answers):
        endpoint = Endpoint(*answers)
        self.addCleanup(endpoint.close)
        return endpoint

    def hup(self, settings=None):
        """Has the daemon read its settings, which change to these; what its log says of that."""
        if settings is not None:
            self.daemon.config.write_text(settings)
        start = self.daemon.log.stat().st_size
        self.daemon.process.send_signal(signal.SIGHUP)
        self.assertGreater(int(self.manager.next("RELOADING=1")["MONOTONIC_USEC"]), 0)
        self.status = self.manager.next("READY=1").get("STATUS", self.status)
        return self.daemon.log.read_bytes()[start:].decode()

    def apply(self, settings):
        """The same with settings that take effect at once."""
        said = self.hup(settings)
        self.assertIn(APPLIED, said)
        self.assertNotIn("error", said)
        self.assertNotIn(WAITING, said)
        return said

    def create(self, url, status=201, **fields):
        """Adds a job for now; its id, or why it was refused."""
        job = {"url": url, "when": from_now(0.05), **fields}
        created = self.daemon.post_json(job, Accept="text/plain")
        self.assertEqual(created.status, status, created.text)
        return created.text

    def delivery(self, job, state):
        """The job's delivery, once it has come to this state."""
        found = []

        def there():
            answer = self.daemon.get(f"/1/jobs/{job}/deliveries", Accept="application/json")
            found[:] = [one for one in answer.json if one["state"] == state]
            return found

        await_true(there, f"a delivery that is {state}")
        return self.daemon.get(f"/1/deliveries/{found[0]['id']}", Accept="application/json").json


class Answers(Reload):
    """What the daemon says of a reload."""

    def test_every_setting_is_applied_or_named_as_the_manual_says(self):
        certificates = Certificates(self.folder)
        cert, key = certificates.pair("a")
        others = "\n".join(OTHERS.values()).format(cert=cert, key=key)
        self.start(LISTEN, kind=FromFile)
        said = self.hup(others)
        applied = re.search(r"changed\W+([\w.,]+)", said).group(1).split(",")
        waiting = re.search(r'settings"?[:=]"?([\w.,]+)', said.split(WAITING)[1]).group(1).split(",")

        printed = run("serve", "--config", str(self.daemon.config), "--print-config",
                      env=self.daemon.environment).stdout.decode()
        section, keys = "", set()
        for indent, name, value in re.findall(r"^( *)#? ?(\w+):(.*)$", printed, re.M):
            section = section if indent else name
            if indent or value:
                keys.add(f"{section}.{name}" if indent else name)
        self.assertEqual(set(applied) | set(waiting), keys)

        page = MAN.read_text()
        items = re.findall(r"^\.It Cm (.*)$", page.split(".Sh FILES")[0], re.M)
        self.assertEqual({key for item in items for key in item.split(" , ")}, keys)
        section = page.split(".Sh RELOADING\n")[1].split(".Sh ")[0]
        named = section.split(".Bl -item")[1].split(".El")[0]
        self.assertEqual(re.findall(r"^\.Cm (\S+)$", named, re.M), waiting)

    def test_what_takes_a_restart_is_named_each_time_until_it_is_as_before(self):
        self.start(LISTEN + "drain: 1s\n", kind=FromFile)
        said = self.hup("listen: localhost:1\nstore: /x.db\ndrain: 2s\n")
        self.assertIn("changed=drain\n", said)
        self.assertRegex(said, r"level=warning .*take a restart.* settings=listen,store\n")
        self.assertTrue(self.status.endswith("; restart to apply listen,store"), self.status)
        said = self.hup()
        self.assertIn("changed=none\n", said)
        self.assertIn("settings=listen,store\n", said)
        self.assertEqual(self.daemon.get("/1/jobs").status, 200)
        self.assertNotIn(WAITING, self.hup(LISTEN))
        self.assertRegex(self.status, "^serving [^;]*$")

    def test_flags_and_variables_keep_their_precedence(self):
        self.start(JOBSCHED_LIMITS_DATA="5")
        said = self.apply("listen: localhost:1\nstore: /x.db\nlimits: {data: 1}\n")
        self.assertIn("changed=none\n", said)
        self.create("http://127.0.0.1:1/", data="12345")
        self.create("http://127.0.0.1:1/", status=422, data="123456")

    def test_a_fault_changes_nothing_and_is_told_with_its_place(self):
        self.start("limits: {data: 5}\n")
        faulty = 'limits: {data: 1}\nlog: {level: debug}\ndelivery:\n  per_hots: 1\n'
        said = self.hup(faulty)
        self.assertEqual(len(said.splitlines()), 1, said)
        self.assertIn("level=error", said)
        self.assertIn(REFUSED, said)
        self.assertIn(f"{self.daemon.config}:4:3: unknown key", said)
        self.assertIn("per_host", said)
        self.assertIn("; the new settings cannot be used", self.status)
        self.create("http://127.0.0.1:1/", data="12345")
        self.assertNotIn("level=debug", self.daemon.log.read_text())
        self.assertIn("changed=limits.data\n", self.apply("limits: {data: 4}\n"))
        self.create("http://127.0.0.1:1/", status=422, data="12345")

    def test_a_certificate_that_cannot_be_used_changes_nothing_else_either(self):
        self.start("limits: {data: 5}\n")
        said = self.hup("limits: {data: 1}\ntls: {cert: /absent.pem, key: /absent.key}\n")
        self.assertIn(REFUSED, said)
        self.assertIn("/absent.pem", said)
        self.create("http://127.0.0.1:1/", data="12345")

    def test_the_file_that_was_named_must_still_be_there(self):
        self.start("limits: {data: 5}\n")
        self.daemon.config.unlink()
        said = self.hup()
        self.assertIn(f"{self.daemon.config}: cannot be read: No such file", said)
        self.create("http://127.0.0.1:1/", status=422, data="123456")

    def test_drop_ins_come_and_go(self):
        self.start("limits: {data: 5}\n")
        drop_ins = self.folder / "conf.d"
        drop_ins.mkdir()
        (drop_ins / "10-local.yaml").write_text("limits: {data: 1}\n")
        self.assertIn("changed=limits.data\n", self.hup())
        self.create("http://127.0.0.1:1/", status=422, data="12")
        (drop_ins / "20-broken.yaml").write_text("limits: {data: x}\n")
        self.assertIn("20-broken.yaml:1:16: ", self.hup())
        (drop_ins / "20-broken.yaml").unlink()
        (drop_ins / "10-local.yaml").unlink()
        self.assertIn("changed=limits.data\n", self.hup())
        self.create("http://127.0.0.1:1/", data="12")

    def test_nobody_need_listen_to_what_it_tells(self):
        daemon = Daemon(self.folder, "{}\n").start()
        self.addCleanup(lambda: daemon.process and daemon.kill())
        daemon.process.send_signal(signal.SIGHUP)
        await_true(lambda: APPLIED in daemon.log.read_text(), "the reload")
        self.assertEqual(daemon.stop(), 0)


class Effects(Reload):
    """Each setting as it takes effect."""

    def test_log_level(self):
        self.start()
        self.daemon.get("/1/jobs?limit=1")
        self.assertNotIn("level=debug", self.daemon.log.read_text())
        self.apply("log: {level: debug}\n")
        self.daemon.get("/1/jobs?limit=2")
        await_true(lambda: "level=debug" in self.daemon.log.read_text(), "a line of debug")
        self.assertEqual(self.hup("log: {level: error}\n"), "")
        self.assertIn(REFUSED, self.hup("x: y\n"))

    def test_log_format(self):
        self.start()
        said = self.hup("log: {format: json}\n")
        self.assertEqual(json.loads(said)["changed"], "log.format")
        self.assertRegex(self.hup("log: {format: text}\n"), r"^\S+Z level=info msg=")

    def test_limits_data(self):
        self.start("limits: {data: 2}\n")
        path = f"/1/jobs/{from_now(60)}/{quote('http://127.0.0.1:1/')}"
        for limit, status in [(2, 413), (3, 201), (2, 413)]:
            self.hup(f"limits: {{data: {limit}}}\n")
            self.assertEqual(self.daemon.request("POST", path, "abc").status, status)

    def test_limits_min_interval(self):
        self.start()
        job = {"url": "http://127.0.0.1:1/", "cron": "0 0/5 * * * ?"}
        self.assertEqual(self.daemon.post_json(job).status, 422)
        self.apply("limits: {min_interval: 5m}\n")
        created = self.daemon.post_json(job, Accept="text/plain")
        self.assertEqual(created.status, 201)
        self.apply("{}\n")
        self.assertEqual(self.daemon.post_json(job).status, 422)
        self.assertEqual(self.daemon.get(f"/1/jobs/{created.text}").status, 200)  # it stays

    def test_limits_body(self):
        self.start()
        body = json.dumps({"url": "http://127.0.0.1:1/", "when": from_now(60)}).ljust(3_000)
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=DEADLINE)
        with contextlib.closing(connection):
            for limit, status in [("4KiB", 201), ("3000", 201), ("2KiB", 413)]:
                self.apply(f"limits: {{body: {limit}}}\n")
                connection.request("POST", "/1/jobs", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                self.assertEqual(answer.status, status)

    def test_limits_connections(self):
        self.start()
        kept = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=DEADLINE)
        with contextlib.closing(kept):
            for limit, status in [(2, 200), (1, 503), (2, 200)]:
                self.apply(f"limits: {{connections: {limit}}}\n")
                kept.request("GET", "/1/jobs")
                answer = kept.getresponse()
                answer.read()
                self.assertEqual(answer.status, 200)
                await_true(lambda: self.daemon.get("/1/jobs").status == status, f"a {status}")

    def test_limits_jobs_per_account(self):
        self.start()
        for limit, status in [(1, 201), (1, 403), (2, 201), (0, 201), (3, 403)]:
            self.hup(f"limits: {{jobs_per_account: {limit}}}\n")
            self.create("http://127.0.0.1:1/", status, when=from_now(600))
        self.assertEqual(len(self.daemon.ids()), 3)

    def test_limits_requests_per_second(self):
        self.start()
        self.apply("limits: {requests_per_second: 1}\n")
        statuses = [self.daemon.get("/1/jobs").status for _ in range(10)]
        self.assertEqual(statuses[0], 200)
        self.assertIn(429, statuses)
        self.apply("limits: {requests_per_second: 0}\n")
        self.assertEqual({self.daemon.get("/1/jobs").status for _ in range(10)}, {200})

    def check_more_at_once(self, name):
        held = threading.Event()
        self.addCleanup(held.set)

        def hold(handler):
            held.wait(DEADLINE)
            handler.send_response(200)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        self.start(f"delivery: {{{name}: 1}}\n")
        endpoint = self.endpoint(hold)
        jobs = [self.create(endpoint.url) for _ in range(4)]
        endpoint.next()
        self.apply(f"delivery: {{{name}: 3}}\n")
        for _ in range(2):
            endpoint.next()  # while none has ended
        self.apply(f"delivery: {{{name}: 1}}\n")
        self.assertTrue(endpoint.callbacks.empty())
        held.set()
        for job in jobs:
            self.assertEqual(len(self.delivery(job, "accepted")["attempts"]), 1)

    def test_delivery_concurrency(self):
        self.check_more_at_once("concurrency")

    def test_delivery_per_host(self):
        self.check_more_at_once("per_host")

    def fault(self, url, **fields):
        """The fault of a job's first attempt."""
        job = self.create(url, retry={"attempts": 1}, **fields)
        return self.delivery(job, "exhausted")["attempts"][0]

    def test_delivery_timeout(self):
        self.start()
        endpoint = self.endpoint(lambda handler: handler.rfile.read(1))
        self.apply("delivery: {timeout: 77ms}\n")
        self.assertIn("no complete answer within 77ms", self.fault(endpoint.url)["error"])

    def test_delivery_connect_timeout(self):
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # more than it keeps, so that the system answers no further one
            client = socket.socket()
            self.addCleanup(client.close)
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        self.start()
        self.apply("delivery: {connect_timeout: 77ms}\n")
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        self.assertIn("no connection in time", self.fault(url)["error"])

    def test_delivery_backoff(self):
        self.start("delivery: {backoff: [7d]}\n")
        endpoint = self.endpoint(503, 503, 200)
        first = self.create(endpoint.url)
        endpoint.next()
        self.delivery(first, "waiting")
        self.apply("delivery: {backoff: [1ms]}\n")
        second = self.create(endpoint.url)
        self.assertEqual(len(self.delivery(second, "accepted")["attempts"]), 2)
        self.assertEqual(len(self.delivery(first, "waiting")["attempts"]), 1)

    def test_delivery_network(self):
        for closed in ("network: public", "deny: [127.0.0.0/8]"):
            with self.subTest(closed):
                self.start("delivery: {backoff: [1ms, 1ms]}\n")
                done = self.endpoint(503)

                def change(handler):
                    # The connection stays open, for the next attempt.
                    if handler.callback.headers["Jobsched-Attempt"] == "1":
                        self.apply(f"delivery: {{backoff: [1ms, 1ms], {closed}}}\n")
                    handler.send_response(503)
                    handler.send_header("Content-Length", "0")
                    handler.end_headers()

                endpoint = self.endpoint(change)
                job = self.create(endpoint.url)
                delivery = self.delivery(job, "exhausted")
                self.assertEqual([one["result"] for one in delivery["attempts"]],
                                 ["status", "blocked"])
                self.assertIn("delivery.", self.create(done.url, 422))
                self.apply(f"delivery: {{{closed}, allow: [127.0.0.1]}}\n")
                self.create(done.url)
                done.next()
                self.assertEqual(self.daemon.stop(), 0)

    def test_misfire_threshold(self):
        self.start()
        endpoint = self.endpoint(200)
        for threshold, state in [("60s", "accepted"), ("0s", "skipped")]:
            self.hup(f"misfire: {{threshold: {threshold}}}\n")
            when = from_now(0.3)
            job = self.create(endpoint.url, when=when, misfire="skip")
            self.daemon.process.send_signal(signal.SIGSTOP)
            await_true(lambda: instant(from_now(-0.05)) > instant(when), "its fire time")
            self.daemon.process.send_signal(signal.SIGCONT)
            self.delivery(job, state)

    def test_history_keep(self):
        self.start()
        endpoint = self.endpoint(200)
        self.delivery(self.create(endpoint.url), "accepted")
        self.apply("history: {keep: 0s}\n")
        await_true(lambda: self.daemon.get("/1/deliveries", Accept="application/json").json == [],
                   "an empty log")

    def test_drain(self):
        self.start("drain: 1h\n")
        endpoint = self.endpoint(lambda handler: handler.rfile.read(1))
        self.create(endpoint.url)
        endpoint.next()
        self.apply("drain: 0s\n")
        self.assertEqual(self.daemon.stop(), 0)
        self.assertIn("at_most=0s", self.daemon.log.read_text())

    def test_tls_begins_and_ends(self):
        certificates = Certificates(self.folder)
        self.start()
        context = ssl.create_default_context(cafile=certificates.root)

        def spoken():
            with socket.create_connection(("localhost", self.daemon.port), DEADLINE) as wire:
                try:
                    with context.wrap_socket(wire, server_hostname="localhost") as tls:
                        subject = dict(pair[0] for pair in tls.getpeercert()["subject"])
                        return subject["commonName"]
                except (ssl.SSLError, ConnectionError):
                    return None

        self.assertIsNone(spoken())
        for name in ("a", "b"):
            cert, key = certificates.pair(name)
            self.apply(f"tls: {{cert: {cert}, key: {key}}}\n")
            self.assertEqual(spoken(), name)
            self.assertEqual(self.daemon.get("/1/jobs").status, 400)
        self.apply("{}\n")
        self.assertIsNone(spoken())
        self.assertEqual(self.daemon.get("/1/jobs").status, 200)

    def test_nobody_else_is_let_in_without_tls(self):
        self.start()
        self.assertEqual(self.daemon.run("account", "add", "default").returncode, 0)
        self.assertEqual(self.daemon.stop(), 0)
        exposed = 'listen: ["127.0.0.1:0", "0.0.0.0:0"]\n'

        class Exposed(Daemon):
            listen = None

        self.start(exposed + "tls: {allow_plaintext: true}\n", kind=Exposed)
        said = self.hup(exposed + "drain: 1s\n")
        self.assertIn(REFUSED, said)
        self.assertIn("set tls.cert and tls.key", said)
        # What is listened on takes a restart, so it is still exposed.
        self.assertIn(REFUSED, self.hup(LISTEN))
        said = self.hup(LISTEN + "tls: {allow_plaintext: true}\n")
        self.assertRegex(said, "changed=none\n(.*\n)*.*settings=listen\n")


class Load(Reload):
    def test_many_hups_under_load_lose_nothing(self):
        self.start()
        endpoint = self.endpoint(200)
        count, threads = (40, 4) if SANITIZED else (150, 4)
        settings = [
            "{}\n",
            "limits: {data: 10, connections: 50, requests_per_second: 100000}\n"
            "delivery: {per_host: 1, timeout: 60s, deny: [10.0.0.1]}\nlog: {format: json}\n",
            "limits: {jobs_per_account: 100000, body: 2KiB}\n"
            "delivery: {concurrency: 3, connect_timeout: 5s}\nlog: {level: debug}\n",
            "faulty: true\n",
        ]
        statuses, over = [], threading.Event()

        def add():
            for _ in range(count):
                job = {"url": endpoint.url, "when": from_now(5 if SANITIZED else 1)}
                statuses.append(self.daemon.post_json(job).status)

        def change():
            i = 0
            while not over.is_set():
                self.hup(settings[i % len(settings)])
                i += 1
            self.hup(settings[0])

        changer = threading.Thread(target=change)
        adders = [threading.Thread(target=add) for _ in range(threads)]
        for thread in [changer, *adders]:
            thread.start()
        self.addCleanup(lambda: (over.set(), changer.join()))
        for thread in adders:
            thread.join()
        self.assertEqual(set(statuses), {201})
        received = {endpoint.next().headers["webhook-id"] for _ in range(count * threads)}
        over.set()
        changer.join()
        self.assertEqual(len(received), count * threads)
        await_true(lambda: self.daemon.ids() == [], "the end of all jobs")
        self.assertTrue(endpoint.callbacks.empty())
        self.assertEqual(self.daemon.stop(), 0)


if __name__ == "__main__":
    support.main()
