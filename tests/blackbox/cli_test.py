"""The command line: stdout, stderr and exit code of each command, against a real daemon."""

import json
import re
import shutil
import signal
import subprocess
import unittest
import xml.etree.ElementTree as xml
from datetime import timedelta

import support
from support import JOBSCHED, CommandTest, await_true, clean_environment, instant, from_now, run

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
URL = "http://127.0.0.1:9/hook"
WHEN = "2094-05-11T15:30:00Z"
UNKNOWN = "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af"

OK, ERROR, USAGE, NOT_FOUND, CONFLICT, INVALID, UNREACHABLE = 0, 1, 2, 3, 5, 6, 7


class Commands(CommandTest):
    def test_add_prints_the_id_alone_and_a_sentence_on_stderr(self):
        ended = self.daemon.run("add", "--at", WHEN, "-d", "hello", URL)
        self.assertEqual(ended.returncode, OK, ended.stderr)
        self.assertRegex(ended.stdout.decode(), f"^{UUID}\n$")
        self.assertIn(WHEN, ended.stderr.decode())
        job = self.job(ended.stdout.decode().strip())
        self.assertEqual((job["url"], job["when"], job["data"]), (URL, WHEN, "hello"))

    def test_add_takes_every_field(self):
        job = self.job(self.add("--cron", "0 15 10 ? * MON-FRI", "-d", "<a/>", "--content-type",
                                "text/xml", "--signature", "s", URL))
        self.assertEqual((job["cron"], job["data"], job["contentType"], job["signature"]),
                         ("0 15 10 ? * MON-FRI", "<a/>", "text/xml", "s"))
        self.assertIn("next", job)

    def test_add_says_how_the_callback_is_made(self):
        job = self.job(self.add("--at", WHEN, "--name", "nightly", "-X", "PUT", "-H", "X-A: b c",
                                "-H", "X-Empty:", "--timeout", "2m", "--attempts", "5",
                                "--backoff", "5s,30s,2m", "--misfire", "skip", URL))
        expected = {"name": "nightly", "method": "PUT", "headers": {"X-A": "b c", "X-Empty": ""},
                    "timeout": 120, "retry": {"attempts": 5, "backoff": [5, 30, 120]},
                    "misfire": "skip"}
        self.assertEqual({name: job[name] for name in expected}, expected)

    def test_add_again_by_name_replaces_the_job(self):
        first = self.add("--at", WHEN, "--name", "again", "-d", "1", URL)
        self.assertEqual(self.add("--in", "1h", "--name", "again", "-d", "2", URL), first)
        self.assertEqual(self.job(first)["data"], "2")

    def test_add_with_an_idempotency_key_stores_once(self):
        before = len(self.ok("list").split())
        add = ("add", "--at", "2094-05-11T15:30:00Z", "--idempotency-key", 'order "7"',
               "http://a.test/")
        job = self.ok(*add)
        self.assertEqual(self.ok(*add), job)
        self.assertEqual(len(self.ok("list").split()), before + 1)
        self.assertIn("another request", self.fails(INVALID, *add[:-1], "http://b.test/"))
        for wrong, says in ((("--in", "1h", "--idempotency-key", "k"), "use --at"),
                            (("--at", "2094-05-11T15:30:00Z", "--idempotency-key", ""), "1 to 255"),
                            (("--at", "2094-05-11T15:30:00Z", "--idempotency-key", "é"),
                             "1 to 255")):
            self.assertIn(says, self.fails(USAGE, "add", *wrong, "http://a.test/"))
        self.ok("rm", job.strip())

    def test_update_changes_and_takes_away_how_the_callback_is_made(self):
        job_id = self.add("--at", WHEN, "-H", "X-A: 1", "-H", "X-B: 2", "--backoff", "5s", URL)
        before = self.job(job_id)
        rows = [
            (("-H", "x-a: 3", "-H", "X-C: 4"), {"headers": {"x-a": "3", "X-B": "2", "X-C": "4"}}),
            (("-H", "", "-H", "X-D: 5"), {"headers": {"X-D": "5"}}),
            (("--attempts", "9"), {"retry": {"attempts": 9, "backoff": [5]}}),
            (("--backoff", ""), {"retry": {"attempts": 9}}),
            (("--name", "n", "-X", "DELETE", "--timeout", "1s", "--misfire", "skip"),
             {"name": "n", "method": "DELETE", "timeout": 1, "misfire": "skip"}),
        ]
        expected = dict(before)
        for options, changed in rows:
            with self.subTest(options):
                self.ok("update", job_id, *options)
                expected.update(changed)
                self.assertEqual(self.job(job_id), expected)
        self.ok("update", job_id, "--name", "", "-X", "", "-H", "", "--timeout", "", "--attempts",
                "", "--misfire", "")
        self.assertEqual(list(self.job(job_id)), ["id", "account", "url", "when"])
        other = self.add("--at", WHEN, "--name", "taken", URL)
        self.assertIn(other, self.fails(CONFLICT, "update", job_id, "--name", "taken"))

    def test_a_cron_expression_is_checked_where_it_was_typed(self):
        for command in (("add",), ("add", "-n"), ("update", UNKNOWN)):
            with self.subTest(command):
                url = () if command[0] == "update" else (URL,)
                lines = self.fails(INVALID, *command, "--cron", "0 15 99 ? * *", *url).splitlines()
                self.assertIn("hours", lines[0])
                self.assertEqual(lines[1].strip(), "0 15 99 ? * *")
                self.assertEqual(lines[2].index("^"), lines[1].index("99"))
        self.assertIn("write `0 */12 * ? * *`",
                      self.fails(INVALID, "add", "--cron", "0 */11 * ? * *", URL))

    def test_add_in(self):
        before = instant(from_now(600))
        job = self.job(self.add("--in", "10m", URL))
        self.assertLess(abs(instant(job["when"]) - before), timedelta(seconds=30))

    def test_times_are_read_in_the_local_zone_and_sent_as_instants(self):
        environment = {**self.daemon.environment, "JOBSCHED_SERVER": self.daemon.server}
        rows = [
            ("Europe/Berlin", "2094-05-11T17:30:00", WHEN),
            ("America/New_York", "2094-05-11T11:30", WHEN),
            ("UTC", "2094-05-11T17:30:00+02:00", WHEN),
            ("Asia/Kolkata", "@3923998200", "2094-05-06T15:30:00Z"),
        ]
        for zone, text, expected in rows:
            with self.subTest(zone=zone, text=text):
                added = subprocess.run([JOBSCHED, "add", "--at", text, URL], capture_output=True,
                                       env={**environment, "TZ": zone}, timeout=60)
                self.assertEqual(added.returncode, OK, added.stderr)
                self.assertEqual(self.job(added.stdout.decode().strip())["when"], expected)
        for text in ("09:00", "tomorrow 9:00", "fri 17:00"):
            with self.subTest(text):
                when = instant(self.job(self.add("--at", text, URL))["when"])
                self.assertGreater(when, instant(from_now(-60)))
                self.assertLess(when, instant(from_now(8 * 86400)))

    def test_data_comes_from_a_file_or_standard_input(self):
        payload = b"\x00\xff\r\nbinary"
        path = self.daemon.folder / "payload"
        path.write_bytes(payload)
        from_file = self.add("--at", WHEN, "-d", f"@{path}", URL)
        from_stdin = self.ok("add", "--at", WHEN, "-d", "-", URL, input=payload).strip()
        for job_id in (from_file, from_stdin):
            self.assertEqual(self.job(job_id)["dataEncoding"], "base64")
            self.assertEqual(self.job(job_id)["data"], "AP8NCmJpbmFyeQ==")
        message = self.fails(USAGE, "add", "--at", WHEN, "-d", "@/nonexistent", URL)
        self.assertIn("/nonexistent", message)

    def test_what_add_refuses(self):
        rows = [
            (USAGE, ("add",), "URL"),
            (USAGE, ("add", URL), "--at"),
            (USAGE, ("add", "--at", WHEN, "--in", "1h", URL), "--in"),
            (USAGE, ("add", "--in", "soon", URL), "soon"),
            (USAGE, ("add", "--in", "1h", URL, "extra"), "extra"),
            (USAGE, ("add", "--at", "someday", URL), "someday"),
            (USAGE, ("add", "--att", WHEN, URL), "--at"),
            (INVALID, ("add", "--at", "2011-05-11T15:30:00Z", URL), "when"),
            (INVALID, ("add", "--in", "1h", "example.com"), "http://"),
            (INVALID, ("add", "--in", "1h", "-d", "x" * 2049, URL), "2048"),
            (INVALID, ("add", "--cron", "0 0/5 * * * ?", URL), "10"),
            (INVALID, ("add", "--cron", "* * * * *", URL), "field"),
            (USAGE, ("add", "--in", "1h", "-H", "X-A", URL), "write Name: value"),
            (USAGE, ("add", "--in", "1h", "--timeout", "30", URL), "--timeout"),
            (USAGE, ("add", "--in", "1h", "--timeout", "1500ms", URL), "whole number of seconds"),
            (USAGE, ("add", "--in", "1h", "--attempts", "21", URL), "1 to 20"),
            (USAGE, ("add", "--in", "1h", "--backoff", "5s,", URL), "--backoff"),
            (INVALID, ("add", "--in", "1h", "--timeout", "6m", URL), "300"),
            (INVALID, ("add", "--in", "1h", "-X", "get", URL), "upper case"),
            (INVALID, ("add", "--in", "1h", "-H", "Host: x", URL), "Host"),
            (INVALID, ("add", "--in", "1h", "--misfire", "never", URL), "skip"),
            (INVALID, ("add", "--in", "1h", "-X", "GET", "-d", "x", URL), "GET"),
        ]
        before = self.daemon.ids()
        for code, arguments, word in rows:
            with self.subTest(arguments):
                self.assertIn(word, self.fails(code, *arguments))
        self.assertEqual(self.daemon.ids(), before)

    def test_list_prints_ids_one_a_line(self):
        ids = [self.add("--at", WHEN, URL) for _ in range(3)]
        listed = self.ok("list").splitlines()
        self.assertEqual([i for i in listed if i in ids], ids)
        self.assertEqual(json.loads(self.ok("list", "-o", "json")), listed)
        root = xml.fromstring(self.ok("list", "-o", "xml"))
        self.assertEqual([child.text for child in root], listed)

    def test_get(self):
        one, two = (self.add("--at", WHEN, "-d", data, URL) for data in ("one", "two"))
        self.assertEqual(json.loads(self.ok("get", one, "-o", "json")), self.job(one))
        self.assertEqual(xml.fromstring(self.ok("get", one, "-o", "xml")).find("id").text, one)
        text = self.ok("get", one, two)
        for word in (one, two, "when", WHEN, URL):
            self.assertIn(word, text)
        ended = self.daemon.run("get", UNKNOWN, one)
        self.assertEqual(ended.returncode, NOT_FOUND)
        self.assertIn(one, ended.stdout.decode())
        self.assertIn(UNKNOWN, ended.stderr.decode())
        self.fails(NOT_FOUND, "get", "1")

    def test_rm_does_all_it_can_and_exits_with_the_worst(self):
        ids = [self.add("--at", WHEN, URL) for _ in range(3)]
        ended = self.daemon.run("rm", ids[0], UNKNOWN, ids[1])
        self.assertEqual(ended.returncode, NOT_FOUND)
        self.assertIn(UNKNOWN, ended.stderr.decode())
        left = self.daemon.ids()
        self.assertEqual([i in left for i in ids], [False, False, True])
        self.ok("rm", "-", input=ids[2].encode() + b"\n")
        self.assertNotIn(ids[2], self.daemon.ids())
        self.ok("rm", "-", input=b"")
        self.fails(USAGE, "rm")

    def test_pipelines(self):
        for _ in range(5):
            self.add("--at", WHEN, URL)
        script = ('id=$("$J" add --in 1h -d hello http://127.0.0.1:9/) && "$J" get "$id" | '
                  'grep -q hello && "$J" list | head -1 >/dev/null && "$J" list | "$J" rm - && '
                  '"$J" list -o json')
        ended = subprocess.run(["sh", "-c", script], capture_output=True, timeout=120,
                               env={**self.daemon.environment, "J": JOBSCHED,
                                    "JOBSCHED_SERVER": self.daemon.server})
        self.assertEqual((ended.returncode, ended.stdout.strip()), (OK, b"[]"), ended.stderr)

    def between_the_requests_of_an_update(self, *deeds):
        """The address of a server like the daemon's, where each `PUT` waits for the next deed."""
        remaining, puts = list(deeds), []

        def forward(handler):
            if handler.command == "PUT":
                puts.append(handler.headers["If-Match"])
                if remaining:
                    remaining.pop(0)()
            names = ("Accept", "Content-Type", "If-Match")
            sent = {name: handler.headers[name] for name in names if handler.headers[name]}
            answer = self.daemon.request(handler.command, handler.path,
                                         handler.callback.body or None, **sent)
            handler.send_response(answer.status)
            for name in ("Content-Type", "Content-Length", "ETag"):
                if answer.headers[name]:
                    handler.send_header(name, answer.headers[name])
            handler.end_headers()
            handler.wfile.write(answer.body)

        return f"http://127.0.0.1:{self.endpoint(forward).port}", puts

    def test_update_takes_nothing_back_that_others_change_meanwhile(self):
        job_id = self.add("--at", WHEN, "-d", "old", URL)
        before = self.job(job_id)
        server, puts = self.between_the_requests_of_an_update(
            lambda: self.ok("update", job_id, "--signature", "s"),
            lambda: self.ok("update", job_id, "--timeout", "7s"))
        self.ok("update", job_id, "-d", "new", "-s", server)
        self.assertEqual(self.job(job_id), {**before, "data": "new", "signature": "s", "timeout": 7})
        self.assertEqual(len(puts), 3)
        self.assertEqual(len(set(puts)), 3)

    def test_update_gives_up_where_others_change_the_job_all_the_time(self):
        job_id = self.add("--at", WHEN, "-d", "old", URL)
        server, puts = self.between_the_requests_of_an_update(
            *(lambda n=n: self.ok("update", job_id, "--signature", f"s{n}") for n in range(9)))
        message = self.fails(CONFLICT, "update", job_id, "-d", "new", "-s", server)
        self.assertIn(f"job {job_id} was changed by somebody else 5 times", message)
        self.assertEqual(len(puts), 5)
        self.assertEqual((self.job(job_id)["data"], self.job(job_id)["signature"]), ("old", "s4"))

    def test_an_update_of_a_job_that_is_deleted_meanwhile_does_not_bring_it_back(self):
        job_id = self.add("--at", WHEN, URL)
        server, _ = self.between_the_requests_of_an_update(lambda: self.ok("rm", job_id))
        self.fails(NOT_FOUND, "update", job_id, "-d", "new", "-s", server)
        self.fails(NOT_FOUND, "get", job_id)

    def test_updates_at_the_same_time_all_come_to_be(self):
        job_id = self.add("--at", WHEN, URL)
        begun = [self.daemon.begin("update", job_id, "-H", f"X-{n}: {n}") for n in range(4)]
        self.assertEqual([update.end()[0] for update in begun], [OK] * 4)
        self.assertEqual(self.job(job_id)["headers"], {f"X-{n}": str(n) for n in range(4)})

    def test_update_changes_only_what_is_given(self):
        job_id = self.add("--at", WHEN, "-d", "old", "--signature", "s", URL)
        before = self.job(job_id)
        self.ok("update", job_id, "-d", "new")
        self.assertEqual(self.job(job_id), {**before, "data": "new"})
        self.ok("update", job_id, "--url", "http://127.0.0.1:9/other", "--content-type", "text/a")
        self.assertEqual(self.job(job_id), {**before, "data": "new", "contentType": "text/a",
                                            "url": "http://127.0.0.1:9/other"})
        self.ok("update", job_id, "--cron", "0 15 10 ? * *")
        job = self.job(job_id)
        self.assertEqual((job["cron"], job["data"], job["signature"]), ("0 15 10 ? * *", "new", "s"))
        self.assertNotIn("when", job)
        self.ok("update", job_id, "--in", "1h")
        self.assertNotIn("cron", self.job(job_id))
        binary = self.daemon.folder / "binary"
        binary.write_bytes(b"\xff\x00")
        self.ok("update", job_id, "-d", f"@{binary}")
        self.ok("update", job_id, "--signature", "t")
        self.assertEqual((self.job(job_id)["data"], self.job(job_id)["signature"]), ("/wA=", "t"))
        after = self.job(job_id)
        self.fails(INVALID, "update", job_id, "--url", "nowhere")
        self.fails(USAGE, "update", job_id)
        self.fails(NOT_FOUND, "update", UNKNOWN, "-d", "x")
        self.assertEqual(self.job(job_id), after)

    def test_listen_prints_a_callback_that_comes_on_time(self):
        listener = subprocess.Popen([JOBSCHED, "listen", "127.0.0.1:0", "--count", "2"],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    env=clean_environment(self.daemon.folder))
        self.addCleanup(listener.kill)
        announced = listener.stderr.readline().decode()
        url = re.search(r"http://127\.0\.0\.1:\d+/", announced).group(0)
        self.add("--in", "1s", "-d", "hello \x1b[31mworld", url)
        self.add("--in", "1s", "-d", "binary \x7f", url)
        stdout, _ = listener.communicate(timeout=support.DEADLINE)
        self.assertEqual(listener.returncode, OK)
        self.assertIn(b"hello ", stdout)
        self.assertNotIn(b"\x1b", stdout)
        self.assertIn(b"webhook-id", stdout.lower())

    def test_listen_in_json_with_a_chosen_status(self):
        listener = subprocess.Popen([JOBSCHED, "listen", "127.0.0.1:0", "--count", "1", "-o", "json",
                                     "--status", "410"], stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE,
                                    env=clean_environment(self.daemon.folder))
        self.addCleanup(listener.kill)
        url = re.search(r"http://\S+", listener.stderr.readline().decode()).group(0)
        job_id = self.add("--in", "1s", "-d", "hello", url)
        stdout, _ = listener.communicate(timeout=support.DEADLINE)
        received = json.loads(stdout)
        self.assertEqual((received["method"], received["body"]), ("POST", "hello"))
        await_true(lambda: job_id not in self.daemon.ids(), "410 ends the delivery")


