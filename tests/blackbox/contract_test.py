"""What holds for every call of the API, as the description lists them: HEAD, wrong methods, queries,
problems in each format, and conditions. Byte for byte, so that nothing a client library forgives
goes unseen."""

import concurrent.futures
import contextlib
import itertools
import json
import re
import socket
import subprocess
import tempfile
import xml.etree.ElementTree as xml

import support
from support import DEADLINE, Daemon, DaemonTest, await_true, quote

NOBODY = "00000000-0000-7000-8000-000000000000"
OPERATIONS = ("get", "head", "put", "post", "delete")
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")
PROBLEM = "{urn:ietf:rfc:7807}"
JSON = {"Content-Type": "application/json"}

PHRASES = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 409: "Conflict", 412: "Precondition Failed",
    413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
    421: "Misdirected Request", 422: "Unprocessable Content", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 503: "Service Unavailable", 507: "Insufficient Storage"}

# What a client accepts, and the type of a problem that it gets.
PROBLEM_TYPES = {"application/json": "application/problem+json", "text/xml": "text/xml",
                 "application/xml": "application/xml", "text/plain": "text/plain"}


def document(**fields):
    return json.dumps({"url": "http://a.test/", "when": "2099-01-01T00:00:00Z", **fields})


class Answer:
    """The bytes of an answer that ended with its connection."""

    def __init__(self, received):
        head, _, self.body = received.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(status.split(" ")[1])
        self.phrase = status.split(" ", 2)[2]
        self.headers = [tuple(line.split(": ", 1)) for line in lines]

    def __getitem__(self, name):
        values = [value for known, value in self.headers if known.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def json(self):
        return json.loads(self.body)

    def lasting_headers(self, passing):
        """Those that are the same when the same is asked again, but for `passing`."""
        return [one for one in self.headers if one[0] not in ("Date", "X-Request-Id", *passing)]


def exchange(port, request):
    with socket.create_connection(("127.0.0.1", port), DEADLINE) as connection:
        with contextlib.suppress(ConnectionError):  # it has answered, and reads no more
            connection.sendall(request)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                received += piece
        return Answer(received)


def request(method, target, body=None, host="127.0.0.1", **headers):
    """The bytes of a request that is the last on its connection."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    body = body.encode() if isinstance(body, str) else body
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


class ContractTest(DaemonTest):
    def ask(self, method, target, body=None, **headers):
        return exchange(self.daemon.port, request(method, target, body, **headers))

    def create(self, **fields):
        answer = self.ask("POST", "/1/jobs", document(**fields), Accept="text/plain", **JSON)
        self.assertEqual(answer.status, 201, answer.body)
        return answer.body.decode()

    def check_problem(self, answer, status, accept, head=False):
        """A problem of this status in the type that this client gets, and all that belongs to it."""
        self.assertEqual((answer.status, answer.phrase), (status, PHRASES[status]), answer.body)
        media = PROBLEM_TYPES[accept]
        self.assertEqual(answer["Content-Type"], f"{media}; charset=utf-8")
        self.assertRegex(answer["X-Request-Id"], r"\A[A-Za-z0-9._-]{1,128}\Z")
        self.assertIsNotNone(answer["Date"])
        if status in (429, 503):
            self.assertRegex(answer["Retry-After"] or "none", r"\A[1-9][0-9]*\Z")
        if head:
            self.assertEqual(answer.body, b"")
            return
        self.assertEqual(answer["Content-Length"], str(len(answer.body)))
        if media == "application/problem+json":
            problem = answer.json
            self.assertEqual(problem["type"], "about:blank")
        elif media == "text/plain":
            self.assertEqual(len(answer.body.decode().splitlines()), 1)
            found = re.match(r"(\d{3}) ([^:]+): (.*)", answer.body.decode())
            problem = dict(zip(("status", "title", "detail"), found.groups()))
        else:
            root = xml.fromstring(answer.body)
            self.assertEqual(root.tag, PROBLEM + "problem")
            problem = {member.tag.removeprefix(PROBLEM): member.text for member in root}
        self.assertEqual((int(problem["status"]), problem["title"]), (status, PHRASES[status]))
        self.assertRegex(problem["detail"], r"[^.\n]\n?\Z")


class EveryCall(ContractTest):
    settings = 'admin_listen: ["127.0.0.1:0"]\n'

    # They take any query, as those who ask add what they like.
    WATCHING = ("/healthz", "/readyz", "/metrics")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.daemon.get("/openapi.json").json

    def setUp(self):
        endpoint = self.endpoint(410)
        self.job = self.create(url=endpoint.url)
        fired = self.ask("POST", f"/1/jobs/{self.job}/fire", Accept="application/json")
        self.delivery = fired.json["id"]
        await_true(lambda: self.ask("GET", f"/1/deliveries/{self.delivery}").json["state"] ==
                   "exhausted", "the end of the delivery")

    def target(self, template):
        """An instance of a path, of what there is."""
        if template.startswith("/1/jobs/{schedule}"):
            return f"/1/jobs/2099-01-01T00:00:00Z/{quote('http://a.test/')}"
        own = self.delivery if template.startswith("/1/deliveries/") else self.job
        return template.replace("{id}", own).replace("{name}", "nobody")

    def every_path(self):
        """Of each its template, a way to ask for an instance of it where it is, and its methods."""
        for template, item in self.document["paths"].items():
            described = {name.upper() for name in item if name in OPERATIONS}
            server = item.get("servers", self.document["servers"])[0]
            port = (self.daemon if server["url"] == "/" else self.daemon.admin).port

            def ask(method, query="", target=self.target(template), port=port, **headers):
                return exchange(port, request(method, target + query, **headers))

            with self.subTest(path=template):
                yield template, ask, described

    def test_head_is_get_without_its_body(self):
        accepts = ("*/*", "application/json", "text/xml", "text/plain", "text/html", "image/png")
        for template, ask, methods in self.every_path():
            self.assertEqual("HEAD" in methods, "GET" in methods)
            if "GET" not in methods:
                continue
            passing = {"Content-Length"} if template == "/metrics" else set()  # counts go up
            for headers in ({}, *({"Accept": accept} for accept in accepts)):
                with self.subTest(headers=headers):
                    whole, head = ask("GET", **headers), ask("HEAD", **headers)
                    self.assertIn(whole.status, (200, 406))
                    self.assertEqual(whole["Content-Length"], str(len(whole.body)))
                    self.assertRegex(whole["Content-Type"], "; charset=utf-8$")
                    self.assertEqual((head.status, head.lasting_headers(passing), head.body),
                                     (whole.status, whole.lasting_headers(passing), b""))
                    self.assertIsNotNone(head["Content-Length"])

    def test_other_methods_are_refused_and_allow_names_the_right_ones(self):
        for _, ask, described in self.every_path():
            for method, accept in zip(METHODS, itertools.cycle(PROBLEM_TYPES)):
                if method in described:
                    continue
                with self.subTest(method=method):
                    refused = ask(method, Accept=accept)
                    self.check_problem(refused, 405, accept, head=method == "HEAD")
                    self.assertEqual(sorted(refused["Allow"].split(", ")), sorted(described))

    def test_what_a_query_cannot_mean_is_refused(self):
        for template, ask, methods in self.every_path():
            if template in self.WATCHING:
                continue
            accept = "text/plain" if template == "/" else "application/json"
            for method in methods:
                names = self.parameters(template, method)
                for query in ("?colour=red", "?=", *(f"?{name}=1&{name}=1" for name in names)):
                    with self.subTest(f"{method} {query}"):
                        refused = ask(method, query, Accept=f"text/html, {accept}")
                        self.check_problem(refused, 400, accept, head=method == "HEAD")
                        if method != "HEAD" and query == "?colour=red":
                            for name in names:
                                self.assertIn(name, refused.body.decode())
        self.assertEqual(self.ask("GET", f"/1/jobs/{self.job}").status, 200)

    def parameters(self, template, method):
        """The names of a call's parameters in the query."""
        known = self.document["components"]["parameters"]
        described = [known[one["$ref"].split("/")[-1]] for one in
                     self.document["paths"][template][method.lower()].get("parameters", [])]
        return [one["name"] for one in described if one["in"] == "query"]

    def test_a_query_of_nothing_is_none(self):
        for query in ("?", "?&", "?&&"):
            self.assertEqual(self.ask("GET", f"/1/jobs/{self.job}{query}").status, 200)

    def test_an_answer_carries_the_id_of_its_request(self):
        ids = set()
        for _, ask, methods in self.every_path():
            for method in (*methods, "PATCH"):
                with self.subTest(method=method):
                    own = ask(method, "?x", X_Request_Id="a.B_1-")
                    self.assertEqual(own["X-Request-Id"], "a.B_1-")
                    fresh = ask(method, "?x", X_Request_Id="not one")
                    self.assertNotIn(fresh["X-Request-Id"], (None, "not one", *ids))
                    ids.add(fresh["X-Request-Id"])


class Problems(ContractTest):
    settings = "limits: {jobs_per_account: 20, body: 64KiB}\n"

    def test_each_status_in_each_format(self):
        one, other = self.create(name="one"), self.create(name="other")
        target = f"/1/jobs/{one}"
        before = self.ask("GET", target)
        rows = [
            (400, "POST", "/1/jobs", "{", JSON),
            (400, "POST", "/1/jobs", "<job>", {"Content-Type": "text/xml"}),
            (400, "GET", "/1/jobs?limt=1", None, {}),
            (400, "GET", "/1/jobs/%zz", None, {}),
            (400, "PUT", target, document(), {**JSON, "If-Match": "x"}),
            (403, "POST", "/1/jobs", document(), {**JSON, "Origin": "http://evil.test"}),
            (403, "DELETE", target, None, {"Sec-Fetch-Site": "cross-site"}),
            (404, "GET", "/1/nothing", None, {}),
            (404, "PUT", f"/1/jobs/{NOBODY}", document(), JSON),
            (404, "DELETE", "/1/jobs/x", None, {}),
            (404, "POST", f"/1/jobs/{NOBODY}/pause", None, {}),
            (405, "PATCH", target, None, {}),
            (409, "PUT", target, document(name="other"), JSON),
            (412, "PUT", target, document(), {**JSON, "If-Match": '"x"'}),
            (412, "DELETE", target, None, {"If-Match": '"x"'}),
            (413, "POST", "/1/jobs", "x" * 70_000, JSON),
            (413, "POST", f"/1/jobs/2099-01-01T00:00:00Z/{quote('http://a.test/')}", "x" * 2049, {}),
            (415, "POST", "/1/jobs", "url", {"Content-Type": "text/csv"}),
            (415, "PUT", target, document(), {**JSON, "Content-Encoding": "gzip"}),
            (421, "GET", "/1/jobs", None, {"host": "evil.test"}),
            (421, "POST", "/1/jobs", document(), {**JSON, "host": "evil.test"}),
            (422, "POST", "/1/jobs", document(cron="x"), JSON),
            (422, "PUT", target, document(url="nowhere"), JSON),
            (431, "GET", "/1/jobs", None, {"X-Long": "x" * 40_000}),
        ]
        for (status, method, path, body, headers), accept in itertools.product(rows, PROBLEM_TYPES):
            with self.subTest(f"{method} {path[:40]}", status=status, accept=accept):
                answer = self.ask(method, path, body, Accept=accept, **headers)
                self.check_problem(answer, status, accept)
        self.assertEqual(self.ask("GET", target).body, before.body)
        self.assertEqual(self.ask("GET", "/1/jobs", Accept="text/plain").body.decode(),
                         f"{one},{other}")

    def test_where_no_type_is_acceptable(self):
        """The problem comes in one that the client has named, if there is such a problem."""
        rows = [("/", accept) for accept in PROBLEM_TYPES]
        rows += [("/1/deliveries", "text/plain"), ("/1/secrets", "text/plain")]
        for target, accept in rows:
            with self.subTest(target=target, accept=accept):
                self.check_problem(self.ask("GET", target, Accept=accept), 406, accept)
        for accept in ("image/png", "*/*;q=0"):
            self.check_problem(self.ask("GET", "/1/deliveries", Accept=accept), 406, "text/plain")

    def test_a_target_that_is_too_long(self):
        """No header was read by then: nothing says what the client accepts."""
        answer = self.ask("GET", "/1/jobs?after=" + "x" * 9_000, Accept="application/json")
        self.check_problem(answer, 414, "text/plain")

    def test_an_account_that_has_as_many_jobs_as_it_may(self):
        many = json.dumps([json.loads(document())] * 21)
        for accept in PROBLEM_TYPES:
            with self.subTest(accept):
                self.check_problem(self.ask("POST", "/1/jobs", many, Accept=accept, **JSON), 403,
                                   accept)

    def test_a_daemon_with_as_many_connections_as_it_can_have(self):
        """Nobody waits for what is asked: nothing says what the client accepts."""
        with tempfile.TemporaryDirectory() as folder:
            daemon = Daemon(folder, "limits: {connections: 1}\n").start()
            self.addCleanup(daemon.kill)
            with socket.create_connection(("127.0.0.1", daemon.port), DEADLINE) as held:
                held.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                self.assertTrue(held.recv(1))  # so it has been accepted
                refused = exchange(daemon.port, request("GET", "/healthz"))
            self.check_problem(refused, 503, "text/plain")


class Keys(ContractTest):
    settings = "limits: {requests_per_second: 1}\n"

    def test_who_has_no_key_and_who_asks_too_often(self):
        key = self.daemon.run("account", "add", "alice").stdout.decode().strip()
        for accept in PROBLEM_TYPES:
            with self.subTest(accept):
                for headers in ({}, {"Authorization": "Bearer jsk_wrong"}):
                    refused = self.ask("GET", "/1/jobs", Accept=accept, **headers)
                    self.check_problem(refused, 401, accept)
                    schemes = [value.split()[0] for name, value in refused.headers
                               if name == "WWW-Authenticate"]
                    self.assertEqual(schemes, ["Bearer", "Basic"])
                self.too_often(accept, f"Bearer {key}")
        for accept in PROBLEM_TYPES:
            self.too_often(accept, "Bearer jsk_wrong")

    def too_often(self, accept, authorization):
        for _ in range(100):
            answer = self.ask("GET", "/1/jobs", Accept=accept, Authorization=authorization)
            if answer.status == 429:
                break
        self.check_problem(answer, 429, accept)


class SmallDisk(Daemon):
    """A daemon whose store is on a disk of 4 MiB of its own."""

    NAMESPACES = (["unshare", "-m"], ["unshare", "-Urm"])

    @classmethod
    def namespace(cls):
        """How to have such a disk; None where that is not allowed."""
        with tempfile.TemporaryDirectory() as folder:
            for unshare in cls.NAMESPACES:
                with contextlib.suppress(FileNotFoundError):
                    mount = [*unshare, "mount", "-t", "tmpfs", "tmpfs", folder]
                    if subprocess.run(mount, capture_output=True, check=False).returncode == 0:
                        return unshare
        return None

    def program(self):
        self.store.parent.mkdir()
        script = 'mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"'
        return [*self.namespace(), "sh", "-c", script, str(self.store.parent), *super().program()]


class StoreFull(ContractTest):
    def test_nothing_is_created_and_reads_go_on(self):
        if SmallDisk.namespace() is None:
            self.skipTest("this needs root, or user namespaces for everybody")
        with tempfile.TemporaryDirectory() as folder:
            daemon = SmallDisk(folder).start()
            self.addCleanup(daemon.kill)
            many = json.dumps([json.loads(document(data="x" * 2_000))] * 400)

            def create(content, accept="text/plain"):
                return exchange(daemon.port,
                                request("POST", "/1/jobs", content, Accept=accept, **JSON))

            for content in (many, document(data="x")):
                while create(content).status == 201:
                    pass
            before = daemon.ids()
            for accept in PROBLEM_TYPES:
                with self.subTest(accept):
                    self.check_problem(create(many, accept), 507, accept)
                    ready = exchange(daemon.port, request("GET", "/readyz", Accept=accept))
                    self.check_problem(ready, 503, accept)
            self.assertEqual(daemon.ids(), before)


class Conditions(ContractTest):
    def tags(self, job):
        """The tags of a job as JSON and as XML."""
        return [self.ask("GET", f"/1/jobs/{job}", Accept=accept)["ETag"]
                for accept in ("application/json", "application/xml")]

    def test_a_tag_is_of_a_format_and_changes_with_the_job(self):
        job = self.create()
        target = f"/1/jobs/{job}"
        as_json, as_xml = self.tags(job)
        self.assertRegex(as_json, r'\A"[!#-~]+"\Z')
        self.assertNotEqual(as_json, as_xml)
        self.assertEqual(self.tags(job), [as_json, as_xml])
        put = self.ask("PUT", target, document(data="new"), Accept="application/json", **JSON)
        self.assertNotIn(put["ETag"], (as_json, as_xml))
        self.assertEqual(self.tags(job)[0], put["ETag"])
        paused = self.ask("POST", f"{target}/pause", Accept="application/xml")
        self.assertEqual(self.tags(job)[1], paused["ETag"])
        self.assertEqual(len({as_json, as_xml, put["ETag"], paused["ETag"]}), 4)

    def test_if_none_match(self):
        job = self.create()
        as_json, as_xml = self.tags(job)
        rows = [
            (as_json, 304), (f"W/{as_json}", 304), ("*", 304), (f'"x", {as_json}', 304),
            (f'"x" ,, W/{as_json} ,', 304), (as_xml, 200), ('"x"', 200), ("", 200), (", ,", 200),
            ("x", 400), (as_json.strip('"'), 400), (f"{as_json} {as_json}", 400), ('"x', 400),
        ]
        for (value, status), method in itertools.product(rows, ("GET", "HEAD")):
            with self.subTest(value=value, method=method):
                answer = self.ask(method, f"/1/jobs/{job}", Accept="application/json",
                                  If_None_Match=value)
                self.assertEqual(answer.status, status)
                if status == 304:
                    self.assertEqual((answer["ETag"], answer.body), (as_json, b""))
                    self.assertIsNone(answer["Content-Length"])

    def test_if_match(self):
        rows = [
            ("{json}", True), ("{xml}", True), ("*", True), ('"x", {json}', True),
            ('"x",, {json} ,', True), ("W/{json}", 412), ('"x"', 412), ('"x", W/{json}', 412),
            ("", 412), (",", 412), ("x", 400), ("{json}x", 400), ('"x', 400), ("*, *", 400),
        ]
        for (value, outcome), method in itertools.product(rows, ("PUT", "DELETE")):
            with self.subTest(value=value, method=method):
                job = self.create(data="old")
                target = f"/1/jobs/{job}"
                before = self.ask("GET", target)
                as_json, as_xml = self.tags(job)
                condition = value.replace("{json}", as_json).replace("{xml}", as_xml)
                answer = self.ask(method, target, document(data="new") if method == "PUT" else None,
                                  If_Match=condition, **JSON)
                after = self.ask("GET", target)
                if outcome is True:
                    self.assertEqual(answer.status, 200 if method == "PUT" else 204)
                    self.assertEqual(after.status, 200 if method == "PUT" else 404)
                    self.assertNotEqual(after.body, before.body)
                else:
                    self.check_problem(answer, outcome, "text/plain")
                    self.assertEqual((after.body, after["ETag"]), (before.body, before["ETag"]))

    def test_an_old_tag_matches_no_more_until_the_job_is_as_it_was(self):
        job = self.create(data="old")
        target = f"/1/jobs/{job}"
        old = self.tags(job)[0]

        def put(data, tag):
            return self.ask("PUT", target, document(data=data), If_Match=tag, **JSON).status

        self.assertEqual(put("new", old), 200)
        self.assertEqual(put("newer", old), 412)
        self.assertEqual(self.ask("DELETE", target, If_Match=old).status, 412)
        self.assertEqual(put("old", self.tags(job)[0]), 200)
        self.assertEqual(self.tags(job)[0], old)

    def test_what_is_not_there_matches_nothing(self):
        for value in ("*", '"x"'):
            for method, body in (("PUT", document()), ("DELETE", None)):
                with self.subTest(value=value, method=method):
                    answer = self.ask(method, f"/1/jobs/{NOBODY}", body, If_Match=value, **JSON)
                    self.assertIn(answer.status, (404, 412))

    def test_of_writers_with_one_tag_exactly_one_wins(self):
        for last in ("PUT", "DELETE"):
            with self.subTest(last):
                job = self.create()
                target = f"/1/jobs/{job}"
                tag = self.tags(job)[0]

                def write(number):
                    method = last if number == 7 else "PUT"
                    body = document(data=str(number)) if method == "PUT" else None
                    return self.ask(method, target, body, If_Match=tag, **JSON).status

                with concurrent.futures.ThreadPoolExecutor(8) as writers:
                    statuses = list(writers.map(write, range(8)))
                won = [number for number, status in enumerate(statuses) if status in (200, 204)]
                self.assertEqual(len(won), 1, statuses)
                self.assertLessEqual(set(statuses), {200, 204, 412, 404})
                job_now = self.ask("GET", target)
                if job_now.status == 200:
                    self.assertEqual(job_now.json["data"], str(won[0]))


if __name__ == "__main__":
    support.main()
