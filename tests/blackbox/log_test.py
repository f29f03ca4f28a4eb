"""The attempt log and the actions on jobs, on the command line, against a real daemon."""

import json
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml

import support
from support import JOBSCHED, CommandTest, Daemon, Endpoint, await_true, from_now, instant

HOURLY = ("--cron", "0 0 * * * ?")
FAR = ("--at", "2094-05-11T15:30:00Z")
NOWHERE = "http://127.0.0.1:9/hook"
UNKNOWN = "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af"

OK, USAGE, NOT_FOUND, CONFLICT, UNREACHABLE, DELIVERY_FAILED = 0, 2, 3, 5, 7, 8

# Failed deliveries have one further attempt, soon.
SETTINGS = "limits: {min_interval: 1s}\ndelivery: {backoff: [1s]}\n"


def no_retry(status):
    """An answer after which no further attempt is to come."""
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Jobsched-No-Retry", "1")
        handler.send_header("Content-Length", "4")
        handler.end_headers()
        handler.wfile.write(b"busy")
    return answer


def much_later(handler):
    """An answer after which the next attempt is in an hour."""
    handler.send_response(503)
    handler.send_header("Retry-After", "3600")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


class LogTest(CommandTest):
    settings = SETTINGS

    def state(self, delivery):
        return self.daemon.get(f"/1/deliveries/{delivery}").json["state"]

    def await_state(self, delivery, state):
        await_true(lambda: self.state(delivery) == state, f"{delivery} is {state}")

    def fire(self, endpoint):
        """Adds a job that would fire much later, and fires it now: its id and the delivery's."""
        job = self.add(*FAR, endpoint.url)
        return job, self.ok("fire", job).strip()

    def delivered(self, *answers, state="accepted"):
        """A delivery that has ended: the ids of its job and its own."""
        job, delivery = self.fire(self.endpoint(*answers))
        self.await_state(delivery, state)
        return job, delivery

    def begin(self, *arguments):
        running = self.daemon.begin(*arguments)
        self.addCleanup(running.kill)
        return running


