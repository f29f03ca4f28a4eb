"""Jobs that follow a time zone, and a daemon whose time zone data changes while it runs."""

import json
import os
import pathlib
import shutil
import signal
import tempfile
import unittest

from support import Daemon, await_true, main

SYSTEM = pathlib.Path("/usr/share/zoneinfo")
NINE = "0 0 9 1 7 ?"  # on a summer's day


class Timezones(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.zoneinfo = pathlib.Path(folder.name) / "zoneinfo"
        self.install("Europe/Berlin", "Europe/Berlin")
        self.install("Europe/London", "Europe/London")
        self.daemon = Daemon(folder.name, TZDIR=str(self.zoneinfo)).start()
        self.addCleanup(lambda: self.daemon.process and self.daemon.kill())

    def install(self, name, rules):
        """Puts rules in place as package managers do."""
        path = self.zoneinfo / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SYSTEM / rules, f"{path}.new")
        os.rename(f"{path}.new", path)

    def create(self, **fields):
        answer = self.daemon.post_json({"url": "http://a.test/", **fields})
        self.assertEqual(answer.status, 201, answer.text)
        return answer.headers["Location"]

    def job(self, location):
        return self.daemon.get(location).json

    def await_next(self, location, time):
        await_true(lambda: self.job(location).get("next", "").endswith(time),
                   f"the next fire time at {time}")

    def test_a_schedule_is_read_on_the_clock_of_its_zone(self):
        location = self.create(cron=NINE, timezone="Europe/Berlin")
        job = self.job(location)
        self.assertEqual(job["timezone"], "Europe/Berlin")
        self.assertTrue(job["next"].endswith("-07-01T07:00:00Z"), job)
        xml = self.daemon.get(location, Accept="text/xml").text
        self.assertIn("<timezone>Europe/Berlin</timezone>", xml)

        document = "<job><url>http://a.test/</url><when>2094-07-01T09:00</when>" \
                   "<timezone>Europe/Berlin</timezone></job>"
        answer = self.daemon.request("POST", "/1/jobs", document, Content_Type="text/xml",
                                     Accept="application/json")
        self.assertEqual(answer.json["when"], "2094-07-01T07:00:00Z")

    def test_what_cannot_be_read_is_refused_by_name(self):
        for fields, field in (
                ({"cron": NINE, "timezone": "Europe/Brelin"}, "timezone"),
                ({"cron": NINE, "timezone": "../../../etc/passwd"}, "timezone"),
                ({"cron": NINE, "timezone": ""}, "timezone"),
                ({"cron": NINE, "timezone": 1}, "timezone"),
                ({"when": "2027-03-28T02:30", "timezone": "Europe/Berlin"}, "when"),
                ({"when": "2094-07-01T09:00"}, "when"),
                ({"cron": NINE, "paused": "yes"}, "paused")):
            with self.subTest(fields):
                answer = self.daemon.post_json({"url": "http://a.test/", **fields},
                                               Accept="application/json")
                self.assertEqual(answer.status, 422, answer.text)
                self.assertEqual(answer.json["field"], field)
        self.assertEqual(self.daemon.get("/1/jobs").text, "")

    def test_changed_rules_move_the_jobs_of_the_zone(self):
        berlin = [self.create(cron=NINE, timezone="Europe/Berlin") for _ in range(3)]
        london = self.create(cron=NINE, timezone="Europe/London")
        utc = self.create(cron=NINE)
        before = self.job(london)["next"], self.job(utc)["next"]
        self.install("Europe/Berlin", "America/New_York")
        for location in berlin:
            self.await_next(location, "T13:00:00Z")
        self.assertEqual((self.job(london)["next"], self.job(utc)["next"]), before)
        log = self.daemon.log.read_text()
        self.assertIn('msg="time zone changed" zone=Europe/Berlin moved=3', log)

    def test_rules_that_changed_while_the_daemon_was_down(self):
        location = self.create(cron=NINE, timezone="Europe/Berlin")
        self.daemon.stop()
        self.install("Europe/Berlin", "America/New_York")
        self.daemon.start()
        self.await_next(location, "T13:00:00Z")

    def test_a_hangup_looks_at_once(self):
        location = self.create(cron=NINE, timezone="Europe/Berlin")
        self.install("Europe/Berlin", "America/New_York")
        self.daemon.process.send_signal(signal.SIGHUP)
        self.await_next(location, "T13:00:00Z")

    def test_a_zone_that_goes_missing_pauses_its_jobs_until_it_is_back(self):
        location = self.create(cron=NINE, timezone="Europe/Berlin")
        next_fire_time = self.job(location)["next"]
        os.remove(self.zoneinfo / "Europe/Berlin")
        await_true(lambda: self.job(location).get("paused"), "the pause")
        job = self.job(location)
        self.assertNotIn("next", job)
        self.assertIn("Europe/Berlin", job["pauseReason"])
        self.assertIn('msg="time zone missing" zone=Europe/Berlin', self.daemon.log.read_text())
        self.assertIn("<paused>true</paused>", self.daemon.get(location, Accept="text/xml").text)

        self.daemon.kill()
        self.daemon.start()
        self.assertTrue(self.job(location)["paused"])
        # Sent back as it is, it is refused for what is wrong with it.
        refused = self.daemon.request("PUT", location, json.dumps(job),
                                      Content_Type="application/json")
        self.assertEqual(refused.status, 422, refused.text)
        self.assertIn("Europe/Berlin", refused.text)

        self.install("Europe/Berlin", "Europe/Berlin")
        await_true(lambda: not self.job(location).get("paused"), "the resumption")
        job = self.job(location)
        self.assertEqual(job["next"], next_fire_time)
        self.assertNotIn("pauseReason", job)

    def test_another_zone_ends_the_pause(self):
        location = self.create(cron=NINE, timezone="Europe/Berlin")
        os.remove(self.zoneinfo / "Europe/Berlin")
        await_true(lambda: self.job(location).get("paused"), "the pause")
        updated = self.client("update", location.rsplit("/", 1)[1], "--tz", "Europe/London")
        self.assertEqual(updated.returncode, 0, updated.stderr)
        job = self.job(location)
        self.assertNotIn("paused", job)
        self.assertEqual(job["timezone"], "Europe/London")

    def client(self, *arguments):
        return self.daemon.run(*arguments)

    def test_the_command_line(self):
        added = self.client("add", "--cron", NINE, "--tz", "Europe/Berlin", "http://a.test/")
        self.assertEqual(added.returncode, 0, added.stderr)
        location = "/1/jobs/" + added.stdout.decode().strip()
        self.assertTrue(self.job(location)["next"].endswith("T07:00:00Z"))

        once = self.client("add", "--at", "2094-07-01 09:00", "--tz", "Europe/Berlin",
                           "http://a.test/")
        job = self.job("/1/jobs/" + once.stdout.decode().strip())
        self.assertEqual(job["when"], "2094-07-01T07:00:00Z")
        self.assertNotIn("timezone", job)

        changed = self.client("update", location.rsplit("/", 1)[1], "--tz", "")
        self.assertEqual(changed.returncode, 0, changed.stderr)
        self.assertNotIn("timezone", self.job(location))

        foretold = self.client("add", "-n", "--cron", NINE, "--tz", "Europe/Berlin",
                               "http://a.test/")
        self.assertIn("at 09:00 on day 1 of July, Europe/Berlin", foretold.stderr.decode())

        for arguments, code, words in (
                (("--cron", NINE, "--tz", "Europe/Brelin"), 6, "Europe/Berlin"),
                (("--at", "2027-03-28 02:30", "--tz", "Europe/Berlin"), 2,
                 "2027-03-28T03:30:00+02:00"),
                (("--in", "5m", "--tz", "Europe/Berlin"), 2, "--tz")):
            with self.subTest(arguments):
                refused = self.client("add", *arguments, "http://a.test/")
                self.assertEqual(refused.returncode, code, refused.stderr)
                self.assertIn(words, refused.stderr.decode())


if __name__ == "__main__":
    main()
