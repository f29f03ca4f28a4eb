"""The command line among others: in pipelines, with outputs that fail, interrupted."""

import json
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

import support
from support import JOBSCHED, CommandTest, clean_environment, run
from terminal import CTRL_C, OnATerminal, screen_of

URL = "http://127.0.0.1:9/hook"
WHEN = "2094-05-11T15:30:00Z"
UNKNOWN = "03ba07bc-0c8b-4a82-9a47-c65e7a8d24af"
OK, ERROR, USAGE, NOT_FOUND, INVALID, UNREACHABLE = 0, 1, 2, 3, 6, 7
INTERRUPTED, PIPE = 128 + signal.SIGINT, 128 + signal.SIGPIPE


def documents(count, **fields):
    return "".join(json.dumps({"url": URL, "when": WHEN, "data": str(n), **fields}) + "\n"
                   for n in range(count))


class PipelineTest(CommandTest):
    settings = "delivery: {backoff: [1s]}\n"

    def setUp(self):
        self.ok("rm", "-", input=self.ok("list").encode())

    def shell(self, script, shell="bash", **environment):
        """What a script prints whose commands all succeed; `jobsched` is the one under test."""
        ended = self.run_shell(script, shell, **environment)
        self.assertEqual(ended.returncode, OK, ended.stderr)
        return ended.stdout

    def run_shell(self, script, shell="bash", **environment):
        options = "set -euo pipefail; " if shell == "bash" else "set -eu; "
        own = 'jobsched() { "$J" "$@"; }; ' if "xargs" not in script else ""
        return subprocess.run(
            [shell, "-c", options + own + script], capture_output=True, text=True,
            timeout=120, cwd=self.daemon.folder, stdin=subprocess.DEVNULL,
            env={**self.daemon.environment, "J": JOBSCHED, "JOBSCHED_SERVER": self.daemon.server,
                 "URL": URL, **environment})


class Pipelines(PipelineTest):
    def test_an_id_goes_into_a_variable(self):
        for shell in ("sh", "bash"):
            with self.subTest(shell):
                script = ('id=$(jobsched add --in 10m -d hello "$URL"); '
                          'jobsched get "$id" -o json | jq -r .data; jobsched rm "$id"')
                self.assertEqual(self.shell(script, shell), "hello\n")

    def test_jobs_are_removed_by_their_names(self):
        script = """
            for n in 1 2 3; do jobsched add --in 1h --name "nightly-$n" "$URL" > /dev/null; done
            jobsched add --in 1h --name weekly "$URL" > /dev/null
            jobsched list --name 'nightly-*' | jobsched rm -
            jobsched list -l -o json | jq -r '.[].name'"""
        self.assertEqual(self.shell(script), "weekly\n")

    def test_jobs_are_made_by_jq(self):
        script = """
            echo '{"orders": [{"n": 1}, {"n": 2}, {"n": 3}]}' |
                jq -c '.orders[] | {url: env.URL, when: "2094-05-11T15:30:00Z", data: tojson}' |
                jobsched add -f - | wc -l
            jobsched list | jobsched get - -o json | jq -r .data"""
        self.assertEqual(self.shell(script), '3\n{"n":1}\n{"n":2}\n{"n":3}\n')
        script = """seq 5000 |
            jq -c '{url: env.URL, when: "2094-05-11T15:30:00Z", data: tostring}' |
            jobsched add -f - | tail -1"""
        self.assertEqual(self.shell(script).strip(), self.daemon.ids()[-1])

    def test_a_body_comes_from_standard_input(self):
        script = """id=$(jq -cn '{a: 1}' | jobsched add --in 1h -d - "$URL")
            jobsched get "$id" -o json | jq -r '.data | fromjson | .a'"""
        self.assertEqual(self.shell(script), "1\n")

    def test_what_is_exhausted_is_looked_into_and_retried(self):
        endpoint = self.endpoint(410, 200)
        script = """
            id=$(jobsched add --in 1s "$ENDPOINT")
            jobsched log -f $(until jobsched log "$id" -o json | jq -er '.[].id'; do :; done) \
                > /dev/null
            jobsched log --state exhausted -o json |
                jq -r '.[].attempts[0].status'
            jobsched log --state exhausted -o json | jq -r '.[].id' | jobsched retry -
            jobsched log -f $(jobsched log "$id" -o json | jq -r '.[0].id') | tail -1 | cut -f 5,7"""
        self.assertEqual(self.shell(script, ENDPOINT=endpoint.url), "410\n200\taccepted\n")

    def test_xargs(self):
        self.ok("add", "-f", "-", input=documents(5).encode())
        self.shell('"$J" list | xargs -r -n 2 "$J" rm')
        self.assertEqual(self.daemon.ids(), [])
        self.shell('"$J" list | xargs -r "$J" rm')

    def test_the_status_of_a_pipeline_is_that_of_what_failed(self):
        for script, code in (
                ("jobsched list -s http://127.0.0.1:1 | jobsched rm -", UNREACHABLE),
                ("echo nonsense | jobsched rm - | cat", NOT_FOUND),
                ("echo '{}' | jobsched add -f - | cat", INVALID),
                ("jobsched get nonsense -o json | jq .", NOT_FOUND),
                ("jobsched status -s http://127.0.0.1:1 | cat", UNREACHABLE)):
            with self.subTest(script):
                ended = self.run_shell(script)
                self.assertEqual(ended.returncode, code, ended.stderr)
                self.assertEqual(ended.stderr.count("jobsched: "), 1, ended.stderr)

    def test_a_reader_that_has_enough_ends_it_quietly(self):
        self.ok("add", "-f", "-", input=documents(20_000).encode())
        for command in ("list", "list -l", "list -o json", "list -l -o xml", "list | jobsched get -",
                        "add -f more.jsonl"):
            with self.subTest(command):
                (self.daemon.folder / "more.jsonl").write_text(documents(20_000))
                ended = self.run_shell(f"jobsched {command} | head -1")
                self.assertIn(ended.returncode, (OK, PIPE), ended.stderr)
                self.assertEqual(ended.stderr, "")
        ended = self.run_shell("jobsched list -l | head -1")
        self.assertEqual((ended.returncode, ended.stdout[:2]), (PIPE, "ID"))

    def test_no_home_and_no_terminal_are_needed(self):
        for environment in ({}, {"HOME": "/nonexistent"}, {"HOME": ""}):
            with self.subTest(environment):
                ended = subprocess.run(
                    [JOBSCHED, "add", "--in", "1h", URL], stdin=subprocess.DEVNULL, timeout=60,
                    capture_output=True, start_new_session=True,
                    env={"JOBSCHED_SERVER": self.daemon.server, **environment})
                self.assertEqual(ended.returncode, OK, ended.stderr)


