"""The API's documents and calls, as its description gives them."""

import json
import re
import xml.etree.ElementTree as xml

import support
from support import DaemonTest, quote

URL = "https://example.com/my-callback"
SIGNATURE = "507aaa0733464499847c930db95983f8994ae266"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
WHEN = "2094-05-11T15:30:00Z"

# The example documents, with the dates moved to the future.
JSON_RECURRING = """{
  "url": "https://example.com/my-callback",
  "cron": "0 15 10 ? * *",
}"""
JSON_SINGLE = """{
  "url": "https://example.com/my-callback",
  "signature": "507aaa0733464499847c930db95983f8994ae266",
  "contentType": "text/plain",
  "data": "testing",
  "when": "2094-05-11T15:30:00Z"
}"""
XML_RECURRING = """<job>
  <url>https://example.com/my-callback</url>
  <cron>0 15 10 ? * *</cron>
</job>"""
XML_SINGLE = """<job>
  <url>https://example.com/my-callback</url>
  <signature>507aaa0733464499847c930db95983f8994ae266</signature>
  <contentType>text/plain</contentType>
  <data>testing</data>
  <when>2094-05-11T15:30:00Z</when>
</job>"""

RECURRING = ["id", "account", "url", "cron", "next"]
SINGLE = ["id", "account", "url", "signature", "contentType", "data", "when"]


class TheExamples(DaemonTest):
    def test_documents_create_jobs_with_exactly_the_documented_fields(self):
        rows = [
            (JSON_RECURRING, "application/json", RECURRING),
            (JSON_SINGLE, "application/json", SINGLE),
            (XML_RECURRING, "text/xml", RECURRING),
            (XML_RECURRING, "application/xml", RECURRING),
            (XML_SINGLE, "text/xml", SINGLE),
            (XML_SINGLE, "application/xml; charset=UTF-8", SINGLE),
        ]
        for document, content_type, fields in rows:
            with self.subTest(document=document, content_type=content_type):
                created = self.daemon.request("POST", "/1/jobs", document,
                                              Content_Type=content_type, Accept="application/json")
                self.assertEqual(created.status, 201, created.text)
                self.assertEqual(created.fields, fields)
                job = created.json
                self.assertRegex(job["id"], f"^{UUID}$")
                self.assertEqual((job["account"], job["url"]), ("default", URL))
                self.assertEqual(created.headers["Location"], f"/1/jobs/{job['id']}")
                read = self.daemon.get(f"/1/jobs/{job['id']}")
                self.assertEqual((read.status, read.type, read.json), (200, "application/json", job))
                if "cron" in job:
                    self.assertEqual(job["cron"], "0 15 10 ? * *")
                    self.assertRegex(job["next"], r"^20\d\d-\d\d-\d\dT10:15:00Z$")
                else:
                    self.assertEqual((job["signature"], job["contentType"], job["data"], job["when"]),
                                     (SIGNATURE, "text/plain", "testing", WHEN))

    def test_xml_answers_carry_the_same_facts_in_the_same_order(self):
        for document, fields in [(JSON_RECURRING, RECURRING), (JSON_SINGLE, SINGLE)]:
            for accept in ("text/xml", "application/xml"):
                with self.subTest(accept=accept, document=document):
                    created = self.daemon.post_json(document, Accept=accept)
                    self.assertEqual((created.status, created.type), (201, accept))
                    root = xml.fromstring(created.body)
                    self.assertEqual(root.tag, "job")
                    self.assertEqual([child.tag for child in root], fields)
                    read = self.daemon.get(f"/1/jobs/{root[0].text}", Accept="application/json").json
                    self.assertEqual({child.tag: child.text for child in root}, read)

    def test_text_answers_are_the_id(self):
        created = self.daemon.post_json(JSON_SINGLE, Accept="text/plain")
        self.assertEqual((created.status, created.type), (201, "text/plain"))
        self.assertRegex(created.text, f"^{UUID}$")
        self.assertEqual(self.daemon.post_json(JSON_SINGLE).type, "text/plain")

    def test_a_document_without_a_type_is_known_by_its_first_character(self):
        for document in (JSON_SINGLE, XML_SINGLE, "\n  " + JSON_SINGLE, " " + XML_RECURRING):
            with self.subTest(document=document):
                self.assertEqual(self.daemon.request("POST", "/1/jobs", document).status, 201)

    def test_the_examples_of_path_calls(self):
        rows = [
            ("/1/jobs/2094-05-11T15%3A30%3A00Z/https%3A%2F%2Fexample.com", "when", WHEN),
            ("/1/jobs/2094-05-11T15:30:00Z/https%3A%2F%2Fexample.com", "when", WHEN),
            ("/1/jobs/2094-05-11T17%3A30%3A00%2B02%3A00/https%3A%2F%2Fexample.com", "when", WHEN),
            ("/1/jobs/2094-05-11T17:30:00+02:00/https%3A%2F%2Fexample.com", "when", WHEN),
            ("/1/jobs/20940511T153000Z/https%3A%2F%2Fexample.com", "when", WHEN),
            ("/1/jobs/0+15+10+%3F+*+*/https%3A%2F%2Fexample.com", "cron", "0 15 10 ? * *"),
            ("/1/jobs/0%2015%2010%20%3F%20%2A%20%2A/https%3A%2F%2Fexample.com", "cron",
             "0 15 10 ? * *"),
            ("/1/jobs/0+0%2F30+*+*+*+%3F/https%3A%2F%2Fexample.com", "cron", "0 0/30 * * * ?"),
        ]
        for target, field, value in rows:
            with self.subTest(target):
                created = self.daemon.request("POST", target, Accept="application/json")
                self.assertEqual(created.status, 201, created.text)
                self.assertEqual(created.json["url"], "https://example.com")
                self.assertEqual(created.json[field], value)
                self.assertNotIn("data", created.json)

    def test_a_path_call_copies_payload_type_and_signature(self):
        target = f"/1/jobs/{quote(WHEN)}/{quote(URL + '?a=1&b=%2F+2')}"
        created = self.daemon.request("POST", target, b"<a/>", Content_Type="text/xml",
                                      X_Content_Signature=SIGNATURE, Accept="application/json")
        self.assertEqual(created.status, 201, created.text)
        self.assertEqual(created.fields, SINGLE)
        job = created.json
        self.assertEqual((job["url"], job["contentType"], job["signature"], job["data"]),
                         (URL + "?a=1&b=%2F+2", "text/xml", SIGNATURE, "<a/>"))

    def test_when_is_taken_in_any_offset_and_answered_in_utc(self):
        rows = [
            ("2094-05-11T17:30:00+02:00", WHEN),
            ("2094-05-11T10:00:00-05:30", WHEN),
            ("20940511T1530Z", WHEN),
            ("2094-131T15:30Z", WHEN),
            ("2094-W19-2T15:30Z", WHEN),
            ("2094-05-11T15:30:00.250Z", "2094-05-11T15:30:00.250Z"),
            ("2094-05-11T15:30:00,2509Z", "2094-05-11T15:30:00.250Z"),
            ("2094-05-11T15:30:00.000Z", WHEN),
        ]
        for given, answered in rows:
            with self.subTest(given):
                created = self.daemon.post_json({"url": URL, "when": given},
                                                Accept="application/json")
                self.assertEqual(created.status, 201, created.text)
                self.assertEqual(created.json["when"], answered)


