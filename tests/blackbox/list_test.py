"""`jobsched list`: the table, the filters, and what goes into a pipe."""

import json
import re
import signal
import subprocess
import xml.etree.ElementTree as xml

import support
from support import JOBSCHED, CommandTest, await_true
from terminal import OnATerminal

URL = "http://127.0.0.1:9/hook"
WHEN = "2094-05-11T15:30:00Z"
HEADER = ["ID", "NAME", "NEXT", "OUTCOME", "TARGET"]
USAGE, UNREACHABLE = 2, 7


class List(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accepts, cls.refuses = support.Endpoint(200), support.Endpoint(410)
        cls.addClassCleanup(cls.accepts.close)
        cls.addClassCleanup(cls.refuses.close)

        def add(*arguments):
            return cls.daemon.run("add", *arguments).stdout.decode().strip()

        cls.plain = add("--at", WHEN, URL)
        cls.well = add("--at", WHEN, "--name", "nightly-well", cls.accepts.url)
        cls.ill = add("--cron", "0 0 2 1 1 ? 2094", "--name", "nightly-ill", cls.refuses.url)
        cls.paused = add("--at", WHEN, "--name", "tea time", URL)
        cls.all = [cls.plain, cls.well, cls.ill, cls.paused]
        cls.daemon.run("pause", cls.paused)
        cls.daemon.run("fire", cls.well, cls.ill)
        await_true(lambda: [row[3] for row in cls.table()] == ["-", "accepted", "exhausted", "-"],
                   "the ends of the deliveries")

    @classmethod
    def table(cls, *arguments):
        lines = cls.daemon.run("list", "-l", *arguments).stdout.decode().splitlines()
        return [line.split("\t") for line in lines[1:]]

    def test_the_table_in_a_pipe(self):
        lines = [line.split("\t") for line in self.ok("list", "-l").splitlines()]
        self.assertEqual(lines, [
            HEADER,
            [self.plain, "-", WHEN, "-", URL],
            [self.well, "nightly-well", WHEN, "accepted", self.accepts.url],
            [self.ill, "nightly-ill", "2094-01-01T02:00:00Z", "exhausted", self.refuses.url],
            [self.paused, "tea time", "paused", "-", URL]])

    def test_the_table_on_a_terminal(self):
        merged = ["ID", "NAME OR TARGET", "NEXT", "OUTCOME"]
        for columns, header in ((80, merged), (100, HEADER), (200, HEADER)):
            with self.subTest(columns):
                shown = OnATerminal(self.daemon, columns, "list", "--long")
                self.assertEqual((shown.end(), shown.stderr), (0, ""))
                self.assertEqual(re.split("  +", shown.lines[0]), header)
                self.assertEqual([line[:36] for line in shown.lines[1:]], self.all)
                self.assertTrue(all(len(line) <= columns for line in shown.lines), shown.lines)
                place = shown.lines[0].index("OUTCOME")
                self.assertEqual([line[place:place + 9].strip() for line in shown.lines[1:]],
                                 ["-", "accepted", "exhausted", "-"])
                place = shown.lines[0].index("NEXT")
                self.assertRegex(shown.lines[1][place:], r"^\d+y")
                self.assertIn("nightly-well", shown.lines[2])
                self.assertIn(URL.removeprefix("http://"), shown.lines[1])
        self.assertNotIn("\x1b", "".join(shown.lines))

    def test_filters(self):
        rows = [
            (("--name", "nightly-*"), [self.well, self.ill]),
            (("--name", "nightly-?ell"), [self.well]),
            (("--name", "[!n]*"), [self.paused]),
            (("--name=tea time",), [self.paused]),
            (("--name", "*"), [self.well, self.ill, self.paused]),
            (("--name", "NIGHTLY*"), []),
            (("--state", "paused"), [self.paused]),
            (("--state", "active"), [self.plain, self.well, self.ill]),
            (("--state", "accepted"), [self.well]),
            (("--state", "exhausted", "--name", "n*"), [self.ill]),
            (("--state", "waiting"), []),
        ]
        for arguments, ids in rows:
            with self.subTest(arguments):
                self.assertEqual(self.ok("list", *arguments).splitlines(), ids)
                self.assertEqual(json.loads(self.ok("list", *arguments, "-o", "json")), ids)
                root = xml.fromstring(self.ok("list", *arguments, "-o", "xml"))
                self.assertEqual([one.text for one in root], ids)
                self.assertEqual([row[0] for row in self.table(*arguments)], ids)

    def test_an_empty_table_is_its_header_and_an_empty_array_is_one(self):
        self.assertEqual(self.ok("list", "-l", "--name", "none").splitlines(), ["\t".join(HEADER)])
        self.assertEqual(self.ok("list", "-l", "--name", "none", "-o", "json"), "[]\n")
        self.assertEqual(self.ok("list", "--name", "none"), "")

    def test_documents(self):
        jobs = json.loads(self.ok("list", "-l", "-o", "json"))
        for job in jobs:
            last = job.pop("lastDelivery", None)
            self.assertEqual(job, self.job(job["id"]))
            if last:
                self.assertTrue(last["id"].startswith(job["id"]))
        root = xml.fromstring(self.ok("list", "-l", "-o", "xml"))
        self.assertEqual([job.find("id").text for job in root], self.all)
        self.assertEqual(root[2].find("lastDelivery/state").text, "exhausted")

    def test_refusals(self):
        rows = [
            (("--state", "puased"), 'did you mean "paused"?'),
            (("--state", "x"), "the states are active, paused,"),
            (("--state", "x", "--state", "y"), "only once"),
            (("--name", ""), "nightly-*"),
            (("--name", b"\xff"), "UTF-8"),
            (("--nmae", "x"), "--name"),
        ]
        for arguments, word in rows:
            with self.subTest(arguments):
                self.assertIn(word, self.fails(USAGE, "list", *arguments))
        self.fails(UNREACHABLE, "list", "-l", "-s", "http://127.0.0.1:1")


class ManyJobs(CommandTest):
    def setUp(self):
        self.ok("rm", "-", input=self.ok("list").encode())

    def test_pages_become_one_list_and_the_pipe_to_rm_works(self):
        documents = [{"url": URL, "when": WHEN, "name": f"nightly-{i}"} if i % 2 else
                     {"url": URL, "when": WHEN} for i in range(2_501)]
        ids = self.ok("add", "-f", "-", input=json.dumps(documents).encode()).splitlines()
        named = ids[1::2]
        self.assertEqual([line.split("\t")[0] for line in self.ok("list", "-l").splitlines()[1:]],
                         ids)
        self.assertEqual([job["id"] for job in json.loads(self.ok("list", "-lo", "json"))], ids)
        self.assertEqual(json.loads(self.ok("list", "--name", "n*", "-o", "json")), named)

        environment = {**self.daemon.environment, "J": JOBSCHED,
                       "JOBSCHED_SERVER": self.daemon.server}
        head = subprocess.run(["sh", "-c", '"$J" list -l | head -1'], env=environment,
                              capture_output=True, timeout=60)
        self.assertEqual((head.stdout.split(), head.stderr),
                         ([word.encode() for word in HEADER], b""))
        pipe = subprocess.run(["sh", "-c", "\"$J\" list --name 'nightly-*' | \"$J\" rm -"],
                              env=environment, capture_output=True, timeout=60)
        self.assertEqual((pipe.returncode, pipe.stderr), (0, b""))
        self.assertEqual(self.daemon.ids(), ids[0::2])

    def test_a_reader_that_goes_away_ends_it_quietly(self):
        documents = [{"url": URL, "when": WHEN, "data": "x" * 2000} for _ in range(2_000)]
        self.ok("add", "-f", "-", input=json.dumps(documents).encode())
        process = subprocess.Popen(
            [JOBSCHED, "list", "-l", "-o", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**self.daemon.environment, "JOBSCHED_SERVER": self.daemon.server})
        process.stdout.read(10)
        process.stdout.close()
        self.assertEqual(process.wait(support.DEADLINE), -signal.SIGPIPE)
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()


if __name__ == "__main__":
    support.main()
