"""Bad input: each kind gets its status and a reason in the format asked for, and creates nothing."""

import json
import re
import socket
import xml.etree.ElementTree as xml

import support
from support import DaemonTest, from_now, quote

URL = "https://example.com/"
WHEN = "2094-05-11T15:30:00Z"
PROBLEM = "{urn:ietf:rfc:7807}"


def job(**fields):
    return {"url": URL, "when": WHEN, **fields}


class Refusals(DaemonTest):
    def setUp(self):
        self.before = self.daemon.ids()

    def tearDown(self):
        self.assertEqual(self.daemon.ids(), self.before, "something was created")

    def refused(self, answer, status, field=None):
        self.assertEqual(answer.status, status, answer.body[:500])
        self.assertEqual(answer.type, "application/problem+json")
        problem = answer.json
        self.assertEqual(problem["status"], status)
        self.assertTrue(problem["title"])
        self.assertGreater(len(problem["detail"]), 10)
        self.assertEqual(problem.get("field"), field)
        return problem["detail"]

    def test_documents_that_break_a_rule_name_the_field(self):
        rows = [
            ("url", {"when": WHEN}),
            ("url", job(url="")),
            ("url", job(url="example.com")),
            ("url", job(url="/relative")),
            ("url", job(url="ftp://example.com/")),
            ("url", job(url="file:///etc/passwd")),
            ("url", job(url="http://")),
            ("url", job(url="http://user:password@example.com/")),
            ("url", job(url="http://example.com:0/")),
            ("url", job(url="http://example.com:65536/")),
            ("url", job(url="http://exa mple.com/")),
            ("url", job(url="http://example.com/\r\nX-Injected: yes")),
            ("url", job(url="http://example.com/\u0000")),
            ("url", job(url="http://[::1/")),
            ("url", job(url="http://example.com/" + "a" * 2048)),
            ("signature", job(signature="a\r\nX-Injected: yes")),
            ("signature", job(signature="")),
            ("contentType", job(contentType="text/plain\r\nX-Injected: yes")),
            ("contentType", job(contentType="text")),
            ("contentType", job(contentType="")),
            ("data", job(data="x" * 2049)),
            ("data", job(data="é" * 1025)),
            ("data", job(data="not base64!", dataEncoding="base64")),
            ("dataEncoding", job(data="x", dataEncoding="gzip")),
            ("when", job(when="")),
            ("when", job(when="2011-05-11T15:30:00Z")),
            ("when", job(when="tomorrow")),
            ("when", job(when="2094-05-11T15:30:00")),
            ("when", job(when="2094-02-30T15:30:00Z")),
            ("when", job(when="2094-05-11T15:30:60Z")),
            ("when", job(when="2094-05-11T25:30:00Z")),
            ("when", job(when="2194-05-11T15:30:00Z")),
            ("when", job(when="2094-05-11")),
            ("cron", {"url": URL, "cron": ""}),
            ("cron", {"url": URL, "cron": "* * * * *"}),
            ("cron", {"url": URL, "cron": "0 15 10 * * *"}),
            ("cron", {"url": URL, "cron": "0 15 10 ? * ?"}),
            ("cron", {"url": URL, "cron": "0 0 0 ? * 0"}),
            ("cron", {"url": URL, "cron": "0 0 0 30 2 ?"}),
            ("cron", {"url": URL, "cron": "0 0 0 1 1 ? 2011"}),
            ("cron", {"url": URL, "cron": "0 0/5 * * * ?"}),
            ("cron", {"url": URL, "cron": "0 0,59 * * * ?"}),
            ("cron", {"url": URL, "cron": "0,1 0 0 1 1 ?"}),
            ("name", job(name="")),
            ("name", job(name="x" * 129)),
            ("name", job(name="a\nb")),
            ("name", job(name=1)),
            ("method", job(method="post")),
            ("method", job(method="HEAD")),
            ("data", job(method="GET", data="x")),
            ("headers", job(headers={"X-A": "a\r\nX-Injected: yes"})),
            ("headers", job(headers={"X A": "x"})),
            ("headers", job(headers={"Host": "x"})),
            ("headers", job(headers={"Transfer-Encoding": "chunked"})),
            ("headers", job(headers={"webhook-id": "x"})),
            ("headers", job(headers={"X-A": "1", "x-a": "1"})),
            ("headers", job(headers={f"X-{n}": "1" for n in range(33)})),
            ("headers", job(headers={"X-A": "x" * 8192})),
            ("headers", job(headers={"X-A": 1})),
            ("headers", job(headers=["X-A: 1"])),
            ("timeout", job(timeout=0)),
            ("timeout", job(timeout=301)),
            ("timeout", job(timeout=1.5)),
            ("timeout", job(timeout="30")),
            ("timeout", job(timeout=10 ** 30)),
            ("retry", job(retry={})),
            ("retry", job(retry={"attempts": 21})),
            ("retry", job(retry={"backoff": []})),
            ("retry", job(retry={"backoff": [1] * 20})),
            ("retry", job(retry={"backoff": [86401]})),
            ("retry", job(retry={"backoff": ["5s"]})),
            ("retry", job(retry={"delays": [5]})),
            ("retry", job(retry=5)),
            ("id", job(id="03ba07bc-0c8b-4a82-9a47-c65e7a8d24af")),
            ("account", job(account="default")),
            ("colour", job(colour="red")),
            ("URL", {"URL": URL, "when": WHEN}),
            ("url", job(url=7)),
            ("url", job(url=None)),
            ("data", job(data={"a": 1})),
            ("data", job(data=["a"])),
            ("when", job(when=4102444800)),
            ("cron", job(cron=True)),
        ]
        for field, document in rows:
            with self.subTest(field=field, document=str(document)[:100]):
                answer = self.daemon.post_json(document, Accept="application/json")
                self.refused(answer, 422, field)

    def test_exactly_one_of_when_and_cron(self):
        for document in ({"url": URL}, job(cron="0 15 10 ? * *")):
            with self.subTest(document=document):
                answer = self.daemon.post_json(document, Accept="application/json")
                self.assertEqual(answer.status, 422)
                self.assertIn(answer.json.get("field"), (None, "when", "cron"))

    def test_duplicate_fields(self):
        for content_type, document in [
            ("application/json", '{"url":"http://a.test/","url":"http://a.test/","when":"%s"}' % WHEN),
            ("text/xml", f"<job><url>{URL}</url><url>{URL}</url><when>{WHEN}</when></job>"),
        ]:
            with self.subTest(content_type):
                answer = self.daemon.request("POST", "/1/jobs", document, Content_Type=content_type,
                                             Accept="application/json")
                self.refused(answer, 422, "url")

    def test_malformed_documents(self):
        good = json.dumps(job())
        rows = [
            ("application/json", ""),
            ("application/json", "{"),
            ("application/json", good[:-1]),
            ("application/json", good + "x"),
            ("application/json", good + good),
            ("application/json", "{,}"),
            ("application/json", good[:-1] + ",,}"),
            ("application/json", good.replace('"', "'")),
            ("application/json", '{"url": "\\ud800"}'),
            ("application/json", b'{"url": "\xff"}'),
            ("application/json", b'{"url": "\xc0\xaf"}'),
            ("application/json", b'{"url": "\xed\xa0\x80"}'),
            ("application/json", '{"url": "a\nb"}'),
            ("application/json", "// comment\n" + good),
            ("application/json", "[" * 100_000),
            ("application/json", '{"data":' * 100_000),
            ("text/xml", ""),
            ("text/xml", "<job>"),
            ("text/xml", f"<job><url>{URL}</job>"),
            ("text/xml", f"<job><url>{URL}</url><when>{WHEN}</when></job><job/>"),
            ("text/xml", f"<job><url>&#1;</url></job>"),
            ("text/xml", b"<job><url>\xff</url></job>"),
            ("text/xml", f"<!DOCTYPE job><job><url>{URL}</url><when>{WHEN}</when></job>"),
            ("text/xml", '<!DOCTYPE job [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><job>&b;</job>'),
            ("text/xml", '<!DOCTYPE job SYSTEM "file:///etc/passwd"><job/>'),
            ("text/xml", '<?xml version="1.0" encoding="UTF-16"?><job/>'),
        ]
        for content_type, document in rows:
            with self.subTest(content_type=content_type, document=document[:60]):
                answer = self.daemon.request("POST", "/1/jobs", document, Content_Type=content_type,
                                             Accept="application/json")
                self.refused(answer, 400)

    def test_xml_documents_that_break_a_rule(self):
        rows = [
            ("colour", f"<job><url>{URL}</url><when>{WHEN}</when><colour>red</colour></job>"),
            ("url", f"<job><url><b>{URL}</b></url><when>{WHEN}</when></job>"),
            ("cron", f"<job><url>{URL}</url><cron>0 0/5 * * * ?</cron></job>"),
            ("data", f"<job><url>{URL}</url><when>{WHEN}</when><data encoding='base64'>?</data></job>"),
        ]
        for field, document in rows:
            with self.subTest(document):
                answer = self.daemon.request("POST", "/1/jobs", document, Content_Type="text/xml",
                                             Accept="application/json")
                self.refused(answer, 422, field)
        for document in ("<jobb/>", "<a>" * 100_000, "<job>" * 100_000, "<job xmlns='urn:x'/>",
                         "<job a='1'/>", "<job>text</job>"):
            with self.subTest(document[:60]):
                answer = self.daemon.request("POST", "/1/jobs", document, Content_Type="text/xml")
                self.assertIn(answer.status, (400, 422))

    def test_other_media_types(self):
        rows = [
            ("text/plain", "hello"),
            ("application/x-www-form-urlencoded", json.dumps(job())),
            ("application/json; charset=iso-8859-1", json.dumps(job())),
            ("application/octet-stream", json.dumps(job())),
        ]
        for content_type, body in rows:
            with self.subTest(content_type):
                answer = self.daemon.request("POST", "/1/jobs", body, Content_Type=content_type,
                                             Accept="application/json")
                self.assertIn("Content-Type", self.refused(answer, 415))
        answer = self.daemon.post_json(job(), Content_Encoding="gzip", Accept="application/json")
        self.refused(answer, 415)
        self.assertEqual(self.daemon.request("POST", "/1/jobs", "hello").status, 415)

    def test_path_calls(self):
        callback = quote(URL)
        rows = [
            (f"/1/jobs/2011-05-11T15%3A30%3A00Z/{callback}", 422, "when"),
            (f"/1/jobs/2094-05-11T15:30:00/{callback}", 422, "when"),
            (f"/1/jobs/*+*+*+*+*/{callback}", 422, "cron"),
            (f"/1/jobs/0+0/{callback}", 422, "cron"),
            (f"/1/jobs/{quote(WHEN)}/example.com", 422, "url"),
            (f"/1/jobs/{quote(WHEN)}/http%3A%2F%2Fa.test%2F%0D%0AX%3A1", 422, "url"),
            (f"/1/jobs/{quote(WHEN)}/http%3A%2F%2Fa.test%2F%00", 422, "url"),
            (f"/1/jobs/{quote(WHEN)}/http%3A%2F%2Fa.test%2F%zz", 400, None),
            (f"/1/jobs/{quote(WHEN)}/http%3A%2F%2Fa.test%2F%2", 400, None),
            (f"/1/jobs/{quote(WHEN)}/https://example.com", 404, None),
            (f"/1/jobs/{quote(WHEN)}/{callback}?a=1", 400, "url"),
        ]
        for target, status, field in rows:
            with self.subTest(target):
                answer = self.daemon.request("POST", target, Accept="application/json")
                self.refused(answer, status, field)
        answer = self.daemon.request("POST", f"/1/jobs/{quote(WHEN)}/{callback}", b"x" * 2049,
                                     Accept="application/json")
        self.refused(answer, 413, "data")

    def test_unknown_resources_and_methods(self):
        unknown = "/1/jobs/03ba07bc-0c8b-4a82-9a47-c65e7a8d24af"
        rows = [
            ("GET", "/", 406, None),
            ("GET", "/2", 404, None),
            ("GET", "/2/jobs", 404, None),
            ("GET", "/1/job", 404, None),
            ("GET", unknown, 404, None),
            ("PUT", unknown, 404, None),
            ("DELETE", unknown, 404, None),
            ("GET", "/1/jobs/1", 404, None),
            ("GET", "/1/jobs/..%2F..%2Fetc%2Fpasswd", 404, None),
            ("PUT", "/1/jobs", 405, "GET, HEAD, POST"),
            ("DELETE", "/1/jobs", 405, "GET, HEAD, POST"),
            ("POST", unknown, 405, "GET, HEAD, PUT, DELETE"),
            ("PATCH", unknown, 405, "GET, HEAD, PUT, DELETE"),
            ("GET", f"/1/jobs/{quote(WHEN)}/{quote(URL)}", 405, "POST"),
            ("BREW", "/1/jobs", 405, "GET, HEAD, POST"),
        ]
        for method, target, status, allow in rows:
            with self.subTest(method=method, target=target):
                answer = self.daemon.request(method, target, Accept="application/json")
                self.refused(answer, status)
                self.assertEqual(answer.headers["Allow"], allow)

    def test_problems_come_in_the_format_asked_for(self):
        document = json.dumps({"url": URL, "cron": "* * * * *"})
        rows = [
            ("application/json", "application/problem+json"),
            ("application/problem+json", "application/problem+json"),
            ("text/xml", "text/xml"),
            ("application/xml", "application/xml"),
            ("text/plain", "text/plain"),
            ("*/*", "text/plain"),
        ]
        for accept, expected in rows:
            with self.subTest(accept):
                answer = self.daemon.request("PUT" if "problem" in accept else "POST", "/1/jobs",
                                             document, Accept=accept,
                                             Content_Type="application/json")
                self.assertEqual(answer.type, expected)
                self.assertEqual(int(answer.headers["Content-Length"]), len(answer.body))
        text = self.daemon.post_json(document, Accept="text/plain").text
        self.assertNotIn("\n", text.rstrip("\n"))
        self.assertIn("cron", text)
        root = xml.fromstring(self.daemon.post_json(document, Accept="text/xml").body)
        self.assertEqual(root.tag, PROBLEM + "problem")
        self.assertEqual(root.find(PROBLEM + "status").text, "422")
        self.assertEqual(root.find(PROBLEM + "field").text, "cron")
        self.assertTrue(root.find(PROBLEM + "detail").text)

    def test_a_put_that_is_refused_changes_nothing(self):
        created = self.daemon.post_json(job(data="old"), Accept="application/json").json
        self.before.append(created["id"])
        target = f"/1/jobs/{created['id']}"
        rows = [
            ("id", {**created, "id": "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af"}),
            ("account", {**created, "account": "other"}),
            ("cron", {"url": URL, "cron": "x"}),
            ("when", {"url": URL, "when": from_now(-1)}),
            ("url", {"when": WHEN}),
        ]
        for field, document in rows:
            with self.subTest(field):
                answer = self.daemon.request("PUT", target, json.dumps(document),
                                             Content_Type="application/json",
                                             Accept="application/json")
                self.refused(answer, 422, field)
                self.assertEqual(self.daemon.get(target).json, created)


