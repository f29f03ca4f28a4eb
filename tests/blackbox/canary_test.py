"""The log keeps to itself: what is secret never gets into it, whoever brings it and however it goes
wrong, and nothing that comes from outside makes a line of its own."""

import base64
import json
import pathlib
import re
import signal
import socket
import tempfile
import threading
import unittest

import support
from certificates import Certificates
from support import DEADLINE, Daemon, Endpoint, await_true, from_now, quote, run

SETTINGS = """\
limits: {{min_interval: 1s, body: 4KiB}}
delivery: {{network: any, backoff: []}}
drain: 1s
log: {{level: debug, format: {log_format}}}
{more}
"""

FAR = "2094-05-11T15:30:00Z"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
LINE = {"text": TIME + r" level=(debug|info|warning|error) msg=[ -~]*",
        "json": r'\{"ts":"' + TIME + r'","level":"(debug|info|warning|error)","msg":"[ -~]*\}'}


class Canaries:
    """Strings that are found nowhere but where they were planted."""

    def __init__(self):
        self.planted = {}

    def __call__(self, place):
        """A fresh one for this place, of letters and digits."""
        canary = f"Kanari{len(self.planted):03d}{''.join(filter(str.isalnum, place)).title()}"
        return self.keep(place, canary)

    def keep(self, place, text):
        """Takes a secret of somebody else's making for one."""
        self.planted[text] = place
        return text

    def found(self, log):
        """The places of those that are in the log, in any case, also in base64."""
        lower = log.lower()
        return sorted({place for text, place in self.planted.items()
                       if text.lower() in lower or any(
                           form in log for form in self._base64(text.encode()))})

    @staticmethod
    def _base64(text):
        """What base64 makes of the text wherever it stands in a longer one."""
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + text).decode()
            yield encoded[4 if shift else 0:len(encoded) - 4]