class TheList(DaemonTest):
    def test_every_format(self):
        rows = [
            ("text/plain", lambda ids: ",".join(ids)),
            ("application/json", lambda ids: "[" + ",".join(f'"{i}"' for i in ids) + "]"),
        ]
        ids = []
        for count in range(4):
            for accept, expected in rows:
                with self.subTest(count=count, accept=accept):
                    answer = self.daemon.get("/1/jobs", Accept=accept)
                    self.assertEqual((answer.status, answer.type), (200, accept))
                    self.assertEqual(answer.text, expected(ids))
                    self.assertEqual(int(answer.headers["Content-Length"]), len(answer.body))
            for accept in ("text/xml", "application/xml"):
                answer = self.daemon.get("/1/jobs", Accept=accept)
                self.assertEqual((answer.status, answer.type), (200, accept))
                root = xml.fromstring(answer.body)
                self.assertEqual((root.tag, [child.tag for child in root]), ("jobs", ["id"] * count))
                self.assertEqual([child.text for child in root], ids)
            ids.append(self.daemon.post_json(JSON_SINGLE).text)

        pages = []
        target = "/1/jobs?limit=3"
        while target:
            answer = self.daemon.get(target, Accept="application/json")
            pages.append(answer.json)
            link = re.fullmatch(r'<(.+)>; rel="next"', answer.headers["Link"] or "")
            target = link and link.group(1)
        self.assertEqual(pages, [ids[:3], ids[3:]])
        self.assertEqual(self.daemon.get("/1/jobs?limit=4").headers["Link"], None)
        self.assertEqual(self.daemon.get(f"/1/jobs?after={ids[1]}").text, ",".join(ids[2:]))
        for query in ("limit=0", "limit=x", "limit=-1", "limit=10001", "after=1"):
            with self.subTest(query):
                self.assertEqual(self.daemon.get(f"/1/jobs?{query}").status, 400)

    def test_head_says_what_get_would(self):
        get = self.daemon.get("/1/jobs")
        head = self.daemon.request("HEAD", "/1/jobs")
        self.assertEqual((head.status, head.body), (200, b""))
        for name in ("Content-Type", "Content-Length"):
            self.assertEqual(head.headers[name], get.headers[name])