class WithoutADaemon(unittest.TestCase):
    def expect(self, code, *arguments, **environment):
        ended = run(*arguments, env={**clean_environment("/nonexistent"), **environment})
        self.assertEqual(ended.returncode, code, ended.stderr.decode())
        return ended.stdout.decode(), ended.stderr.decode()

    def test_an_unreachable_daemon(self):
        rows = [("list",), ("get", UNKNOWN), ("rm", UNKNOWN), ("add", "--in", "1h", URL)]
        for arguments in rows:
            for server in ("http://127.0.0.1:1", "unix:/nonexistent/socket"):
                with self.subTest(arguments=arguments, server=server):
                    stdout, stderr = self.expect(UNREACHABLE, *arguments, "-s", server)
                    self.assertEqual(stdout, "")
                    self.assertIn(server.split("//")[-1], stderr)
                    self.assertIn("jobsched serve", stderr)

    def test_next_is_offline(self):
        stdout, stderr = self.expect(OK, "next", "0 15 10 ? * *", "-n", "3",
                                     "--from", "2026-12-01T10:15:00Z")
        self.assertEqual(stdout, "2026-12-02T10:15:00Z\n2026-12-03T10:15:00Z\n2026-12-04T10:15:00Z\n")
        self.assertIn("10:15", stderr)
        stdout, _ = self.expect(OK, "next", "0 0 0 1 1 ? 2027", "--from", "2026-12-01T00:00:00Z")
        self.assertEqual(stdout, "2027-01-01T00:00:00Z\n")
        stdout, _ = self.expect(OK, "next", "0 0 0 29 2 ?", "-n", "1", "-o", "json",
                                "--from", "2026-12-01T00:00:00Z")
        self.assertEqual(json.loads(stdout), ["2028-02-29T00:00:00Z"])

    def test_next_reads_the_clock_of_a_zone(self):
        berlin, new_york = ("--tz", "Europe/Berlin"), ("--tz", "America/New_York")
        rows = [
            # expression, options, TZ, fire times, words
            ("0 15 10 * * ?", (), "Europe/Berlin", ["2026-12-01T10:15:00Z", "2026-12-02T10:15:00Z"],
             "at 10:15 every day, UTC"),
            ("0 15 10 * * ?", berlin, "UTC", ["2026-12-01T09:15:00Z", "2026-12-02T09:15:00Z"],
             "at 10:15 every day, Europe/Berlin"),
            ("0 30 2 * * ?", (*new_york, "--from", "2026-03-08T00:00"), "UTC",
             ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"], "America/New_York"),
            # a time without an offset is read in the zone, else in the local one
            ("0 0 0 * * ?", (*berlin, "--from", "2026-12-01T00:30"), "America/New_York",
             ["2026-12-01T23:00:00Z", "2026-12-02T23:00:00Z"], "Europe/Berlin"),
            ("0 0 0 * * ?", (*berlin, "--from", "2026-12-01T00:30Z"), "America/New_York",
             ["2026-12-01T23:00:00Z", "2026-12-02T23:00:00Z"], "Europe/Berlin"),
            ("0 0 * * * ?", ("--from", "2026-12-01T00:30"), "America/New_York",
             ["2026-12-01T06:00:00Z", "2026-12-01T07:00:00Z"], "every hour, UTC"),
        ]
        for expression, options, tz, fire_times, words in rows:
            with self.subTest(expression=expression, options=options):
                if "--from" not in options:
                    options = (*options, "--from", "2026-12-01T00:00:00Z")
                stdout, stderr = self.expect(OK, "next", expression, "-n", "2", *options, TZ=tz)
                self.assertEqual(stdout.splitlines(), fire_times)
                self.assertTrue(stderr.endswith(words + "\n"), stderr)

    def test_next_shows_wall_clock_times(self):
        gap = "clock went forward: 02:30 does not exist"
        arguments = ("next", "0 30 2 * * ?", "--local", "-n", "2")
        zone = ("--tz", "America/New_York", "--from", "2026-03-08T00:00")
        stdout, _ = self.expect(OK, *arguments, *zone)
        self.assertEqual(stdout,
                         f"2026-03-08T07:00:00Z  Sun 2026-03-08 03:00:00 -04:00  ({gap})\n"
                         "2026-03-09T06:30:00Z  Mon 2026-03-09 02:30:00 -04:00\n")
        stdout, _ = self.expect(OK, *arguments, *zone, "-o", "json")
        self.assertEqual(json.loads(stdout), [
            {"utc": "2026-03-08T07:00:00Z", "local": "2026-03-08T03:00:00-04:00",
             "weekday": "Sun", "note": gap},
            {"utc": "2026-03-09T06:30:00Z", "local": "2026-03-09T02:30:00-04:00",
             "weekday": "Mon"}])
        # Without --tz it is read in UTC, which no change of a clock moves.
        stdout, stderr = self.expect(OK, *arguments, "--from", "2026-03-29T00:00Z",
                                     TZ="Europe/Berlin")
        self.assertEqual(stdout, "2026-03-29T02:30:00Z  Sun 2026-03-29 04:30:00 +02:00\n"
                                 "2026-03-30T02:30:00Z  Mon 2026-03-30 04:30:00 +02:00\n")
        self.assertIn(", UTC", stderr)

    def test_next_refuses_what_is_no_zone_or_not_on_its_clock(self):
        rows = [
            (INVALID, ("--tz", "Europe/Berlni"), {}, "did you mean `Europe/Berlin`?"),
            (INVALID, ("--tz", ""), {}, "Europe/Berlin"),
            (INVALID, ("--tz", "../../etc/passwd"), {}, "letters"),
            (USAGE, ("--tz", "Europe/Berlin", "--from", "2026-03-29T02:30"), {}, "Europe/Berlin"),
            (USAGE, ("--tz",), {}, "--tz"),
            (USAGE, ("--local",), {"TZ": "Europe/Berlni"}, "did you mean `Europe/Berlin`?"),
            # not needed, so not read
            (OK, (), {"TZ": "Europe/Berlni"}, ", UTC"),
            (OK, ("--local", "--tz", "Asia/Kolkata"), {"TZ": "Europe/Berlni"}, ", Asia/Kolkata"),
        ]
        for code, options, environment, word in rows:
            with self.subTest(options=options, environment=environment):
                stdout, stderr = self.expect(code, "next", "0 15 10 ? * *", *options, **environment)
                self.assertEqual(stdout == "", code != OK)
                self.assertIn(word, stderr)

    def test_next_of_what_never_fires(self):
        for options, says in (((), "never fires again"),
                              (("--from", "2030-01-01T00:00Z"), "never fires after that time")):
            _, stderr = self.expect(INVALID, "next", "0 0 0 1 1 ? 2020", *options)
            self.assertIn(says, stderr)

    def test_next_points_at_the_fault(self):
        _, stderr = self.expect(INVALID, "next", "0 99 10 ? * *")
        lines = stderr.splitlines()
        expression = next(i for i, line in enumerate(lines) if "0 99 10 ? * *" in line)
        self.assertEqual(lines[expression + 1].index("^"), lines[expression].index("99"))
        self.assertIn("minute", stderr)

    def test_a_dry_run_of_add_checks_and_foretells(self):
        rows = [
            (("--at", WHEN), f"would fire at {WHEN}, in ", []),
            (("--in", "10m"), "would fire at ", []),
            (("--cron", "0 0 0 1 1 ? 2094-2099"), "would fire at 2094-01-01T00:00:00Z, in ",
             [f"  {year}-01-01T00:00:00Z" for year in range(2094, 2099)]),
            (("--cron", "0 0 0 1 1 ? 2094"), "would fire at 2094-01-01T00:00:00Z, in ",
             ["  2094-01-01T00:00:00Z"]),
        ]
        # Nothing listens there.
        for flag in ("-n", "--dry-run"):
            for options, sentence, fire_times in rows:
                with self.subTest(flag=flag, options=options):
                    stdout, stderr = self.expect(OK, "add", flag, *options, "-d", "x", URL,
                                                 "-s", "http://127.0.0.1:1")
                    self.assertEqual(stdout, "")
                    first, *rest = stderr.splitlines()
                    self.assertIn(sentence, first)
                    self.assertEqual(rest, fire_times)

    def test_a_dry_run_of_add_refuses_as_the_daemon_does(self):
        rows = [
            (USAGE, ("add", "-n", URL), "--at"),
            (USAGE, ("add", "-n", "--in", "soon", URL), "soon"),
            (INVALID, ("add", "-n", "--at", "2011-05-11T15:30:00Z", URL), "when"),
            (INVALID, ("add", "-n", "--in", "1h", "example.com"), "http://"),
            (INVALID, ("add", "-n", "--in", "1h", "-d", "x" * 2049, URL), "2048"),
            (INVALID, ("add", "-n", "--in", "1h", "--content-type", "x", URL), "contentType"),
            (INVALID, ("add", "-n", "--cron", "0 0/5 * * * ?", URL), "10"),
            (INVALID, ("add", "-n", "--cron", "* * * * *", URL), "field"),
        ]
        for code, arguments, word in rows:
            with self.subTest(arguments):
                stdout, stderr = self.expect(code, *arguments)
                self.assertEqual(stdout, "")
                self.assertIn(word, stderr)
                self.assertNotIn("would fire", stderr)

    def test_usage(self):
        rows = [
            ((), "add"),
            (("lst",), "list"),
            (("list", "--servr", "x"), "--server"),
            (("list", "extra"), "extra"),
            (("list", "-s", "ftp://x"), "ftp://x"),
            (("list", "-o", "yaml"), "json"),
            (("next",), "EXPR"),
            (("next", "0 15 10 ? * *", "-n", "0"), "-n"),
        ]
        for arguments, word in rows:
            with self.subTest(arguments):
                stdout, stderr = self.expect(USAGE, *arguments)
                self.assertEqual(stdout, "")
                self.assertIn(word, stderr)

    def test_help_and_version(self):
        commands = ("serve", "add", "list", "get", "rm", "update", "next", "account", "secret",
                    "listen", "version")
        stdout, _ = self.expect(OK, "--help")
        for command in commands:
            self.assertIn(command, stdout)
            with self.subTest(command):
                stdout_of_command, _ = self.expect(OK, command, "--help")
                self.assertIn("jobsched " + command, stdout_of_command)
        self.assertRegex(self.expect(OK, "--version")[0], r"^jobsched \d+\.\d+\.\d+\n$")

    def test_version_names_all_that_is_linked(self):
        dynamic = subprocess.run(["readelf", "-dW", shutil.which(JOBSCHED)], check=True,
                                 capture_output=True, text=True).stdout
        key_of = {"libc": "glibc", "libm": "glibc", "libgcc_s": "compiler", "libstdc++": "compiler",
                  "libcrypto": "openssl", "libssl": "openssl", "libsqlite3": "sqlite",
                  "libcurl": "libcurl", "libexpat": "expat", "libspdlog": "spdlog",
                  "libfmt": "fmt", "libyaml-cpp": "yaml-cpp", "libjemalloc": "jemalloc"}
        sanitizers = ("libasan", "libubsan", "libtsan")
        versions = json.loads(self.expect(OK, "version", "-o", "json")[0])
        for library in re.findall(r"\(NEEDED\).*\[(.+?)\.so", dynamic):
            with self.subTest(library):
                if library not in sanitizers:
                    self.assertRegex(versions[key_of[library]], r"\d+\.\d+")
        for key in ("jobsched", "sqlitecpp", "cli11", "nlohmann_json", "rapidjson", "tl-expected"):
            with self.subTest(key):
                self.assertRegex(versions[key], r"^\d+\.\d+\.\d+$")
        self.assertEqual(self.expect(OK, "version")[0].count("\n"), len(versions))

    def test_a_reader_that_goes_away_ends_it_quietly(self):
        process = subprocess.Popen([JOBSCHED, "next", "* * * * * ?", "-n", "1000000"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=clean_environment("/nonexistent"))
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(support.DEADLINE), -signal.SIGPIPE)
        stderr = process.stderr.read().decode()
        process.stderr.close()
        self.assertNotIn("error", stderr)

    def test_a_full_disk(self):
        with open("/dev/full", "wb") as full:
            ended = subprocess.run([JOBSCHED, "next", "0 15 10 ? * *"], stdout=full,
                                   stderr=subprocess.PIPE, timeout=60,
                                   env=clean_environment("/nonexistent"))
        self.assertEqual(ended.returncode, ERROR)
        self.assertIn("No space left", ended.stderr.decode())


if __name__ == "__main__":
    support.main()