class Life:
    """A daemon, and what is done to it in the course of its life."""

    def __init__(self, test, log_format):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.test = test
        self.log_format = log_format
        self.canary = Canaries()
        self.daemon = Daemon(folder.name, SETTINGS.format(log_format=log_format, more=""))
        test.addCleanup(lambda: self.daemon.process and self.daemon.kill())
        for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            self.daemon.environment[name] = f"http://u:{self.canary(name)}@127.0.0.1:9/"

    def log(self):
        return self.daemon.log.read_bytes()

    def endpoint(self, *answers):
        endpoint = Endpoint(*answers)
        self.test.addCleanup(endpoint.close)
        return endpoint

    def says(self, words, times=1):
        await_true(lambda: self.log().count(words.encode()) >= times, words)

    def url(self, place, base):
        """A callback URL with secrets wherever it may have any."""
        scheme, rest = base.split("://")
        return (f"{scheme}://{rest}/{self.canary(place + ' path')}"
                f"?token={self.canary(place + ' query')}#{self.canary(place + ' fragment')}")

    def document(self, place, base, when=FAR):
        """A job with a secret in every field that may hold one."""
        return {"url": self.url(place, base), "when": when, "data": self.canary(place + " data"),
                "signature": self.canary(place + " signature"),
                "headers": {"Authorization": f"Bearer {self.canary(place + ' authorization')}",
                            "X-Api-Key": self.canary(place + " header")}}

    def raw(self, data):
        """Sends bytes as they are; what comes back before the daemon closes, or says no more."""
        with socket.create_connection(("127.0.0.1", self.daemon.port), DEADLINE) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    # The chapters of a life.

    def create(self):
        post = self.daemon.post_json
        job = self.document("json", "http://user.test")
        made = post(job, Idempotency_Key=f'"{self.canary("key")}"', Accept="application/json",
                    Cookie=f"session={self.canary('cookie')}", User_Agent=self.canary("agent"))
        self.test.assertEqual(made.status, 201, made.body)
        secret = f"a\0{self.canary('binary')}\xff".encode("latin-1")
        post({**job, "data": base64.b64encode(secret).decode(), "dataEncoding": "base64"})
        post([self.document(f"bulk {i}", "http://user.test") for i in range(2)])
        self.daemon.request(
            "POST", "/1/jobs", f"<job><url>{self.url('xml', 'http://a.test')}</url><when>{FAR}"
            f"</when><data>{self.canary('xml data')}</data></job>", Content_Type="application/xml")
        self.daemon.request("POST", f"/1/jobs/{FAR}/{quote(self.url('target', 'http://a.test'))}",
                            secret, X_Content_Signature=self.canary("target signature"))
        self.daemon.request("PUT", f"/1/jobs/{made.json['id']}",
                            json.dumps(self.document("put", "http://b.test")),
                            Content_Type="application/json")
        return made.json["id"]

    def misuse(self, job):
        """What clients get wrong."""
        canary, base = self.canary, "http://a.test"
        good = self.document("misuse", base)
        json_type = {"Content_Type": "application/json"}
        when = f"/1/jobs/{FAR}"
        requests = [
            ("GET", f"/1/jobs?limit={canary('limit')}", None, {}),
            ("GET", f"/1/jobs?{canary('parameter')}=1", None, {}),
            ("GET", f"/1/jobs/{canary('id')}", None, {}),
            ("GET", f"/{canary('path')}", None, {}),
            ("GET", f"/1/{canary('path 2')}/{canary('path 3')}", None, {}),
            ("GET", f"/1/jobs/{job}/{canary('action')}", None, {}),
            ("GET", f"/1/deliveries/{canary('delivery')}", None, {}),
            ("POST", f"{when}/{self.url('unescaped', base)}", "x", {}),
            ("POST", f"{when}/{self.url('no scheme', 'a://b')[4:]}", "x", {}),
            ("POST", f"{when}/{quote('ftp://' + canary('ftp') + ':x@h/')}", "x", {}),
            ("POST", f"{when}/{quote('http://u:' + canary('password') + '@h:x/')}", "x", {}),
            ("POST", f"/1/jobs/{canary('when')}/{quote(base)}", "x", {}),
            ("POST", "/1/jobs", "{" + canary("no json"), json_type),
            ("POST", "/1/jobs", json.dumps({**good, canary("field"): 1}), json_type),
            ("POST", "/1/jobs", json.dumps({**good, "url": canary("no url")}), json_type),
            ("POST", "/1/jobs", json.dumps({**good, "when": canary("no when")}), json_type),
            ("POST", "/1/jobs", json.dumps({**good, "timezone": canary("zone")}), json_type),
            ("POST", "/1/jobs", json.dumps({"url": base, "cron": canary("cron")}), json_type),
            ("POST", "/1/jobs", json.dumps({**good, "headers": {"Host": canary("host")}}),
             json_type),
            ("POST", "/1/jobs", json.dumps({**good, "headers": {"X": canary("line") + "\r\nX: 1"}}),
             json_type),
            ("POST", "/1/jobs", json.dumps({**good, "data": canary("long") * 200}), json_type),
            ("POST", "/1/jobs", "x" * 5000 + canary("longer"), json_type),
            ("POST", "/1/jobs", f"<!DOCTYPE x [<!ENTITY e '{canary('entity')}'>]><job>&e;</job>",
             {"Content_Type": "application/xml"}),
            ("POST", "/1/jobs", json.dumps(good), {"Content_Type": canary("type")}),
            ("POST", "/1/jobs", json.dumps(good), {**json_type, "Accept": canary("accept")}),
            ("POST", "/1/jobs", json.dumps(good),
             {**json_type, "Idempotency_Key": f'"{canary("half a key")}'}),
            ("PUT", f"/1/jobs/{job}", json.dumps(good),
             {**json_type, "If_Match": canary("condition")}),
            ("GET", "/1/jobs", None, {"Host": f"{canary('name')}.test"}),
            ("POST", "/1/jobs", json.dumps(good),
             {**json_type, "Origin": f"http://{canary('origin')}.test"}),
            (canary("method"), "/1/jobs", None, {}),
            ("DELETE", f"/1/jobs/{canary('gone')}", None, {}),
        ]
        for method, target, body, headers in requests:
            self.daemon.request(method, target, body,
                                X_Request_Id=f"{canary('request id')} x", **headers)
        for lines in [("{}",), ("GET /{} HTTP/9.9",), ("GET /{}",), ("{} /{} HTTP/1.1",),
                      ("GET / HTTP/1.1", "{} : x"),
                      ("GET / HTTP/1.1", "Host: {}", "Host: b"),
                      ("GET / HTTP/1.1", "Host: a", "Authorization: {}\x01"),
                      ("GET http://u:{}@localhost/?{} HTTP/1.1", "Host: localhost"),
                      ("POST / HTTP/1.1", "Host: localhost", "Content-Length: {}"),
                      ("POST / HTTP/1.1", "Host: localhost", "Transfer-Encoding: {}"),
                      # Payloads without a length.
                      ("POST /1/jobs HTTP/1.1", "Host: localhost", "", '{{"url": "{}"}} {}'),
                      ("POST /1/jobs HTTP/1.1", "Host: localhost", "", "{} /{} HTTP/1.1")]:
            data = "\r\n".join((*lines, "", ""))
            places = [f"raw {lines[0][:10]} {number}" for number in range(data.count("{}"))]
            self.raw(data.format(*map(canary, places)).encode())

    def inject(self):
        """Bytes that would end a line, or do something to a terminal."""
        for evil in ("%0Alevel=error", "%1B%5B31m", "\x1b[31m", "\x9b31m", "\u2028", "\xff", "\t",
                     "\x00", '"', "\\", "\r"):
            for data in (f"GET /1/jobs/{evil} HTTP/1.1\r\nHost: localhost\r\n\r\n",
                         f"GET /1/jobs?{evil} HTTP/1.1\r\nHost: localhost\r\n\r\n",
                         f"{evil} / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                         f"GET / HTTP/1.1\r\nHost: {evil}\r\n\r\n",
                         f"GET / HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: {evil}\r\n\r\n"):
                self.raw(data.encode())

    def fire(self):
        """Callbacks that end in every way there is."""
        def answer(status, body="", **headers):
            def write(handler):
                handler.send_response(status, self.canary("reason"))
                for name, value in headers.items():
                    handler.send_header(name.replace("_", "-"), value)
                content = (self.canary(f"body {status}") + body).encode()
                handler.send_header("Content-Length", str(len(content)))
                handler.send_header("X-Secret", self.canary("answer header"))
                handler.end_headers()
                handler.wfile.write(content)
            return write

        def raw(text):
            def write(handler):
                secrets = [self.canary("raw answer") for _ in range(4)]
                handler.wfile.write(text.format(*secrets).encode())
                handler.close_connection = True
            return write

        ways = [answer(200), answer(500), answer(410),
                answer(302, Location="http://h/?" + self.canary("location")),
                answer(503, Retry_After=self.canary("retry after")),
                answer(400, "\n\x1b[31mlevel=error\n"),
                answer(401, WWW_Authenticate="Basic realm=" + self.canary("realm")),
                raw("{}\r\n{}\r\n\r\n"), raw("HTTP/1.1 200 {}\r\n{}\r\nX: {}\r\n\r\n"),
                raw("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}"),
                raw("HTTP/9.9 200 {}\r\n\r\n"),
                raw("HTTP/1.1 500 \x1b[31m{}\r\nTransfer-Encoding: {}\r\n\r\n{}"),
                raw("HTTP/1.1 200 OK\r\nContent-Encoding: {}\r\nContent-Length: 1\r\n\r\n{}")]
        endpoints = [self.endpoint(way).url.replace("/callback", "") for way in ways]
        with socket.create_server(("127.0.0.1", 0)) as closed:
            refused = f"http://127.0.0.1:{closed.getsockname()[1]}"
        others = [refused, "http://nobody.invalid", "http://169.254.169.254", "http://0.0.0.1",
                  endpoints[0].replace("http:", "https:")]
        due = from_now(0.5)
        for number, base in enumerate(endpoints + others):
            made = self.daemon.post_json(self.document(f"fire {number}", base, due))
            self.test.assertIn(made.status, (201, 422), made.body)
        self.says("attempt failed", len(endpoints) + len(others) - 4)
        self.says("attempt accepted", 1)

    def sign(self):
        for _ in range(2):
            answer = self.daemon.request("POST", "/1/secrets", Accept="application/json")
            self.canary.keep("secret", re.search(r"whsec_([\w+/=]+)", answer.text).group(1))
        accepting = self.endpoint(200)
        self.daemon.post_json(self.document("signed", accepting.url, from_now(0.2)))
        self.canary.keep("signature", accepting.next().headers["webhook-signature"].split(",")[1])

    def admit(self):
        """Accounts come and go, and so do people who guess."""
        def key_of(*arguments):
            ended = self.daemon.run("account", *arguments)
            self.test.assertEqual(ended.returncode, 0, ended.stderr)
            return self.canary.keep("account key", ended.stdout.decode().strip())

        keys = [key_of("add", "alice"), key_of("rotate", "alice"), key_of("add", "bob")]
        self.daemon.run("account", "rm", "bob")
        pairs = [f"alice:{key}" for key in (*keys, self.canary("wrong key"))]
        tries = [f"Bearer {key}" for key in (*keys, self.canary("wrong bearer"))]
        tries += ["Basic " + base64.b64encode(pair.encode()).decode() for pair in pairs]
        tries += [f"{self.canary('scheme')} x", f"Basic {self.canary('no base64')}",
                  f"Digest u={self.canary('digest')}"]
        statuses = {self.daemon.get("/1/jobs", Authorization=one).status for one in tries}
        self.test.assertEqual(statuses, {200, 401})
        self.daemon.get(f"/1/jobs?key={self.canary('key in query')}")

    def hang_up(self):
        self.daemon.process.send_signal(signal.SIGHUP)
        backup = self.daemon.run("backup", "--store", str(self.daemon.store),
                                 str(self.daemon.folder / "backup.db"))
        self.test.assertEqual(backup.returncode, 0, backup.stderr)

    def drain(self):
        release = threading.Event()
        self.test.addCleanup(release.set)
        slow = self.endpoint(lambda handler: release.wait(DEADLINE))
        self.daemon.post_json(self.document("drain", slow.url, from_now(0.2)))
        slow.next()
        self.test.assertEqual(self.daemon.stop(), 0)

    def encrypt(self):
        """Starts with a certificate; then its key is no good any more."""
        certificates = Certificates(self.daemon.folder)
        pem, key = certificates.path("root.pem"), certificates.path("root.key")
        for line in key.read_text().splitlines()[1:-1]:
            self.canary.keep("TLS key", line)
        self.daemon.config.write_text(SETTINGS.format(
            log_format=self.log_format, more=f"tls: {{cert: {pem}, key: {key}}}"))
        self.daemon.start()
        lines = key.read_text().splitlines()
        for number, broken in enumerate([[self.canary("no key")], lines[1:],
                                         [lines[0], self.canary("half a key file"), lines[-1]]], 1):
            key.write_text("\n".join(broken) + "\n")
            self.daemon.process.send_signal(signal.SIGHUP)
            self.says("cannot be used", number)
        self.raw(f"GET /{self.canary('plain')} HTTP/1.1\r\n\r\n".encode())
        self.test.assertEqual(self.daemon.stop(), 0)
        ended = run(*self.daemon.program()[1:], env=self.daemon.environment)
        self.test.assertEqual(ended.returncode, 78, ended.stderr)
        with open(self.daemon.log, "ab") as log:
            log.write(ended.stdout + ended.stderr)