class Outputs(PipelineTest):
    def run_to(self, stdout, *arguments, **options):
        return subprocess.run([JOBSCHED, *arguments], stdout=stdout, stderr=subprocess.PIPE,
                              timeout=60, env={**self.daemon.environment,
                                               "JOBSCHED_SERVER": self.daemon.server}, **options)

    def test_a_full_disk_is_told(self):
        job = self.add("--at", WHEN, URL)
        commands = ("list", "list -l", "list -o json", f"get {job}", "log -o json", "status",
                    "version", "--help", "completion bash", f"fire {job}")
        with open("/dev/full", "wb") as full:
            for command in commands:
                with self.subTest(command):
                    ended = self.run_to(full, *command.split())
                    self.assertEqual(ended.returncode, ERROR)
                    self.assertIn(b"cannot write to standard output: No space left", ended.stderr)

    def test_what_was_stored_is_told_though_the_ids_cannot_be_printed(self):
        with open("/dev/full", "wb") as full:
            ended = self.run_to(full, "add", "-f", "-", input=documents(3).encode())
        self.assertEqual(ended.returncode, ERROR)
        self.assertIn(b"No space left on device (3 jobs of 3 stored)", ended.stderr)
        self.assertEqual(len(self.daemon.ids()), 3)

    def closed(self, command, descriptor):
        """Runs it with a standard descriptor closed."""
        return self.run_shell(f"jobsched {command} {descriptor}")

    def test_closed_descriptors(self):
        self.add("--at", WHEN, URL)
        rows = [
            ("list", ">&-", ERROR, "Bad file descriptor"),
            ("version", ">&-", ERROR, "Bad file descriptor"),
            (f"add --in 1h {URL}", ">&-", ERROR, "Bad file descriptor"),
            ("rm -", "<&-", USAGE, "cannot read standard input: Bad file descriptor"),
            ("add -f -", "<&-", USAGE, "cannot read standard input: Bad file descriptor"),
            (f"add --in 1h -d - {URL}", "<&-", USAGE, "Bad file descriptor"),
            ("rm -", "< .", USAGE, "cannot read standard input: Is a directory"),
            ("list", "<&-", OK, ""),
            ("rm nonsense", "2>&-", NOT_FOUND, ""),
            ("list", ">&- 2>&- <&-", ERROR, ""),
        ]
        for command, descriptor, code, words in rows:
            with self.subTest(command + " " + descriptor):
                ended = self.closed(command, descriptor)
                self.assertEqual(ended.returncode, code, ended.stderr)
                self.assertIn(words, ended.stderr)
                self.assertEqual(words == "", ended.stderr == "")

    def test_a_daemon_whose_descriptors_are_closed_writes_into_no_file_of_its_own(self):
        with tempfile.TemporaryDirectory() as folder:
            script = ('"$J" serve --store jobs.db --listen "unix:$PWD/api.sock" <&- >&- 2>&- & pid=$!; '
                      '"$J" status -s "unix:$PWD/api.sock" --wait=30s > /dev/null 2>&1; '
                      '"$J" add --in 1h http://127.0.0.1:9/ -s "unix:$PWD/api.sock" 2> /dev/null; '
                      'kill $pid; wait $pid')
            ended = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True,
                                   timeout=60, env={**clean_environment(folder), "J": JOBSCHED})
            self.assertEqual(ended.returncode, OK, ended.stderr)
            self.assertRegex(ended.stdout.decode(), r"^[0-9a-f-]{36}\n$")
            check = subprocess.run(
                ["python3", "-c", "import sqlite3;"
                 "print(sqlite3.connect('jobs.db').execute('pragma integrity_check').fetchone())"],
                cwd=folder, capture_output=True, timeout=60)
            self.assertEqual(check.stdout, b"('ok',)\n", check.stderr)


