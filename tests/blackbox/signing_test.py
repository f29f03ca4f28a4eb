"""Signatures of callbacks: the secrets of the API and the command line, what the daemon signs with
them, and `jobsched listen`, which checks it."""

import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import pathlib
import re
import subprocess
import time
import xml.etree.ElementTree as xml
from datetime import timedelta

import support
from support import JOBSCHED, DaemonTest, clean_environment, from_now, instant, run

SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")  # of 32 bytes
OTHER = "whsec_" + base64.b64encode(b"another secret, 32 bytes of text").decode()


def signature(secret, headers, body):
    """By Standard Webhooks 1.0.0."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


class SigningTest(DaemonTest):
    settings = "delivery: {backoff: [1s, 1s, 1s]}\nlog: {level: debug}\n"

    def setUp(self):
        self.assertEqual(self.daemon.request("DELETE", "/1/secrets").status, 204)

    def rotate(self, query="", accept="text/plain"):
        answer = self.daemon.request("POST", "/1/secrets" + query, Accept=accept)
        self.assertEqual(answer.status, 201, answer.text)
        return answer

    def secrets(self):
        return self.daemon.get("/1/secrets").json

    def create(self, url, payload="", seconds=0.2):
        answer = self.daemon.post_json({"url": url, "when": from_now(seconds), "data": payload})
        self.assertEqual(answer.status, 201, answer.text)

    def check(self, callback, *secrets):
        """It has just the signatures of these secrets, in this order."""
        expected = " ".join(signature(one, callback.headers, callback.body) for one in secrets)
        self.assertEqual(callback.headers["webhook-signature"], expected)


class Signatures(SigningTest):
    def test_callbacks_are_signed_while_there_is_a_secret(self):
        endpoint = self.endpoint(200)
        self.create(endpoint.url, "before")
        self.assertIsNone(endpoint.next().headers["webhook-signature"])
        secret = self.rotate().text
        for payload in ("", "hello", "héllo €😀", '{"a": [1, 2]}\n', "\x00\x01"):
            with self.subTest(repr(payload)):
                self.create(endpoint.url, payload)
                callback = endpoint.next()
                self.assertEqual(callback.body, payload.encode())
                self.check(callback, secret)
        self.assertEqual(self.daemon.request("DELETE", "/1/secrets").status, 204)
        self.create(endpoint.url, "after")
        self.assertIsNone(endpoint.next().headers["webhook-signature"])

    def test_the_receiver_in_the_readme(self):
        readme = (pathlib.Path(__file__).resolve().parents[2] / "README.md").read_text()
        receiver = {}
        exec(re.search(r"```python\n(.*?)```", readme, re.DOTALL).group(1), receiver)
        is_right = receiver["is_right"]
        endpoint = self.endpoint(200)
        first, second = self.rotate().text, self.rotate().text
        self.create(endpoint.url, "héllo")
        callback = endpoint.next()
        rows = [(first, {}, callback.body, True), (second, {}, callback.body, True),
                (OTHER, {}, callback.body, False), (first, {}, b"hello", False),
                (first, {"webhook-timestamp": "1700000000"}, callback.body, False)]
        for secret, changes, body, verdict in rows:
            with self.subTest(secret=secret, changes=changes, body=body):
                headers = {**dict(callback.headers), **changes}
                self.assertEqual(is_right(secret, headers, body), verdict)

    def test_every_attempt_is_signed_anew(self):
        endpoint = self.endpoint(503, 503, 200)
        first = self.rotate().text
        self.create(endpoint.url, "x")
        attempts = [endpoint.next()]
        self.check(attempts[0], first)
        second = self.rotate().text
        attempts += [endpoint.next(), endpoint.next()]
        for callback in attempts[1:]:
            self.check(callback, second, first)
        times = [int(callback.headers["webhook-timestamp"]) for callback in attempts]
        # Retries may be 0.8 s apart: two of them can fall in one second, three cannot.
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[-1], times[0])
        self.assertEqual(len({callback.headers["webhook-id"] for callback in attempts}), 1)

    def test_the_secret_before_goes_on_for_the_overlap_only(self):
        endpoint = self.endpoint(200)
        first = self.rotate().text
        made = self.rotate("?overlap=2s", accept="application/json").json
        second, ends = made["secret"], instant(made["created"]) + timedelta(seconds=2)
        self.create(endpoint.url)
        callback = endpoint.next()
        if callback.arrived < ends:
            self.check(callback, second, first)
        self.create(endpoint.url, seconds=2.5)
        self.check(endpoint.next(), second)
        self.assertEqual(len(self.secrets()), 1)

    def test_secrets_outlive_the_daemon(self):
        endpoint = self.endpoint(200)
        first, second = self.rotate().text, self.rotate().text
        known = self.secrets()
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.secrets(), known)
        self.create(endpoint.url, "x")
        self.check(endpoint.next(), second, first)


class Interfaces(SigningTest):
    def test_a_secret_is_shown_once_in_every_format(self):
        secret = self.rotate().text
        self.assertRegex(secret, f"^{SECRET.pattern}$")
        answer = self.rotate(accept="application/json")
        self.assertEqual(answer.fields, ["secret", "created"])
        self.assertRegex(answer.json["secret"], SECRET)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        answer = self.rotate(accept="text/xml")
        self.assertRegex(xml.fromstring(answer.body).findtext("secret"), SECRET)
        for accept in ("application/json", "text/xml"):
            listed = self.daemon.get("/1/secrets", Accept=accept)
            self.assertEqual(listed.status, 200)
            self.assertNotIn("whsec_", listed.text)
        first, second = xml.fromstring(listed.body).findall("secret")
        self.assertIsNone(first.find("ends"))
        newest, before = self.secrets()
        self.assertEqual(list(newest), ["created"])
        self.assertEqual(list(before), ["created", "ends"])
        self.assertEqual(second.findtext("ends"), before["ends"])
        overlap = instant(before["ends"]) - instant(newest["created"])
        self.assertEqual(overlap.total_seconds(), 24 * 3600)

    def test_requests_that_are_refused(self):
        rows = [
            ("PUT", "/1/secrets", None, {}, 405),
            ("PATCH", "/1/secrets", None, {}, 405),
            ("POST", "/1/secrets?overlap=31d", None, {}, 400),
            ("POST", "/1/secrets?overlap=soon", None, {}, 400),
            ("POST", "/1/secrets", '{"secret": "mine"}', {}, 422),
            ("POST", "/1/secrets", None, {"Accept": "image/png"}, 406),
            ("GET", "/1/secrets", None, {"Accept": "text/plain"}, 406),
            ("GET", "/1/secrets/1", None, {}, 404),
        ]
        for method, target, body, headers, status in rows:
            with self.subTest(method=method, target=target):
                answer = self.daemon.request(method, target, body, **headers)
                self.assertEqual(answer.status, status, answer.text)
                if status == 405:
                    self.assertEqual(answer.headers["Allow"], "GET, HEAD, POST, DELETE")
        self.assertEqual(self.secrets(), [])

    def command(self, *arguments, code=0):
        ended = self.daemon.run("secret", *arguments)
        self.assertEqual(ended.returncode, code, ended.stderr.decode())
        return ended.stdout.decode(), ended.stderr.decode()

    def test_the_command(self):
        stdout, stderr = self.command()
        self.assertEqual(stdout, "")
        self.assertIn("callbacks are not signed", stderr)
        self.assertEqual(self.command("-o", "json"), ("[]\n", ""))
        secret, stderr = self.command("rotate")
        self.assertRegex(secret, f"^{SECRET.pattern}\n$")
        self.assertIn("callbacks are signed with it from now on\n", stderr)
        self.assertNotIn("whsec_", stderr)
        created = self.secrets()[0]["created"]
        self.assertEqual(self.command(), (f"since {created}\n", ""))
        made, stderr = self.command("rotate", "--overlap", "1h", "-o", "json")
        newest, before = self.secrets()
        self.assertEqual(json.loads(made)["created"], newest["created"])
        self.assertIn(f"with the one before until {before['ends']}", stderr)
        self.assertEqual(self.command()[0], f"since {newest['created']}\n"
                         f"since {created} until {before['ends']}\n")
        listed = xml.fromstring(self.command("-o", "xml")[0])
        self.assertEqual(len(listed.findall("secret")), 2)
        stdout, stderr = self.command("rm")
        self.assertEqual(stdout, "")
        self.assertIn("not signed any more", stderr)
        self.assertEqual(self.secrets(), [])

    def test_wrong_command_lines(self):
        rows = [
            (("rotat",), 2, 'did you mean "rotate"?'),
            (("rotate", "--overlap", "soon"), 2, "--overlap"),
            (("rotate", "--overlap", "31d"), 6, "from 0s to 30d"),
            (("--overlap", "1h"), 2, "--overlap"),
            (("rm", "--overlap", "1h"), 2, "--overlap"),
            (("rotate", "x"), 2, "x"),
        ]
        for arguments, code, words in rows:
            with self.subTest(arguments):
                stdout, stderr = self.command(*arguments, code=code)
                self.assertEqual(stdout, "")
                self.assertIn(words, stderr)
        self.assertEqual(self.secrets(), [])

    def test_no_secret_gets_into_a_log_or_a_message(self):
        endpoint = self.endpoint(503, 200)
        secret = self.rotate().text
        planted, said = [], []
        for one in (secret, self.rotate().text):
            body = one.removeprefix("whsec_")
            planted += [body[:20], body[20:], base64.b64decode(body).hex()]
        self.create(endpoint.url, "x")
        for _ in range(2):
            planted.append(endpoint.next().headers["webhook-signature"])
        file = self.daemon.folder / "secret"
        file.write_text(secret + "x")
        for environment in ({"JOBSCHED_SECRET": secret + "x"}, {}):
            ended = run("listen", "127.0.0.1:0", *([] if environment else ["--secret-file", file]),
                        env={**clean_environment(self.daemon.folder), **environment})
            self.assertEqual(ended.returncode, 2)
            said.append(ended.stdout.decode() + ended.stderr.decode())
        said += [self.daemon.request("POST", "/1/secrets", secret).text,
                 self.daemon.get("/1/secrets").text, self.daemon.run("secret").stdout.decode(),
                 self.daemon.log.read_text()]
        for text in said:
            for one in planted:
                self.assertNotIn(one, text)


class Listen(SigningTest):
    def listen(self, *arguments, **environment):
        process = subprocess.Popen([JOBSCHED, "listen", "127.0.0.1:0", "-o", "json", *arguments],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**clean_environment(self.daemon.folder), **environment})
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        process.url = re.search(r"http://\S+", process.stderr.readline()).group(0)
        return process

    def post(self, listener, headers=None, body=b"x"):
        address = listener.url.removeprefix("http://").rstrip("/")
        connection = http.client.HTTPConnection(address, timeout=support.DEADLINE)
        connection.request("POST", "/", body, headers or {})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def test_it_says_what_is_signed_right_and_why_not(self):
        secret = self.rotate().text
        file = self.daemon.folder / "receiver"
        file.write_text(secret + "\n")
        for arguments, environment in (((), {"JOBSCHED_SECRET": secret}),
                                       (("--secret-file", str(file)), {"JOBSCHED_SECRET": OTHER})):
            listener = self.listen(*arguments, **environment)
            self.create(listener.url, "héllo")
            received = json.loads(listener.stdout.readline())
            self.assertEqual((received["signature"], received["body"]), ("right", "héllo"))
            right = {name: received["headers"][name]
                     for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
            old = {**right, "webhook-timestamp": str(int(time.time()) - 400)}
            old["webhook-signature"] = signature(secret, old, b"x")
            other = {**right, "webhook-signature": signature(OTHER, right, b"x")}
            unsigned = {name: right[name] for name in right if name != "webhook-signature"}
            rows = [
                (right, "héllo", 200, None),
                (right, "hello", 401, "no signature in webhook-signature matches"),
                (other, "x", 401, "no signature in webhook-signature matches"),
                (old, "x", 401, "in the past"),
                (unsigned, "x", 401, "webhook-signature is missing"),
                ({}, "x", 401, "webhook-id is missing"),
            ]
            for headers, body, status, fault in rows:
                with self.subTest(fault):
                    self.assertEqual(self.post(listener, headers, body.encode()).status, status)
                    received = json.loads(listener.stdout.readline())
                    self.assertEqual(received["signature"], "wrong" if fault else "right")
                    self.assertIn(fault or "", received.get("signatureFault", ""))

    def test_a_wrong_signature_is_retried_until_the_receiver_has_the_secret(self):
        self.rotate()
        listener = self.listen(JOBSCHED_SECRET=OTHER)
        self.create(listener.url)
        for attempt in ("1", "2"):
            received = json.loads(listener.stdout.readline())
            self.assertEqual((received["signature"], received["headers"]["Jobsched-Attempt"]),
                             ("wrong", attempt))

    def test_without_a_secret_it_does_not_judge(self):
        listener = self.listen(JOBSCHED_SECRET="")
        self.assertEqual(self.post(listener).status, 200)
        self.assertNotIn("signature", json.loads(listener.stdout.readline()))

    def test_it_rehearses_retries(self):
        listener = self.listen("--status", "503,500", "--status", "200", "-H", "X-Rehearsal: yes",
                               "--count", "3")
        self.create(listener.url)
        attempts = [json.loads(line)["headers"]["Jobsched-Attempt"] for line in listener.stdout]
        self.assertEqual(attempts, ["1", "2", "3"])
        self.assertEqual(listener.wait(support.DEADLINE), 0)

    def test_chosen_answers(self):
        listener = self.listen("--status", "503,204", "--header", "Retry-After: 7",
                               JOBSCHED_SECRET=OTHER)
        answers = [self.post(listener) for _ in range(3)]
        self.assertEqual([answer.status for answer in answers], [503, 204, 204])
        self.assertEqual({answer.headers["Retry-After"] for answer in answers}, {"7"})

    def test_a_slow_answer_does_not_hold_up_others(self):
        count = 60  # in turn they would take longer than a client waits
        listener = self.listen("--delay", "1s", "--count", str(count))
        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            answers = list(pool.map(lambda _: self.post(listener).status, range(count)))
        self.assertEqual(answers, [200] * count)
        self.assertGreaterEqual(time.monotonic() - begin, 1)
        self.assertEqual(listener.wait(support.DEADLINE), 0)  # not before the last answer

    def test_wrong_command_lines(self):
        rows = [
            (("--status", "99"), "--status"),
            (("--status", "200,,503"), "--status"),
            (("--delay", "2"), "--delay"),
            (("--delay", "2h"), "--delay"),
            (("--header", "Retry-After"), "--header"),
            (("--header", "Content-Length: 5"), "--header"),
            (("--secret-file", "/nonexistent"), "--secret-file"),
            (("--secret-file", "/dev/null"), "--secret-file"),
        ]
        for arguments, word in rows:
            with self.subTest(arguments):
                ended = run("listen", "127.0.0.1:0", *arguments)
                self.assertEqual(ended.returncode, 2, ended.stderr)
                self.assertIn(word, ended.stderr.decode())


if __name__ == "__main__":
    support.main()
