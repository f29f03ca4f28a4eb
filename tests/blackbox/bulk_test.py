"""Many jobs in one request: all of them or none."""

import json
import unittest

from support import DaemonTest, from_now, main

WHEN = "2094-05-11T15:30:00Z"


def document(number, **fields):
    return {"url": f"http://a.test/{number}", "when": WHEN, **fields}


class Bulk(DaemonTest):
    def setUp(self):
        self.before = self.daemon.ids()

    def created(self):
        return [job_id for job_id in self.daemon.ids() if job_id not in self.before]

    def url(self, job_id):
        return self.daemon.get(f"/1/jobs/{job_id}").json["url"]

    def test_a_json_array_creates_its_jobs_in_order(self):
        answer = self.daemon.post_json([document(n) for n in range(100)], Accept="application/json")
        self.assertEqual((answer.status, answer.type), (201, "application/json"))
        self.assertNotIn("Location", answer.headers)
        self.assertEqual(answer.json, self.created())
        self.assertEqual([self.url(job_id) for job_id in answer.json],
                         [f"http://a.test/{n}" for n in range(100)])

    def test_the_answer_is_the_list_of_ids_in_the_format_asked_for(self):
        for accept, pattern in (("text/plain", r"[0-9a-f-]{36},[0-9a-f-]{36}"),
                                ("application/json", r'\["[0-9a-f-]{36}","[0-9a-f-]{36}"\]'),
                                ("text/xml", r"<\?xml .*<jobs><id>[0-9a-f-]{36}</id>"
                                             r"<id>[0-9a-f-]{36}</id></jobs>")):
            with self.subTest(accept):
                answer = self.daemon.post_json([document(1), document(2)], Accept=accept)
                self.assertEqual((answer.status, answer.type), (201, accept))
                self.assertRegex(answer.text, f"^{pattern}$")

    def test_xml_creates_as_json_does(self):
        body = "<jobs>" + "".join(f"<job><url>http://a.test/{n}</url><cron>0 0 9 * * ?</cron></job>"
                                  for n in range(3)) + "</jobs>"
        answer = self.daemon.request("POST", "/1/jobs", body, Content_Type="application/xml",
                                     Accept="text/plain")
        self.assertEqual(answer.status, 201, answer.text)
        self.assertEqual(answer.text.split(","), self.created())
        # Without a Content-Type, the first character decides.
        self.assertEqual(self.daemon.request("POST", "/1/jobs", body).status, 201)
        self.assertEqual(self.daemon.request("POST", "/1/jobs", "[]").status, 201)

    def test_nothing_is_created_where_one_is_refused(self):
        for bad, field in ((document(1, url="ftp://a.test/"), "url"),
                           (document(1, when="2001-01-01T00:00:00Z"), "when"),
                           (document(1, colour="red"), "colour"),
                           (document(1, data="x" * 2049), "data"),
                           (document(1, timezone="Nowhere/At_All"), "timezone")):
            with self.subTest(field):
                answer = self.daemon.post_json([document(0), document(1), bad],
                                               Accept="application/json")
                self.assertEqual(answer.status, 422, answer.text)
                self.assertEqual(answer.json["field"], f"jobs[2].{field}")
                self.assertIn("job 3 of the list: ", answer.json["detail"])
                self.assertEqual(self.created(), [])

    def test_the_most_that_one_request_creates(self):
        few = [{"url": "http://a.test/", "when": WHEN}] * 10_000
        answer = self.daemon.post_json(few, Accept="application/json")
        self.assertEqual(answer.status, 201)
        self.assertEqual(len(set(answer.json)), 10_000)
        self.assertEqual(answer.json, sorted(answer.json))
        more = self.daemon.post_json(few + few[:1], Accept="application/json")
        self.assertEqual(more.status, 422)
        self.assertIn("at most 10000 jobs", more.json["detail"])

    def test_no_jobs_are_nothing_to_create(self):
        answer = self.daemon.post_json([], Accept="application/json")
        self.assertEqual((answer.status, answer.json), (201, []))
        self.assertEqual(self.created(), [])

    def test_names_replace_jobs_in_the_order_of_the_list(self):
        first = self.daemon.post_json([document(1, name="a")], Accept="application/json").json[0]
        answer = self.daemon.post_json(
            [document(2, name="b"), document(3, name="a"), document(4), document(5, name="b")],
            Accept="application/json")
        self.assertEqual(answer.status, 201)
        second, also_first, fourth, also_second = answer.json
        self.assertEqual((also_first, also_second), (first, second))
        self.assertEqual(self.created(), [first, second, fourth])
        self.assertEqual([self.url(job_id) for job_id in self.created()],
                         [f"http://a.test/{n}" for n in (3, 5, 4)])
        answer = self.daemon.post_json([document(6, name="a")], Accept="application/json")
        self.assertEqual((answer.status, answer.json), (200, [first]))

    def test_a_list_cannot_replace_a_job(self):
        location = self.daemon.post_json(document(1)).headers["Location"]
        answer = self.daemon.request("PUT", location, json.dumps([document(2)]),
                                     Content_Type="application/json")
        self.assertEqual(answer.status, 422, answer.text)

    def delete(self, ids, **headers):
        return self.daemon.request("POST", "/1/jobs/delete", json.dumps(ids),
                                   **{"Content_Type": "application/json",
                                      "Accept": "application/json", **headers})

    def test_many_are_deleted_in_one_request(self):
        ids = self.daemon.post_json([document(n) for n in range(20)],
                                    Accept="application/json").json
        unknown = "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af"
        answer = self.delete([ids[3].upper(), unknown, *ids[5:], ids[7]])
        self.assertEqual((answer.status, answer.json), (200, [unknown]), answer.text)
        self.assertEqual(self.created(), ids[:3] + ids[4:5])
        xml = "<jobs>" + "".join(f"<id>{job_id}</id>" for job_id in ids[:4]) + "</jobs>"
        answer = self.daemon.request("POST", "/1/jobs/delete", xml, Content_Type="text/xml",
                                     Accept="text/plain")
        self.assertEqual((answer.status, answer.text), (200, ids[3]))
        self.assertEqual(self.created(), ids[4:5])
        self.assertEqual(self.delete([]).json, [])

    def test_add_takes_all_jobs_of_a_file(self):
        lines = "".join(json.dumps(document(n, data="x" * 100)) + "\n" for n in range(12_000))
        added = self.daemon.run("add", "-f", "-", input=lines.encode())
        self.assertEqual(added.returncode, 0, added.stderr)
        ids = added.stdout.decode().split()
        self.assertEqual(ids, self.created())
        self.assertEqual(added.stderr, b"jobsched: 12000 jobs stored\n")
        for n in (0, 7_000, 11_999):
            self.assertEqual(self.url(ids[n]), f"http://a.test/{n}")
        self.assertEqual(self.daemon.run("rm", "-", input=added.stdout).returncode, 0)

        (self.daemon.folder / "jobs.xml").write_text(
            f"<jobs><job><url>http://a.test/x</url><when>{WHEN}</when></job></jobs>")
        added = self.daemon.run("add", "-f", "jobs.xml")
        self.assertEqual(self.created(), added.stdout.decode().split())

    def test_nothing_is_sent_of_a_file_with_a_fault(self):
        good, bad = json.dumps(document(1)), json.dumps(document(2, url="ftp://a.test/"))
        for text, code, words in ((f"{good}\n{bad}\n", 6, "standard input:2: "),
                                  (f"[{good},{bad}]", 6, "standard input: job 2 of the list: "),
                                  (f"{good}\n{{", 6, "standard input:2: ")):
            with self.subTest(text):
                refused = self.daemon.run("add", "-f", "-", input=text.encode())
                self.assertEqual((refused.returncode, refused.stdout), (code, b""), refused.stderr)
                self.assertIn(words, refused.stderr.decode())
        checked = self.daemon.run("add", "-n", "-f", "-", input=good.encode())
        self.assertEqual((checked.returncode, checked.stdout), (0, b""))
        for arguments, code in ((("-f", "nowhere.json"), 1), (("-f", "-", "http://a.test/"), 2),
                                (("-f", "-", "--in", "5m"), 2), (("--in", "5m"), 2)):
            with self.subTest(arguments):
                self.assertEqual(self.daemon.run("add", *arguments).returncode, code)
        self.assertEqual(self.created(), [])

    def test_what_the_daemon_refuses_of_a_file_is_told_with_how_far_it_came(self):
        often = {"url": "http://a.test/", "cron": "0 * * ? * *"}  # more often than this daemon takes
        lines = "".join(json.dumps(one) + "\n" for one in [document(0)] * 10_000 + [often])
        refused = self.daemon.run("add", "-f", "-", input=lines.encode())
        self.assertEqual(refused.returncode, 6, refused.stderr)
        self.assertIn("10000 jobs of 10001 stored before", refused.stderr.decode())
        self.assertEqual(refused.stdout.decode().split(), self.created())

    def test_rm_takes_more_ids_than_one_request_does(self):
        ids = [job_id for _ in range(2) for job_id in self.daemon.post_json(
            [{"url": "http://a.test/", "when": WHEN}] * 6_000, Accept="application/json").json]
        unknown = "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af"
        lines = "\n".join([*ids[:5_000], unknown, "nonsense", *ids[5_000:-1]])
        ended = self.daemon.run("rm", "-", input=lines.encode())
        self.assertEqual((ended.returncode, ended.stdout), (3, b""), ended.stderr)
        self.assertIn(unknown, ended.stderr.decode())
        self.assertIn("nonsense", ended.stderr.decode())
        self.assertEqual(self.created(), ids[-1:])

    def test_what_is_no_list_of_ids_deletes_nothing(self):
        job_id = self.daemon.post_json([document(1)], Accept="application/json").json[0]
        for body, status in ((json.dumps([job_id, "x"]), 400), (json.dumps([job_id, 1]), 400),
                             (json.dumps({"id": job_id}), 400), ("[", 400), ("", 415),
                             (json.dumps([job_id] * 10_001), 422)):
            with self.subTest(body[:60]):
                answer = self.daemon.request("POST", "/1/jobs/delete", body)
                self.assertEqual(answer.status, status, answer.text)
        for method in ("GET", "PUT", "DELETE"):
            answer = self.daemon.request(method, "/1/jobs/delete")
            self.assertEqual((answer.status, answer.headers["Allow"]), (405, "POST"))
        self.assertEqual(self.created(), [job_id])

    def test_they_fire(self):
        endpoint = self.endpoint()
        due = from_now(1)
        answer = self.daemon.post_json([{"url": endpoint.url, "when": due, "data": str(n)}
                                        for n in range(50)])
        self.assertEqual(answer.status, 201)
        self.assertEqual(sorted(int(endpoint.next().body) for _ in range(50)), list(range(50)))


if __name__ == "__main__":
    main()