class SlowDaemon(unittest.TestCase):
    """One that takes a connection and a request, and no more."""

    def setUp(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)
        self.server = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.environment = clean_environment("/nonexistent")
        self.asked = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            connection, _ = self.listener.accept()
            with connection:
                connection.recv(65536)
                self.asked.set()
                while connection.recv(65536):
                    pass
        except OSError:
            pass

    def test_status_does_not_wait_for_ever(self):
        ended = run("status", "-s", self.server)
        self.assertEqual(ended.returncode, UNREACHABLE)
        self.assertIn(b"no complete answer", ended.stderr)

    def test_ctrl_c_ends_any_command_at_once(self):
        for command in (("list",), ("rm", UNKNOWN), ("status", "--wait")):
            with self.subTest(command):
                self.setUp()
                running = OnATerminal(self, 80, *command, whole=True)
                self.assertTrue(self.asked.wait(support.DEADLINE))
                running.type(CTRL_C)
                self.assertEqual(running.end(), INTERRUPTED)
                self.assertEqual(screen_of(running.shown), ["^C"])


class Interrupts(PipelineTest):
    def begin(self, *arguments, **options):
        return OnATerminal(self.daemon, 80, *arguments, whole=True, **options)

    def test_commands_that_go_on_end_by_ctrl_c(self):
        job = self.add("--at", WHEN, URL)
        rows = [
            (("log", "-f", job), b"", []),
            (("listen", "127.0.0.1:0"), b"listening on", ["jobsched: listening on "]),
            (("status", "--wait", "-s", "http://127.0.0.1:1"), b"waiting until it is ready",
             ["jobsched: cannot reach "]),
            (("add", "--in", "1h", "--wait", URL), b"in 1 h\r\n",
             ["jobsched: job ", "", "jobsched: not waiting any longer; job "]),
        ]
        for command, begun, lines in rows:
            with self.subTest(command):
                running = self.begin(*command)
                running.await_text(begun)
                running.type(CTRL_C)
                self.assertEqual(running.end(), INTERRUPTED)
                self.assertIn(b"^C", running.shown)
                for line in lines:
                    self.assertIn(line.encode(), running.shown)

    def test_a_bulk_add_says_how_far_it_has_come(self):
        path = self.daemon.folder / "jobs.jsonl"
        path.write_text(documents(60_000))
        with open(self.daemon.folder / "ids", "w+", encoding="ascii") as printed:
            running = self.begin("add", "-f", str(path), output=printed)
            running.await_text(b"000 of 60000")
            running.type(CTRL_C)
            self.assertEqual(running.end(), INTERRUPTED)
            printed.seek(0)
            ids = printed.read().split()
        message, last = screen_of(running.shown)
        self.assertEqual(last, "")
        self.assertRegex(message, r"^(\^C)?jobsched: interrupted; the daemon may store what was just "
                                  r"sent \(\d+ jobs of 60000 stored before\)$")
        self.assertIn(f"({len(ids)} jobs of", message)
        self.assertEqual(self.daemon.ids()[:len(ids)], ids)

    def test_the_bar_leaves_nothing_behind(self):
        path = self.daemon.folder / "few.jsonl"
        path.write_text(documents(5_000))
        for term, bar in (("xterm", True), ("dumb", False), ("", False)):
            with self.subTest(term):
                running = self.begin("add", "-f", str(path), TERM=term)
                self.assertEqual(running.end(), OK)
                self.assertEqual(b" of 5000" in running.shown, bar)
                self.assertEqual(b"\x1b" in running.shown, bar)
                *ids, message, last = screen_of(running.shown)
                self.assertEqual((message, last), ("jobsched: 5000 jobs stored", ""))
                self.assertEqual(len(ids), 5_000)
                self.assertTrue(all(len(line) == 36 for line in ids))

    def test_a_narrow_terminal_has_the_log_in_two_lines(self):
        job = self.add("--at", WHEN, self.endpoint(200).url)
        delivery = self.ok("fire", job).strip()
        self.ok("log", "-f", delivery)
        for columns, lines in ((80, 2), (200, 1)):
            with self.subTest(columns):
                shown = OnATerminal(self.daemon, columns, "log", delivery)
                self.assertEqual(shown.end(), OK)
                self.assertEqual(len(shown.lines), lines)
                self.assertIn(delivery, shown.lines[0])
                self.assertIn("200", shown.lines[-1])
                self.assertTrue(all(len(line) <= columns for line in shown.lines))


if __name__ == "__main__":
    support.main()