EXTENDED = {
    "name": "nightly", "method": "PUT", "headers": {"X-B": "1", "X-A": ""}, "timeout": 300,
    "retry": {"attempts": 5, "backoff": [5, 30]}, "misfire": "skip", "paused": True,
}
XML_EXTENDED = (
    "<name>nightly</name><method>PUT</method><headers><header name=\"X-B\">1</header>"
    "<header name=\"X-A\"></header></headers><timeout>300</timeout><retry>"
    "<attempts>5</attempts><backoff>5</backoff><backoff>30</backoff></retry>"
    "<misfire>skip</misfire><paused>true</paused>")


class Extensions(DaemonTest):
    def create(self, fields, status=201):
        document = {"url": URL, "when": WHEN, **fields}
        answer = self.daemon.post_json(document, Accept="application/json")
        self.assertEqual(answer.status, status, answer.text)
        return answer

    def setUp(self):
        for job_id in self.daemon.ids():
            self.daemon.request("DELETE", f"/1/jobs/{job_id}")

    def test_they_come_back_in_their_order_from_json_and_xml(self):
        order = ["id", "account", "url", "when", *EXTENDED]
        created = self.create(EXTENDED)
        self.assertEqual(created.fields, order)
        self.assertEqual({name: created.json[name] for name in EXTENDED}, EXTENDED)
        target = created.headers["Location"]
        self.assertEqual(self.daemon.get(target, Accept="application/json").json, created.json)
        answer = self.daemon.get(target, Accept="text/xml")
        self.assertEqual([child.tag for child in xml.fromstring(answer.body)], order)
        self.assertTrue(answer.text.endswith(XML_EXTENDED + "</job>"), answer.text)
        again = self.daemon.request("PUT", target, answer.body, Content_Type="text/xml",
                                    Accept="application/json")
        self.assertEqual((again.status, again.json), (200, created.json))

    def test_a_default_is_not_shown_and_a_put_without_them_takes_them_away(self):
        plain = self.create({"method": "POST", "headers": {}, "misfire": "fire", "paused": False})
        self.assertEqual(plain.fields, ["id", "account", "url", "when"])
        target = self.create(EXTENDED).headers["Location"]
        answer = self.daemon.request("PUT", target, JSON_SINGLE, Content_Type="application/json",
                                     Accept="application/json")
        self.assertEqual((answer.status, answer.fields), (200, SINGLE))

    def test_creating_a_name_again_replaces_its_job(self):
        first = self.create({"name": "a", "data": "1", "method": "PUT"})
        other = self.create({"name": "b"})
        again = self.create({"name": "a", "data": "2"}, status=200)
        self.assertEqual(again.headers["Location"], first.headers["Location"])
        self.assertEqual(again.json["id"], first.json["id"])
        self.assertEqual((again.json["data"], "method" in again.json), ("2", False))
        self.assertEqual(self.daemon.get(first.headers["Location"]).json, again.json)
        self.assertEqual(self.daemon.ids(), [first.json["id"], other.json["id"]])
        for accept in ("text/plain", "text/xml"):
            answer = self.daemon.request(
                "POST", "/1/jobs", f"<job><url>{URL}</url><when>{WHEN}</when><name>a</name></job>",
                Accept=accept)
            self.assertEqual((answer.status, answer.type), (200, accept))
            self.assertIn(first.json["id"], answer.text)
            self.assertEqual(answer.headers["Location"], first.headers["Location"])

    def test_a_name_belongs_to_one_job(self):
        first, second = self.create({"name": "a"}), self.create({"name": "b"})
        document = {"url": URL, "when": WHEN, "name": "a"}
        answer = self.daemon.request("PUT", second.headers["Location"], json.dumps(document),
                                     Content_Type="application/json", Accept="application/json")
        self.assertEqual((answer.status, answer.json.get("field")), (409, "name"))
        self.assertIn(first.json["id"], answer.json["detail"])
        self.assertEqual(self.daemon.get(second.headers["Location"]).json, second.json)
        self.daemon.request("DELETE", first.headers["Location"])
        answer = self.daemon.request("PUT", second.headers["Location"], json.dumps(document),
                                     Content_Type="application/json")
        self.assertEqual(answer.status, 200)