class Log(LogTest):
    def test_a_line_for_each_attempt_the_latest_last(self):
        job, delivery = self.delivered(503, 204)
        fire_time = self.daemon.get(f"/1/deliveries/{delivery}").json["fireTime"]
        lines = self.ok("log", job).splitlines()
        first, second = (line.split("\t") for line in lines)
        self.assertEqual([len(first), len(second)], [8, 8])
        self.assertEqual(first[1:5], [delivery, fire_time, "1", "503"])
        self.assertEqual(first[6], "-")
        self.assertIn("503", first[7])
        self.assertEqual(second[1:5], [delivery, fire_time, "2", "204"])
        self.assertEqual(second[6:], ["accepted", "-"])
        self.assertRegex(second[5], r"^\d+(\.\ds|ms)$")
        self.assertLess(instant(first[0]), instant(second[0]))
        self.assertEqual(self.ok("log", delivery).splitlines(), lines)
        self.assertEqual(self.ok("log", "-", input=f"{delivery}\n".encode()).splitlines(), lines)
        self.assertEqual([line for line in self.ok("log", "-n", "1000").splitlines()
                          if delivery in line], lines)

    def test_what_no_attempt_brought_about_is_a_line_too(self):
        job, delivery = self.fire(self.endpoint(much_later))
        await_true(lambda: "next at" in self.ok("log", job), "the first attempt has failed")
        self.ok("rm", job)
        self.await_state(delivery, "cancelled")
        last = self.ok("log", job).splitlines()[-1].split("\t")
        self.assertEqual(last[1], delivery)
        self.assertEqual(last[3:7], ["-", "-", "-", "cancelled"])

    def test_documents_are_strict_and_say_the_same(self):
        job, delivery = self.delivered(no_retry(503), state="exhausted")
        listed = json.loads(self.ok("log", job, "-o", "json"))
        self.assertEqual(listed, self.daemon.get(f"/1/jobs/{job}/deliveries").json)
        document = listed[0]
        self.assertEqual(list(document), ["id", "job", "account", "fireTime", "state", "ended",
                                          "reason", "attempts"])
        self.assertEqual((document["id"], document["job"]), (delivery, job))
        attempt = document["attempts"][0]
        self.assertEqual(list(attempt), ["number", "started", "result", "status", "error", "timings",
                                         "response"])
        self.assertEqual((attempt["number"], attempt["result"], attempt["status"],
                          attempt["response"]), (1, "status", 503, "busy"))
        self.assertGreater(attempt["timings"]["total"], 0)
        root = xml.fromstring(self.ok("log", job, "-o", "xml"))
        self.assertEqual(root.tag, "deliveries")
        self.assertEqual(root.findtext("delivery/id"), delivery)
        self.assertEqual(root.findtext("delivery/attempts/attempt/status"), "503")
        self.assertEqual(self.ok("log", "--since", "0s", "--state", "skipped", "-o", "json"), "[]\n")
        self.assertEqual(self.ok("log", self.add(*FAR, NOWHERE)), "")

    def test_filters(self):
        job, accepted = self.delivered(200)
        _, exhausted = self.delivered(no_retry(500), state="exhausted")

        def ids(*arguments):
            return [document["id"] for document in
                    json.loads(self.ok("log", *arguments, "-o", "json"))]

        self.assertIn(accepted, ids("--state", "accepted"))
        self.assertNotIn(exhausted, ids("--state", "accepted"))
        self.assertIn(exhausted, ids("--state", "exhausted", "--since", "1h"))
        self.assertEqual(ids(job, "--state", "exhausted"), [])
        self.assertEqual(ids("-n", "2"), [accepted, exhausted])
        self.assertEqual(ids("-n", "1"), [exhausted])
        self.assertEqual(ids(job, exhausted, "-n", "1"), [accepted, exhausted])
        soon = self.daemon.get(f"/1/deliveries/{exhausted}").json["ended"]
        self.assertEqual(ids("--since", soon)[-1], exhausted)
        self.assertNotIn(accepted, ids("--since", "0s"))

    def test_what_the_log_does_not_have(self):
        for arguments, words in (((UNKNOWN,), UNKNOWN), ((f"{UNKNOWN}_1",), f"{UNKNOWN}_1"),
                                 (("x",), "neither"), (("-f", UNKNOWN), UNKNOWN),
                                 (("-f", "x"), "neither")):
            with self.subTest(arguments):
                self.assertIn(words, self.fails(NOT_FOUND, "log", *arguments))
        # … keeps it from nothing else
        job, delivery = self.delivered(200)
        ended = self.daemon.run("log", UNKNOWN, job)
        self.assertEqual(ended.returncode, NOT_FOUND)
        self.assertIn(delivery, ended.stdout.decode())

    def test_mistakes_are_named(self):
        rows = [
            (("log", "--state", "exausted"), '"exhausted"'),
            (("log", "--state", "x"), "inFlight"),
            (("log", "--since", "soon"), "90s"),
            (("log", "--since", "tomorrow 9:00"), "still to come"),
            (("log", "-n", "0"), "1"),
            (("log", "-n", "many"), "many"),
            (("log", "--folow"), "--follow"),
            (("log", "-f", "-o", "xml"), "json"),
            (("log", "-f", UNKNOWN, UNKNOWN), "one"),
            (("log", "-f", "-"), "one"),
            (("retry",), "DELIVERY"),
            (("fire",), "ID"),
            (("pause",), "ID"),
            (("resume",), "ID"),
            (("fire", "-o", "json", UNKNOWN), "--output"),
            (("resme", UNKNOWN), "resume"),
            (("add", "--wait", "-f", "x"), "--file"),
            (("add", "--wait", "-n", "--in", "1m", NOWHERE), "--wait"),
        ]
        for arguments, words in rows:
            with self.subTest(arguments):
                self.assertIn(words, self.fails(USAGE, *arguments))
        for command in ("log", "retry", "fire", "pause", "resume"):
            with self.subTest(command):
                self.assertIn("Example", self.ok(command, "--help"))
                arguments = () if command == "log" else (UNKNOWN,)
                if command == "retry":
                    arguments = (f"{UNKNOWN}_1",)
                self.fails(UNREACHABLE, command, *arguments, "-s", "http://127.0.0.1:9")