class Floods(DaemonTest):
    """Input without end: a 4xx, and memory stays flat."""

    def flat(self, send, statuses, growth=16 * 2**20):
        self.daemon.get("/1/jobs")
        before = self.daemon.memory()
        status = send()
        self.assertIn(status, statuses)
        if not support.SANITIZED:  # shadow memory and quarantine grow by design
            self.assertLess(self.daemon.memory() - before, growth)
        self.assertEqual(self.daemon.get("/1/jobs").status, 200)

    def flood(self, head, piece, count):
        """Sends until the daemon answers or closes; the status of its answer."""
        with socket.create_connection(("127.0.0.1", self.daemon.port), support.DEADLINE) as connection:
            try:
                connection.sendall(head)
                for _ in range(count):
                    connection.sendall(piece)
            except OSError:
                pass
            connection.settimeout(support.DEADLINE)
            try:
                received = connection.recv(65536)
            except ConnectionError:
                return "closed"
            return int(received.split()[1]) if received else "closed"

    HEAD = b"POST /1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    MIB = b"x" * 2**20

    def test_a_body_of_200_mb(self):
        self.flat(lambda: self.flood(self.HEAD + b"Content-Length: 209715200\r\n\r\n", self.MIB, 200),
                  (413, "closed"))

    def test_a_chunked_body_without_end(self):
        chunk = b"100000\r\n" + self.MIB + b"\r\n"
        self.flat(lambda: self.flood(self.HEAD + b"Transfer-Encoding: chunked\r\n\r\n", chunk, 200),
                  (413, "closed"))

    def test_a_header_line_of_200_mb(self):
        self.flat(lambda: self.flood(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", self.MIB, 200),
                  (431, "closed"))

    def test_a_million_headers(self):
        self.flat(lambda: self.flood(b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X: y\r\n" * 1000, 1000),
                  (431, "closed"))

    def test_a_target_of_9_kib(self):
        self.flat(lambda: self.flood(b"GET /" + b"a" * 9216 + b" HTTP/1.1\r\n", b"", 0), (414,))

    def test_documents_that_are_large_but_within_the_limit(self):
        rows = [
            b"[" * 1_000_000,
            b'{"a":' * 200_000,
            b'{"url":"' + b"a" * 1_000_000 + b'"}',
            b"{" + b",".join(b'"f%d":1' % i for i in range(80_000)) + b"}",
            b"<job>" + b"<a/>" * 200_000,
            b"<job><url>" + b"a" * 1_000_000 + b"</url></job>",
            b"<job " + b" ".join(b'a%d=""' % i for i in range(80_000)) + b"/>",
        ]
        for document in rows:
            with self.subTest(document[:20]):
                def send():
                    return self.daemon.request("POST", "/1/jobs", document).status
                self.flat(send, (400, 422), growth=48 * 2**20)


class NotHttp(DaemonTest):
    def test_what_is_not_acceptable_http_is_refused_and_closed(self):
        rows = [
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
            (b"GET\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
            (b"GET / HTTP/1.1\nHost: a\n\n", 400),
            (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 505),
            (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
             400),
            (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        ]
        for data, status in rows:
            with self.subTest(data):
                answer = self.raw(data)
                self.assertEqual(int(answer.split()[1]), status, answer)
                self.assertEqual(len(re.findall(rb"^HTTP/1\.1 ", answer, re.MULTILINE)), 1)


if __name__ == "__main__":
    support.main()