class ReplaceAndDelete(DaemonTest):
    def create(self, document):
        return self.daemon.post_json(document, Accept="application/json").json

    def test_put_replaces_everything_but_id_and_account(self):
        job = self.create(JSON_SINGLE)
        target = f"/1/jobs/{job['id']}"
        answer = self.daemon.request("PUT", target, JSON_RECURRING, Content_Type="application/json",
                                     Accept="application/json")
        self.assertEqual((answer.status, answer.fields), (200, RECURRING))
        self.assertEqual((answer.json["id"], answer.json["account"]), (job["id"], "default"))
        self.assertEqual(self.daemon.get(target).json, answer.json)

    def test_what_was_read_can_be_put_back(self):
        for document in (JSON_SINGLE, JSON_RECURRING):
            for accept, content_type in (("application/json",) * 2, ("text/xml",) * 2):
                with self.subTest(document=document, accept=accept):
                    target = f"/1/jobs/{self.create(document)['id']}"
                    read = self.daemon.get(target, Accept=accept)
                    put = self.daemon.request("PUT", target, read.body, Content_Type=content_type,
                                              Accept=accept)
                    self.assertEqual((put.status, put.body), (200, read.body))

    def test_put_answers_in_every_format(self):
        job = self.create(JSON_SINGLE)
        for accept in ("text/plain", "application/json", "text/xml", "application/xml"):
            with self.subTest(accept):
                answer = self.daemon.request("PUT", f"/1/jobs/{job['id']}", XML_SINGLE,
                                             Content_Type="text/xml", Accept=accept)
                self.assertEqual((answer.status, answer.type), (200, accept))
                self.assertIn(job["id"], answer.text)

    def test_an_id_is_read_in_any_case(self):
        job = self.create(JSON_SINGLE)
        self.assertEqual(self.daemon.get(f"/1/jobs/{job['id'].upper()}").json, job)

    def test_delete(self):
        job = self.create(JSON_SINGLE)
        target = f"/1/jobs/{job['id']}"
        answer = self.daemon.request("DELETE", target)
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assertIsNone(answer.headers["Content-Type"])
        self.assertNotIn(job["id"], self.daemon.ids())
        for method, body in (("GET", None), ("DELETE", None), ("PUT", JSON_SINGLE)):
            with self.subTest(method):
                self.assertEqual(self.daemon.request(method, target, body).status, 404)


class Accept(DaemonTest):
    def test_the_quality_rules_choose_the_type_of_the_answer(self):
        get = f"/1/jobs/{self.daemon.post_json(JSON_SINGLE).text}"
        rows = [
            # Accept, type of a list, type of a job
            (None, "text/plain", "application/json"),
            ("*/*", "text/plain", "application/json"),
            ("", "text/plain", "application/json"),
            ("text/*", "text/plain", "text/xml"),
            ("application/*", "application/json", "application/json"),
            ("application/xml, text/xml", "text/xml", "text/xml"),
            ("APPLICATION/JSON", "application/json", "application/json"),
            ("application/json;q=0.2, text/xml;q=0.9", "text/xml", "text/xml"),
            ("*/*, text/plain;q=0, application/json;q=0", "text/xml", "text/xml"),
            ("application/json;charset=utf-8", "application/json", "application/json"),
            ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
             "application/xml", "application/xml"),
            ("text/plain", "text/plain", 406),
            ("text/html", 406, 406),
            ("*/*;q=0", 406, 406),
            ("application/json;q=0", 406, 406),
        ]
        for accept, of_list, of_job in rows:
            headers = {} if accept is None else {"Accept": accept}
            for target, expected in (("/1/jobs", of_list), (get, of_job)):
                with self.subTest(accept=accept, target=target):
                    answer = self.daemon.get(target, **headers)
                    if isinstance(expected, int):
                        self.assertEqual(answer.status, expected)
                    else:
                        self.assertEqual((answer.status, answer.type), (200, expected))
                    self.assertIn("charset=utf-8", answer.headers["Content-Type"])

    def test_a_call_whose_answer_is_not_acceptable_creates_nothing(self):
        before = self.daemon.ids()
        self.assertEqual(self.daemon.post_json(JSON_SINGLE, Accept="image/png").status, 406)
        self.assertEqual(self.daemon.ids(), before)


if __name__ == "__main__":
    support.main()