class Actions(LogTest):
    def test_fire_calls_back_now_and_leaves_the_schedule_as_it_is(self):
        endpoint = self.endpoint()
        job, delivery = self.fire(endpoint)
        self.assertEqual(endpoint.next().headers["webhook-id"], delivery)
        self.await_state(delivery, "accepted")
        self.assertEqual(self.job(job)["when"], FAR[1])
        second = self.ok("fire", "-", input=job.encode()).strip()
        self.assertNotEqual(second, delivery)
        self.assertEqual(endpoint.next().headers["webhook-id"], second)

    def test_a_job_has_one_delivery_at_a_time(self):
        job, delivery = self.fire(self.endpoint(much_later))
        self.assertIn(delivery, self.fails(CONFLICT, "fire", job))

    def test_fire_does_all_it_can_and_exits_with_the_worst(self):
        endpoint = self.endpoint()
        job = self.add(*FAR, endpoint.url)
        ended = self.daemon.run("fire", UNKNOWN, "x", job)
        self.assertEqual(ended.returncode, NOT_FOUND)
        self.assertEqual(len(ended.stderr.splitlines()), 2, ended.stderr)
        self.assertEqual(endpoint.next().headers["webhook-id"], ended.stdout.decode().strip())

    def test_retry_sends_an_exhausted_delivery_again(self):
        endpoint = self.endpoint(no_retry(503), no_retry(503), 200)
        job, delivery = self.fire(endpoint)
        endpoint.next()
        self.await_state(delivery, "exhausted")
        self.assertEqual(self.ok("retry", delivery), "")
        callback = endpoint.next()
        self.assertEqual(callback.headers["webhook-id"], delivery)
        self.assertEqual(callback.headers["Jobsched-Attempt"], "2")
        self.await_state(delivery, "exhausted")
        # as the manual says, without jq
        listed = json.loads(self.ok("log", job, "--state", "exhausted", "-o", "json"))
        ids = "\n".join(document["id"] for document in listed)
        self.ok("retry", "-", input=ids.encode())
        self.await_state(delivery, "accepted")
        self.assertEqual(len(self.ok("log", delivery).splitlines()), 3)
        self.assertIn(delivery, self.fails(CONFLICT, "retry", delivery))

    def test_what_retry_refuses(self):
        job = self.add(*FAR, NOWHERE)
        message = self.fails(NOT_FOUND, "retry", job, "x", f"{UNKNOWN}_1")
        for words in (f"jobsched log {job}", '"x"', f"{UNKNOWN}_1"):
            self.assertIn(words, message)

    def test_a_paused_job_does_not_fire_until_it_is_resumed(self):
        endpoint = self.endpoint()
        job = self.add(*FAR, endpoint.url)
        self.assertEqual(self.ok("pause", job), "")
        self.ok("update", job, "--in", "2s")
        self.assertTrue(self.job(job)["paused"])
        when = instant(self.job(job)["when"])
        self.add("--in", "2s", "--wait", self.endpoint().url)
        self.assertGreater(instant(from_now(0)), when)
        self.assertTrue(endpoint.callbacks.empty())
        self.assertEqual(self.ok("resume", job), "")
        self.assertEqual(endpoint.next().headers["Jobsched-Job-Id"], job)

    def test_pause_and_resume_take_ids_from_standard_input(self):
        jobs = [self.add(*HOURLY, NOWHERE) for _ in range(2)]
        self.ok("pause", "-", input="\n".join(jobs).encode())
        self.assertTrue(all(self.job(job)["paused"] for job in jobs))
        ended = self.daemon.run("resume", "-", input=f"{UNKNOWN} {','.join(jobs)}".encode())
        self.assertEqual(ended.returncode, NOT_FOUND)
        self.assertIn(UNKNOWN, ended.stderr.decode())
        self.assertFalse(any("paused" in self.job(job) for job in jobs))
        self.assertEqual(self.ok("resume", *jobs), "")  # stays as it is
        for command in ("pause", "resume"):
            self.fails(NOT_FOUND, command, UNKNOWN)

    def test_a_paused_job_can_be_fired(self):
        endpoint = self.endpoint()
        job = self.add(*HOURLY, endpoint.url)
        self.ok("pause", job)
        delivery = self.ok("fire", job).strip()
        self.assertEqual(endpoint.next().headers["webhook-id"], delivery)
        self.assertTrue(self.job(job)["paused"])


class Wait(LogTest):
    def test_wait_ends_with_the_first_delivery(self):
        waiting = self.begin("add", "--in", "1s", "--wait", self.endpoint(503, 200).url)
        job = waiting.line().strip()
        self.assertIn(job, waiting.message())
        self.assertIn("attempt 1: 503", waiting.message())
        self.assertRegex(waiting.message(), r"attempt 2: 200 after .*, accepted")
        self.assertEqual(waiting.end(), (OK, "", ""))

    def test_a_delivery_that_fails_exits_with_8(self):
        waiting = self.begin("add", "--in", "1s", "--wait", self.endpoint(no_retry(500)).url)
        code, _, messages = waiting.end()
        self.assertEqual(code, DELIVERY_FAILED)
        self.assertIn("exhausted", messages.splitlines()[-1])

    def test_a_job_that_is_deleted_while_it_is_waited_for(self):
        waiting = self.begin("add", "--in", "2s", "--wait", NOWHERE)
        job = waiting.line().strip()
        self.ok("rm", job)
        code, _, messages = waiting.end()
        self.assertEqual(code, DELIVERY_FAILED)
        self.assertIn("deleted", messages)

    def test_an_interrupted_wait_leaves_the_job(self):
        waiting = self.begin("add", "--in", "1h", "--wait", NOWHERE)
        job = waiting.line().strip()
        self.assertIn(job, waiting.message())
        waiting.interrupt()
        code, _, messages = waiting.end()
        self.assertEqual(code, -2)  # by SIGINT: 130 to a shell
        self.assertIn(f"job {job} stays", messages)
        self.assertIn("when", self.job(job))


