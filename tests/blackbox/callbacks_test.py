"""A job that fires: its callback, what the callback carries, and what is left of the job."""

import base64
import json
import threading
import time
import xml.etree.ElementTree as xml

import support
from support import DaemonTest, await_true, from_now, instant, quote

ALL_BYTES = bytes(range(256))


class Callbacks(DaemonTest):
    # Short distances, so that a test sees a cron job fire more than once.
    settings = "limits: {min_interval: 1s}\ndelivery: {backoff: [1s, 1s]}\n"

    def create(self, document):
        answer = self.daemon.post_json(document, Accept="application/json")
        self.assertEqual(answer.status, 201, answer.text)
        return answer.json

    def gone(self, job_id):
        return self.daemon.get(f"/1/jobs/{job_id}").status == 404

    def test_a_one_time_job_fires_once_at_its_time_and_is_gone(self):
        endpoint = self.endpoint(204)
        when = from_now(1)
        job = self.create({"url": endpoint.url, "when": when, "data": "hello", "signature": "abc",
                           "contentType": "text/plain; charset=utf-8"})
        callback = endpoint.next()
        self.assertGreaterEqual(callback.arrived, instant(when), "early")
        self.assertEqual((callback.method, callback.path), ("POST", "/callback"))
        self.assertEqual(callback.body, b"hello")
        millis = int(instant(when).timestamp() * 1000 + 0.5)
        expected = {
            "Host": f"127.0.0.1:{endpoint.port}",
            "Content-Length": "5",
            "Content-Type": "text/plain; charset=utf-8",
            "X-Content-Signature": "abc",
            "webhook-id": f"{job['id']}_{millis}",
            "Jobsched-Job-Id": job["id"],
            "Jobsched-Attempt": "1",
        }
        for name, value in expected.items():
            with self.subTest(name):
                self.assertEqual(callback.headers[name], value)
        self.assertEqual(instant(callback.headers["Jobsched-Fire-Time"]), instant(when))
        self.assertRegex(callback.headers["User-Agent"], r"^jobsched/\d+\.\d+\.\d+$")
        self.assertAlmostEqual(int(callback.headers["webhook-timestamp"]), time.time(), delta=30)
        await_true(lambda: self.gone(job["id"]), "the job is purged")
        self.assertTrue(endpoint.callbacks.empty())

    def test_optional_headers_are_sent_only_where_they_apply(self):
        endpoint = self.endpoint()
        rows = [
            ({}, None, None),
            ({"data": ""}, None, None),
            ({"contentType": "text/plain"}, None, None),
            ({"data": "x"}, "application/octet-stream", None),
            ({"data": "x", "signature": "s"}, "application/octet-stream", "s"),
            ({"signature": "s"}, None, "s"),
        ]
        for fields, content_type, signature in rows:
            with self.subTest(fields):
                self.create({"url": endpoint.url, "when": from_now(1), **fields})
                callback = endpoint.next()
                self.assertEqual(callback.headers["Content-Type"], content_type)
                self.assertEqual(callback.headers["X-Content-Signature"], signature)
                self.assertEqual(callback.body, fields.get("data", "").encode())
                for name in ("Expect", "Accept-Encoding", "Transfer-Encoding"):
                    self.assertIsNone(callback.headers[name])

    def test_the_callback_is_made_as_the_job_says(self):
        endpoint = self.endpoint()
        headers = {"Authorization": "Bearer x", "X-Empty": "", "User-Agent": "mine", "Accept": "a/b"}
        rows = [
            ({"method": "PUT", "data": "x"}, b"x"),
            ({"method": "PATCH", "data": "x"}, b"x"),
            ({"method": "DELETE", "data": "x"}, b"x"),
            ({"method": "DELETE"}, b""),
            ({"method": "GET"}, b""),
        ]
        for fields, body in rows:
            with self.subTest(fields):
                job = self.create({"url": endpoint.url, "when": from_now(1), "headers": headers,
                                   **fields})
                callback = endpoint.next()
                self.assertEqual((callback.method, callback.body), (fields["method"], body))
                for name, value in headers.items():
                    self.assertEqual(callback.headers[name], value)
                self.assertEqual(callback.headers["Jobsched-Job-Id"], job["id"])
                if not body:
                    self.assertIsNone(callback.headers["Content-Length"])

    def test_a_job_has_its_own_timeout_and_attempts(self):
        release = threading.Event()
        self.addCleanup(release.set)
        endpoint = self.endpoint(lambda _: release.wait(support.DEADLINE))
        job = self.create({"url": endpoint.url, "when": from_now(1), "timeout": 1,
                           "retry": {"attempts": 2, "backoff": [1]}})
        self.assertEqual([endpoint.next().headers["Jobsched-Attempt"] for _ in range(2)],
                         ["1", "2"])
        # Long before the daemon's own timeout, and its own third attempt, would come.
        await_true(lambda: self.gone(job["id"]), "the delivery is exhausted")
        self.assertTrue(endpoint.callbacks.empty())

    def test_every_byte_arrives_by_every_way_in_and_reads_back(self):
        endpoint = self.endpoint()
        encoded = base64.b64encode(ALL_BYTES).decode()
        when = from_now(3)
        path = f"/1/jobs/{quote(when)}/{quote(endpoint.url)}"
        ways = {
            "json": lambda: self.daemon.post_json(
                {"url": endpoint.url, "when": when, "data": encoded, "dataEncoding": "base64"}).text,
            "xml": lambda: self.daemon.request(
                "POST", "/1/jobs", f"<job><url>{endpoint.url}</url><when>{when}</when>"
                f"<data encoding='base64'>{encoded}</data></job>", Content_Type="text/xml").text,
            "path": lambda: self.daemon.request("POST", path, ALL_BYTES).text,
            "path, multipart": lambda: self.daemon.request(
                "POST", path, ALL_BYTES, Content_Type="multipart/form-data; boundary=x").text,
            "path, form": lambda: self.daemon.request(
                "POST", path, ALL_BYTES, Content_Type="application/x-www-form-urlencoded").text,
            "command": lambda: self.daemon.run(
                "add", "--at", when, "-d", "-", endpoint.url,
                input=ALL_BYTES).stdout.decode().strip(),
        }
        waiting = {}
        for way, create in ways.items():
            with self.subTest(way):
                job_id = create()
                waiting[job_id] = way
                read = self.daemon.get(f"/1/jobs/{job_id}").json
                self.assertEqual(read["dataEncoding"], "base64")
                self.assertEqual(base64.b64decode(read["data"]), ALL_BYTES)
                read = xml.fromstring(self.daemon.get(f"/1/jobs/{job_id}", Accept="text/xml").body)
                self.assertEqual(read.find("data").get("encoding"), "base64")
                self.assertEqual(base64.b64decode(read.find("data").text), ALL_BYTES)
        for _ in ways:
            callback = endpoint.next()
            with self.subTest(waiting.pop(callback.headers["Jobsched-Job-Id"])):
                self.assertEqual(callback.body, ALL_BYTES)

    def test_text_payloads_arrive_as_they_were_written(self):
        endpoint = self.endpoint()
        rows = ["  ", "\r\n", "\t<&>\"'", "]]>", "é€😀", "\u0000\u0001\u007f", "line\nline\n", "{}"]
        for text in rows:
            with self.subTest(repr(text)):
                job = self.create({"url": endpoint.url, "when": from_now(1), "data": text})
                self.assertEqual(job["data"], text)
                self.assertNotIn("dataEncoding", job)
                self.assertEqual(endpoint.next().body, text.encode())

    def test_a_cron_job_stays_and_fires_at_each_fire_time(self):
        endpoint = self.endpoint()
        job = self.create({"url": endpoint.url, "cron": "* * * * * ?"})
        previous = instant(job["next"])
        times = []
        for _ in range(3):
            callback = endpoint.next()
            self.assertGreaterEqual(callback.late, 0, "early")
            times.append(instant(callback.headers["Jobsched-Fire-Time"]))
        self.assertEqual(times, sorted(set(times)))
        self.assertGreaterEqual(times[0], previous)
        read = self.daemon.get(f"/1/jobs/{job['id']}").json
        self.assertGreater(instant(read["next"]), times[0])
        self.assertEqual(self.daemon.request("DELETE", f"/1/jobs/{job['id']}").status, 204)

    def test_a_failed_attempt_is_made_again_with_the_same_id(self):
        endpoint = self.endpoint(500, 302, 200)
        job = self.create({"url": endpoint.url, "when": from_now(1), "data": "again"})
        attempts = [endpoint.next() for _ in range(3)]
        self.assertEqual([a.headers["Jobsched-Attempt"] for a in attempts], ["1", "2", "3"])
        self.assertEqual(len({a.headers["webhook-id"] for a in attempts}), 1)
        self.assertEqual({a.body for a in attempts}, {b"again"})
        for earlier, later in zip(attempts, attempts[1:]):
            self.assertGreaterEqual((later.arrived - earlier.arrived).total_seconds(), 0.8)
        await_true(lambda: self.gone(job["id"]), "the job is purged")

    def test_a_delivery_ends_without_success(self):
        def no_retry(handler):
            handler.send_response(503)
            handler.send_header("Jobsched-No-Retry", "1")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        for name, answers, attempts in [("410", (410,), 1), ("no-retry", (no_retry,), 1),
                                        ("the list of delays ends", (500,), 3)]:
            with self.subTest(name):
                endpoint = self.endpoint(*answers)
                job = self.create({"url": endpoint.url, "when": from_now(1)})
                for _ in range(attempts):
                    endpoint.next()
                await_true(lambda: self.gone(job["id"]), "the job is purged")
                self.assertTrue(endpoint.callbacks.empty())

    def test_nobody_listens(self):
        endpoint = self.endpoint()
        endpoint.server.server_close()
        job = self.create({"url": endpoint.url, "when": from_now(1)})
        await_true(lambda: self.gone(job["id"]), "the job is purged after its last attempt")

    def test_put_and_delete_before_the_fire_time(self):
        old, new = self.endpoint(), self.endpoint()
        replaced = self.create({"url": old.url, "when": from_now(1.5), "data": "old"})
        deleted = self.create({"url": old.url, "when": from_now(1.5)})
        document = {"url": new.url, "when": from_now(1), "data": "new"}
        put = self.daemon.request("PUT", f"/1/jobs/{replaced['id']}", json.dumps(document),
                                  Content_Type="application/json")
        self.assertEqual(put.status, 200, put.text)
        self.daemon.request("DELETE", f"/1/jobs/{deleted['id']}")
        last = self.create({"url": old.url, "when": from_now(2), "data": "last"})
        callback = new.next()
        self.assertEqual((callback.headers["Jobsched-Job-Id"], callback.body),
                         (replaced["id"], b"new"))
        self.assertEqual(old.next().headers["Jobsched-Job-Id"], last["id"])
        self.assertTrue(old.callbacks.empty() and new.callbacks.empty())

    def test_a_slow_endpoint_does_not_delay_another(self):
        def slow(handler):
            time.sleep(3)
            handler.send_response(200)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        slow_endpoint, quick = self.endpoint(slow), self.endpoint()
        when = from_now(5)
        for _ in range(100):
            self.create({"url": slow_endpoint.url, "when": when})
        self.create({"url": quick.url, "when": when})
        self.assertLess(quick.next().late, 2)


if __name__ == "__main__":
    support.main()