class Log(unittest.TestCase):
    maxDiff = None

    def test_no_secret_and_no_second_line_gets_into_the_log(self):
        for log_format in ("text", "json"):
            with self.subTest(log_format):
                life = Life(self, log_format)
                life.daemon.start()
                job = life.create()
                life.misuse(job)
                life.inject()
                life.fire()
                life.sign()
                life.hang_up()
                life.drain()
                life.daemon.start()
                life.admit()
                life.daemon.stop()
                life.encrypt()
                self.check(life)

    def check(self, life):
        log = life.log().decode("ascii")
        strange = [line for line in log.split("\n")[:-1]
                   if not re.fullmatch(LINE[life.log_format], line)]
        self.assertEqual(strange, [])
        if life.log_format == "json":
            for line in log.splitlines():
                json.loads(line)
        self.assertGreater(log.count("request_id"), 100)
        self.assertEqual(life.canary.found(log), [])
        self.assertGreater(len(life.canary.planted), 200)

    def test_a_canary_is_found_in_whatever_form(self):
        canary = Canaries()
        text = canary("a place")
        for log in (text, f"x{text}y", text.upper(), *(
                base64.b64encode(b"x" * i + text.encode() + b"tail").decode() for i in range(6))):
            self.assertEqual(canary.found(log), ["a place"], log)
        self.assertEqual(canary.found(text[:-1]), [])


if __name__ == "__main__":
    support.main()