class Follow(LogTest):
    def columns(self, running):
        return running.line().split("\t")

    def test_each_attempt_is_printed_once_as_it_happens(self):
        _, before = self.delivered(200)
        following = self.begin("log", "-f", "-n", "1")
        self.assertEqual(self.columns(following)[1], before)
        job, delivery = self.fire(self.endpoint(503, 200))
        for number, result in (("1", "503"), ("2", "200")):
            self.assertEqual(self.columns(following)[1:5:2], [delivery, number], result)
        _, other = self.delivered(204)
        self.assertEqual(self.columns(following)[1], other)
        following.interrupt()
        self.assertEqual(following.end(), (-2, "", ""))
        self.assertIn(delivery, self.ok("log", job))

    def test_without_a_reader_it_ends_quietly(self):
        _, delivery = self.delivered(200)
        environment = {**self.daemon.environment, "JOBSCHED_SERVER": self.daemon.server}
        ended = subprocess.run(["sh", "-c", '"$0" log -f -n 1 | head -n 1', JOBSCHED],
                               capture_output=True, env=environment, timeout=support.DEADLINE)
        self.assertIn(delivery, ended.stdout.decode())
        self.assertEqual(ended.stderr, b"")

    def test_json_lines_have_the_attempts_that_are_new(self):
        following = self.begin("log", "-f", "-n", "0", "-o", "json")
        _, delivery = self.fire(self.endpoint(503, 200))
        told = []
        while not told or told[-1]["state"] != "accepted":
            document = json.loads(following.line())
            self.assertEqual(document["id"], delivery)
            told.append(document)
        numbers = [attempt["number"] for document in told for attempt in document["attempts"]]
        self.assertEqual(numbers, [1, 2])

    def test_more_at_once_than_a_page_is_told_once(self):
        following = self.begin("log", "-f", "-n", "0")
        job = {"url": self.endpoint(200).url, "when": from_now(3)}
        jobs = self.ok("add", "-f", "-", input=json.dumps([job] * 250).encode()).split()
        told = [self.columns(following)[1][:36] for _ in jobs]
        self.assertEqual(sorted(told), jobs)
        self.delivered(200)
        self.columns(following)
        following.interrupt()
        self.assertEqual(following.end(), (-2, "", ""))

    def test_following_one_delivery_ends_with_it(self):
        _, delivery = self.fire(self.endpoint(503, 200))
        following = self.begin("log", "-f", delivery)
        code, lines, _ = following.end()
        self.assertEqual(code, OK)
        self.assertEqual(lines.splitlines()[-1].split("\t")[3:5], ["2", "200"])

    def test_following_one_job_leaves_the_others_out(self):
        job, delivery = self.delivered(200)
        following = self.begin("log", "-f", job)
        self.assertEqual(self.columns(following)[1], delivery)
        self.delivered(200)
        again = self.ok("fire", job).strip()
        self.assertEqual(self.columns(following)[1], again)


class Restart(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.endpoint = Endpoint(200)
        self.addCleanup(self.endpoint.close)
        self.daemon = Daemon(folder.name, SETTINGS).start()
        self.addCleanup(lambda: self.daemon.stop())

    def restart(self, running):
        self.daemon.kill()
        self.assertIn("trying again", running.message())
        self.daemon.listen = f"127.0.0.1:{self.daemon.port}"
        self.daemon.start()
        self.assertIn("answers again", running.message())

    def begin(self, *arguments):
        running = self.daemon.begin(*arguments)
        self.addCleanup(running.kill)
        return running

    def fire(self, job):
        fired = self.daemon.run("fire", job)
        self.assertEqual(fired.returncode, OK, fired.stderr)
        return fired.stdout.decode().strip()

    def test_log_f_goes_on_after_a_restart_of_the_daemon(self):
        job = self.daemon.run("add", *FAR, self.endpoint.url).stdout.decode().strip()
        following = self.begin("log", "-f")
        first = self.fire(job)
        self.assertEqual(following.line().split("\t")[1], first)
        self.restart(following)
        second = self.fire(job)
        self.assertEqual(following.line().split("\t")[1], second)

    def test_wait_goes_on_after_a_restart_of_the_daemon(self):
        waiting = self.begin("add", "--in", "3s", "--wait", self.endpoint.url)
        waiting.line()
        waiting.message()
        self.daemon.kill()
        self.assertIn("trying again", waiting.message())
        self.daemon.listen = f"127.0.0.1:{self.daemon.port}"
        self.daemon.start()
        self.assertIn("answers again", waiting.message())
        self.assertIn("accepted", waiting.message())
        self.assertEqual(waiting.end()[0], OK)


if __name__ == "__main__":
    support.main()
