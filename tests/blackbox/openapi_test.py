"""The API as it describes itself: what the description says is what the daemon does."""

import contextlib
import http.client
import itertools
import json
import re
import socket
import subprocess

import npm
import support
from support import DEADLINE, Answer, DaemonTest, await_true, from_now, quote

NOBODY = "00000000-0000-7000-8000-000000000000"
OPERATIONS = ("get", "head", "put", "post", "delete")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class Proxy:
    """Prism between a client and the daemon: it notes what does not go with the description."""

    def __init__(self, description, server):
        self.port = free_port()
        self.process = subprocess.Popen(
            ["node", npm.tool("prism"), "proxy", description, server, "--port", str(self.port)],
            cwd=npm.FOLDER, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        while b"listening" not in (line := self.process.stdout.readline()):
            if not line:
                raise AssertionError("the proxy did not start")

    def request(self, method, target, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(connection):
            connection.request(method, target, body.encode() if body is not None else None, names)
            return Answer(connection.getresponse())

    def end(self):
        self.process.kill()
        self.process.wait(DEADLINE)
        self.process.stdout.close()


class OpenApi(DaemonTest):
    settings = 'admin_listen: ["127.0.0.1:0"]\n'

    @classmethod
    def setUpClass(cls):
        npm.install()
        super().setUpClass()
        cls.description = cls.daemon.folder / "openapi.json"
        cls.description.write_bytes(cls.daemon.get("/openapi.json").body)
        cls.document = json.loads(cls.description.read_text())

    def listener(self, template):
        """Where a path of the description is: its servers are the admin listener's if they are not
        the document's own."""
        first = self.document["paths"][template].get("servers", self.document["servers"])[0]
        return self.daemon if first["url"] == "/" else self.daemon.admin

    def test_a_linter_finds_nothing(self):
        ended = subprocess.run(
            ["node", npm.tool("redocly"), "lint", "--format", "json", self.description],
            cwd=npm.FOLDER, capture_output=True, text=True, timeout=120,
            env={"PATH": "/usr/bin:/bin", "REDOCLY_TELEMETRY": "off", "HOME": str(self.folder.name)})
        report = json.loads(ended.stdout[ended.stdout.index("{"):])
        self.assertEqual(report["problems"], [])
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_every_path_takes_the_methods_that_are_described(self):
        for template, item in self.document["paths"].items():
            described = {name.upper() for name in item if name in OPERATIONS}
            if template.startswith("/1/jobs/{schedule}"):
                target = f"/1/jobs/2099-01-01T00:00:00Z/{quote('http://a.test/')}"
            else:
                target = template.replace("{id}", NOBODY).replace("{name}", "nobody")
            with self.subTest(template):
                refused = self.listener(template).request("PATCH", target)
                self.assertEqual(refused.status, 405)
                self.assertEqual(set(re.split(r",\s*", refused.headers["Allow"])), described)

    def test_the_page_names_every_path(self):
        page = self.daemon.get("/", Accept="text/html").text
        for path in set(self.document["paths"]) - {"/", "/1/jobs/{schedule}/{callback}"}:
            self.assertIn(f"<code>{path}</code>", page)

    def test_the_examples_of_requests_work(self):
        content = self.document["paths"]["/1/jobs"]["post"]["requestBody"]["content"]
        for name, example in content["application/json"]["examples"].items():
            with self.subTest(name):
                self.assertEqual(self.daemon.post_json(example["value"]).status, 201)

    def test_every_call_goes_with_the_description(self):
        proxies = {}
        for listener in (self.daemon, self.daemon.admin):
            proxies[listener] = Proxy(self.description, f"http://127.0.0.1:{listener.port}")
            self.addCleanup(proxies[listener].end)
        made = set()

        def call(method, target, status, body=None, listener=None, **headers):
            listener = listener or self.listener(self.template(target))
            # The proxy cannot read the answer to a HEAD, as it has no body.
            way = listener if method == "HEAD" else proxies[listener]
            answer = way.request(method, target, body, **headers)
            with self.subTest(f"{method} {target}", headers=headers):
                self.assertEqual(answer.status, status, answer.body)
                self.assertIsNone(answer.headers["sl-violations"])
            made.add((method.lower(), self.template(target)))
            return answer

        self.every_call(call)
        described = {(name, path) for path, item in self.document["paths"].items()
                     for name in item if name in OPERATIONS}
        self.assertEqual(made, described)

    def template(self, target):
        """The path of the description that a target is an instance of."""
        path = target.split("?")[0]
        exact = path if path in self.document["paths"] else None
        def matches(template):
            return re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path)
        found = sorted(filter(matches, self.document["paths"]), key=lambda one: one.count("{"))
        return exact or found[0]

    def every_call(self, call):
        as_json, sent = {"Accept": "application/json"}, {"Content_Type": "application/json"}
        both = {**as_json, **sent}
        endpoint = self.endpoint(410)
        everything = json.dumps({
            "url": endpoint.url, "cron": "0 15 10 ? * MON-FRI", "timezone": "Europe/Berlin",
            "data": "x", "contentType": "text/plain", "signature": "s", "name": "n",
            "method": "PUT", "headers": {"X-A": "b"}, "timeout": 7, "misfire": "skip",
            "retry": {"attempts": 3, "backoff": [1, 2]}, "paused": True})
        once = json.dumps({"url": endpoint.url, "when": "2099-01-01T00:00:00Z", "data": "x"})

        for path, accept in (("/", "text/html"), ("/openapi.json", "application/json")):
            call("GET", path, 200, Accept=accept)
            call("HEAD", path, 200, Accept=accept)

        for path, listener in itertools.product(("/healthz", "/readyz"),
                                                (self.daemon, self.daemon.admin)):
            call("GET", path, 200, listener=listener, **as_json)
            call("HEAD", path, 200, listener=listener, **as_json)

        job = call("POST", "/1/jobs", 201, once, **both).json["id"]
        call("POST", "/1/jobs", 201, everything, **both)
        call("POST", "/1/jobs", 200, everything, **both)
        call("POST", "/1/jobs", 201, f"[{once},{once}]", **both)
        call("POST", "/1/jobs", 201, once, Accept="text/plain", **sent)
        for again in (None, "true"):
            answer = call("POST", "/1/jobs", 201, once, Idempotency_Key='"k"', **both)
            self.assertEqual(answer.headers["Idempotency-Replayed"], again)
        call("POST", "/1/jobs", 422, everything, Idempotency_Key='"k"', **both)
        path_form = f"/1/jobs/2099-01-01T00:00:00Z/{quote(endpoint.url)}"
        call("POST", path_form, 201, "x", Accept="application/json", Content_Type="text/plain")
        call("GET", "/1/jobs", 200, **as_json)
        call("GET", "/1/jobs", 200, Accept="text/plain")
        call("GET", "/1/jobs?limit=1", 200, **as_json)
        call("HEAD", "/1/jobs", 200, **as_json)
        call("GET", f"/1/jobs/{job}", 200, **as_json)
        call("HEAD", f"/1/jobs/{job}", 200, **as_json)
        call("GET", "/1/jobs?expand=1&limit=2", 200, **as_json)
        tag = call("PUT", f"/1/jobs/{job}", 200, once, **both).headers["ETag"]
        call("GET", f"/1/jobs/{job}", 304, If_None_Match=tag, **as_json)
        call("PUT", f"/1/jobs/{job}", 412, once, If_Match='"x"', **both)
        call("PUT", f"/1/jobs/{job}", 200, once, If_Match=tag, **both)
        call("POST", f"/1/jobs/{job}/pause", 200, **as_json)
        call("POST", f"/1/jobs/{job}/resume", 200, **as_json)
        call("GET", f"/1/jobs/{NOBODY}", 404, **as_json)

        delivery = call("POST", f"/1/jobs/{job}/fire", 202, **as_json).json["id"]
        await_true(lambda: self.daemon.get(f"/1/deliveries/{delivery}").json["state"] == "exhausted",
                   "the end of the delivery")
        call("GET", "/1/jobs?expand=last&state=exhausted&name=*&limit=9", 200, **as_json)
        listed = call("GET", "/1/jobs?expand=last&limit=9", 200, **as_json).json
        self.assertEqual(listed[0]["lastDelivery"]["id"], delivery)
        call("POST", f"/1/deliveries/{delivery}/retry", 202, **as_json)
        for method in ("GET", "HEAD"):
            call(method, f"/1/deliveries/{delivery}", 200, **as_json)
            call(method, "/1/deliveries?limit=1", 200, **as_json)
            call(method, f"/1/jobs/{job}/deliveries", 200, **as_json)

        call("POST", "/1/secrets", 201, **as_json)
        call("POST", "/1/secrets?overlap=1h", 201, Accept="text/plain")
        call("GET", "/1/secrets", 200, **as_json)
        call("HEAD", "/1/secrets", 200, **as_json)
        call("DELETE", "/1/secrets", 204, **as_json)
        call("POST", "/1/jobs/delete", 200, json.dumps([job, NOBODY]), **both)
        job = self.daemon.post_json({"url": endpoint.url, "when": from_now(3600)}).text
        call("DELETE", f"/1/jobs/{job}", 204, **as_json)

        for method in ("GET", "HEAD"):
            call(method, "/metrics", 200, Accept="text/plain")
            call(method, "/1/accounts", 200, **as_json)
        call("POST", "/1/accounts/alice", 201, **as_json)
        call("POST", "/1/accounts/alice", 409, **as_json)
        call("POST", "/1/accounts/bob", 201, Accept="text/plain")
        call("POST", "/1/accounts/alice/key", 201, **as_json)
        call("POST", "/1/accounts/carol/key", 404, **as_json)
        call("GET", "/1/accounts", 200, **as_json)
        call("GET", "/1/jobs", 401, **as_json)
        call("DELETE", "/1/accounts/alice?jobs=delete", 204, **as_json)
        call("DELETE", "/1/accounts/bob", 204, **as_json)
        call("DELETE", "/1/accounts/bob", 404, **as_json)


if __name__ == "__main__":
    support.main()
