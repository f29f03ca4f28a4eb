"""What the daemon does in a second, beside what its machine can do, measured in one run.

    figures.py [SECTION…]      creates bulk drain lateness shared slow hung idle burst
                               pending client

JOBSCHED names the program (release build), JOBSCHED_BENCH the folder of the tools built beside it,
JOBSCHED_BENCH_DIR where to put stores (a folder on the disk to be measured; default: that of
temporary files). JOBSCHED_BENCH_PENDING lists the numbers of pending jobs to try. Prints a table;
judges nothing. Each figure is the median of several runs that alternate with its limit's.
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "blackbox"))
import postgres  # noqa: E402
from support import JOBSCHED, Daemon, await_true  # noqa: E402

TOOLS = pathlib.Path(os.environ.get("JOBSCHED_BENCH", "build/release/tests/bench"))
PENDING = [int(n) for n in os.environ.get("JOBSCHED_BENCH_PENDING", "100000 1000000").split()]
FAR = 4_000_000_000_000  # ms since 1970; no job of the stores that are filled falls due
RUNS = 3


def tool(name, *arguments):
    return subprocess.run([TOOLS / name, *map(str, arguments)], check=True, capture_output=True,
                          text=True).stdout.split()


def show(figure, value, beside=""):
    print(f"| {figure} | {value} | {beside} |", flush=True)


def median(values):
    return statistics.median(values)


def alternate(*measures):
    """Each measure RUNS times, in turns; the medians."""
    rounds = [[measure() for measure in measures] for _ in range(RUNS)]
    return [median(column) for column in zip(*rounds)]


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(dir=os.environ.get("JOBSCHED_BENCH_DIR")) as path:
        yield path


@contextlib.contextmanager
def daemon(settings="", fill=None):
    """A daemon on a new store; `fill` puts jobs into it first."""
    with folder() as path:
        one = Daemon(path, settings)
        if fill:
            fill(one.store)
        one.start()
        try:
            yield one
        finally:
            one.kill()


class Sink:
    def __init__(self, count, delay):
        self.process = subprocess.Popen([TOOLS / "sink", str(count), str(delay)],
                                        stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}/callback"

    def figures(self):
        """Seconds from the earliest fire time to the last answer; lateness in ms: least, median,
        99th percentile, most."""
        out, _ = self.process.communicate(timeout=300)
        return [float(word) for word in out.split()]

    def end(self):
        self.process.kill()
        self.process.wait()


def fill_due(count, url, step_us, lead):
    """Fills a store with jobs the first of which is due `lead` seconds from now."""
    def fill(store):
        first = int((time.time() + lead) * 1_000)
        tool("fill_store", store, count, url, first, step_us)
    return fill


# What the machine can do.

def fsyncs():
    """4 KiB appended and synced, a second."""
    with folder() as path, open(f"{path}/disk", "wb", buffering=0) as file:
        begin = time.monotonic()
        for _ in range(500):
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
        return 500 / (time.monotonic() - begin)


def echo(connections, seconds):
    """Requests a second of a bare cpp-httplib server."""
    server = subprocess.Popen([TOOLS / "httplib_echo", "64"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        return float(tool("create_load", server.stdout.readline().strip(), connections, seconds)[0])
    finally:
        server.kill()
        server.wait()


def bare_curl(count):
    """Callbacks a second of a bare libcurl multi client with 64 in flight."""
    sink = Sink(count, 0)
    try:
        return count / float(tool("curl_multi", sink.url, count, 64)[0])
    finally:
        sink.end()


# What the daemon does.

def create_rate(one, connections, seconds):
    rate, _, p99, refused = tool("create_load", f"127.0.0.1:{one.port}", connections, seconds)
    assert refused == "0", f"{refused} creates were refused"
    return float(rate), float(p99) / 1_000


def creates():
    show("fdatasync of an appended page", f"{median([fsyncs() for _ in range(RUNS)]):,.0f}/s")
    for connections in (64, 256):
        p99 = []

        def of_daemon():
            with daemon() as one:
                rate, late = create_rate(one, connections, 4)
                p99.append(late)
                return rate

        if (TOOLS / "httplib_echo").exists():
            rate, limit = alternate(of_daemon, lambda: echo(connections, 4))
            beside = f"{100 * rate / limit:.0f} % of a bare cpp-httplib echo, {limit:,.0f}/s"
        else:
            (rate,), beside = alternate(of_daemon), "no echo: libcpp-httplib-dev is missing"
        show(f"durable creates, {connections} connections",
             f"{rate:,.0f}/s, p99 {median(p99):.1f} ms", beside)


def bulk():
    job = {"url": "http://127.0.0.1:9/", "when": "2094-05-11T15:30:00Z", "data": "d" * 200}
    body = json.dumps([job] * 1_000).encode()
    requests = 100

    def of_daemon():
        with daemon() as one:
            connection = http.client.HTTPConnection("127.0.0.1", one.port)
            begin = time.monotonic()
            for _ in range(requests):
                connection.request("POST", "/1/jobs", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                assert answer.status == 201, answer.status
            return 1_000 * requests / (time.monotonic() - begin)

    show("bulk creates, 1,000 a request", f"{median([of_daemon() for _ in range(RUNS)]):,.0f}/s")


def drain():
    count = 100_000

    def of_daemon():
        sink = Sink(count, 0)
        with daemon(fill=fill_due(count, sink.url, 0, 5)) as one:
            seconds, *_ = sink.figures()
            ended = time.monotonic()
            await_true(lambda: not one.get("/1/jobs?limit=1", Accept="text/plain").text,
                       "the last outcome")
            return count / (seconds + time.monotonic() - ended)

    rate, limit = alternate(of_daemon, lambda: bare_curl(count))
    show(f"drain of {count:,} jobs due at once", f"{rate:,.0f}/s",
         f"{100 * rate / limit:.0f} % of a bare libcurl multi client at 64, {limit:,.0f}/s")


def in_ms(figures):
    _, least, p50, p99, most = figures
    return f"p50 {p50:.2f} ms, p99 {p99:.2f} ms, least {least:.2f} ms, most {most:.1f} ms"


def paced(count, settings="", others=None, sharing=None):
    """Lateness of `count` jobs at 1,000/s, beside what `others` adds to the store; of daemons that
    are `sharing` it, if not of one by itself."""
    sink = Sink(count, 0)

    def fill(store):
        lead = time.time() + 4
        if others:
            others(lead)(store)
        fill_due(count, sink.url, 1_000, lead - time.time())(store)

    with sharing(fill) if sharing else daemon(settings, fill):
        return sink.figures()


def typical(runs):
    """The run with the median 99th percentile."""
    return sorted(runs, key=lambda run: run[3])[len(runs) // 2]


def lateness():
    show("lateness at 1,000 jobs/s", in_ms(typical([paced(20_000) for _ in range(RUNS)])))


# One database for many, beside a store of the daemon's own.

@contextlib.contextmanager
def database():
    """A new database that syncs, as it comes but for its memory."""
    server = postgres.Server(fsync="on", shared_buffers="1GB", max_wal_size="4GB")
    try:
        server.start()
        yield server.new_database()
    finally:
        server.close()


@contextlib.contextmanager
def instances(count, fill=None):
    """Daemons that share a new database; `fill` puts jobs into it first."""
    with database() as url, folder() as path, contextlib.ExitStack() as ended:
        if fill:
            fill(url)
        all_of_them = [postgres.Instance(f"{path}/{n}", url) for n in range(count)]
        for one in all_of_them:
            one.start()
            ended.callback(one.kill)
        yield all_of_them


def drained(sharing, count):
    """Fires a second of so many daemons, until nothing is left of jobs that are due at once."""
    sink = Sink(count, 0)
    with sharing(fill_due(count, sink.url, 0, 8)) as one:
        seconds, *_ = sink.figures()
        ended = time.monotonic()
        await_true(lambda: not one.get("/1/jobs?limit=1", Accept="text/plain").text,
                   "the last outcome")
        return count / (seconds + time.monotonic() - ended)


def on_database(count):
    @contextlib.contextmanager
    def sharing(fill):
        with instances(count, fill) as all_of_them:
            yield all_of_them[0]
    return sharing


def shared():
    def creates_on_database():
        with instances(1) as (one,):
            return create_rate(one, 64, 4)[0]

    def creates_on_file():
        with daemon() as one:
            return create_rate(one, 64, 4)[0]

    of_database, of_file = alternate(creates_on_database, creates_on_file)
    show("PostgreSQL: durable creates, 64 connections", f"{of_database:,.0f}/s",
         f"{100 * of_database / of_file:.0f} % of SQLite, {of_file:,.0f}/s")
    count = 50_000
    alone, three, of_file = alternate(
        lambda: drained(on_database(1), count), lambda: drained(on_database(3), count),
        lambda: drained(lambda fill: daemon(fill=fill), count))
    show(f"PostgreSQL: drain of {count:,} jobs due at once", f"{alone:,.0f}/s by one daemon,"
         f" {three:,.0f}/s by three", f"{100 * alone / of_file:.0f} % and"
         f" {100 * three / of_file:.0f} % of SQLite, {of_file:,.0f}/s")
    show("PostgreSQL: lateness at 1,000 jobs/s",
         in_ms(typical([paced(20_000, sharing=on_database(1)) for _ in range(RUNS)])),
         "SQLite: " + in_ms(typical([paced(20_000) for _ in range(RUNS)])))


def slow():
    settings = "delivery: {concurrency: 10000, per_host: 10000}\n"
    for delay in (200, 2_000):
        peak, threads = [], []

        def of_daemon():
            sink = Sink(10_000, delay)
            with daemon(settings, fill_due(10_000, sink.url, 0, 3)) as one:
                seconds, *_ = sink.figures()
                status = pathlib.Path(f"/proc/{one.process.pid}/status").read_text()
                peak.append(int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024)
                threads.append(int(re.search(r"Threads:\s+(\d+)", status).group(1)))
                return seconds

        seconds = median([of_daemon() for _ in range(RUNS)])
        show(f"10,000 callbacks at once to an endpoint that takes {delay} ms",
             f"{seconds:.2f} s, {max(threads)} threads, at most {max(peak):.0f} MiB")


def hung():
    def beside_hung():
        silent = Sink(1, -1)
        try:
            return paced(10_000, others=lambda first: fill_due(10_000, silent.url, 0,
                                                               first - time.time()))
        finally:
            silent.end()

    alone, beside = [], []
    for _ in range(RUNS):
        alone.append(paced(10_000))
        beside.append(beside_hung())
    show("lateness at 1,000 jobs/s, beside a hung host with 10,000 due", in_ms(typical(beside)),
         f"alone: {in_ms(typical(alone))}")


@contextlib.contextmanager
def crowd(port, *counts):
    """Clients in a process of their own: idle, dripping and pipelining ones."""
    path = pathlib.Path(__file__).with_name("crowd.py")
    process = subprocess.Popen([sys.executable, path, str(port), *map(str, counts)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n", "the crowd could not connect"
    try:
        yield
    finally:
        process.kill()
        process.wait()


def light_p99(port):
    """The 99th percentile, in ms, of a new client's connection, request and answer."""
    took = []
    for _ in range(1_000):
        begin = time.monotonic()
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /1/jobs?limit=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                           b"Accept: text/plain\r\n\r\n")
            while client.recv(65536):
                pass
        took.append(time.monotonic() - begin)
    return sorted(took)[989] * 1_000


def idle():
    for name, counts in [("10,000 idle connections", (10_000, 0, 0)),
                         ("2,000 idle, 200 dripping and 64 pipelining ones", (2_000, 200, 64))]:
        with daemon("limits: {connections: 15000}\n") as one:
            alone = median([light_p99(one.port) for _ in range(RUNS)])
            with crowd(one.port, *counts):
                beside = median([light_p99(one.port) for _ in range(RUNS)])
                memory = one.memory() / 1024**2
        show(f"a new client's request beside {name}", f"p99 {beside:.2f} ms, {memory:.0f} MiB",
             f"alone: p99 {alone:.2f} ms")


def burst():
    count = 1_000
    answered = []
    for _ in range(RUNS):
        with daemon() as one:
            clients = [socket.socket() for _ in range(count)]
            for client in clients:
                client.setblocking(False)
                client.connect_ex(("127.0.0.1", one.port))
            good = 0
            for client in clients:
                client.settimeout(30)
                with contextlib.suppress(OSError), client:
                    client.sendall(b"GET /1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    good += client.recv(65536).startswith(b"HTTP/1.1 200 ")
            answered.append(good)
    show(f"a burst of {count:,} connections", f"{min(answered):,} answered in the worst run")


class Restartable(Daemon):
    """A daemon on a port of its own, whose start can be timed."""

    def launch(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.relaunch()
        await_true(self.creates, "the first start")
        return self

    def relaunch(self):
        self.process = subprocess.Popen(
            [JOBSCHED, "serve", "--config", str(self.config), "--listen",
             f"127.0.0.1:{self.port}", "--store", str(self.store)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=self.environment)

    def creates(self):
        try:
            return self.post_json({"url": "http://127.0.0.1:9/",
                                   "when": "2094-05-11T15:30:00Z"}).status == 201
        except OSError:
            return False

    def kill_to_created(self):
        """Seconds from kill -9 to the first 201 of its successor."""
        begin = time.monotonic()
        self.kill()
        self.relaunch()
        while not self.creates():
            time.sleep(0.001)
        return time.monotonic() - begin


def filled(path, count):
    one = Restartable(path)
    tool("fill_store", one.store, count, "http://127.0.0.1:9/", FAR, 1_000)
    return one


def pending():
    for count in PENDING:
        with folder() as small_path, folder() as path:
            small = filled(small_path, 10_000).launch()
            one = filled(path, count).launch()
            os.sync()
            memory = one.memory() / 1024**2
            restart = median([one.kill_to_created() for _ in range(RUNS)])
            rates = alternate(lambda: create_rate(one, 64, 4)[0],
                              lambda: create_rate(small, 64, 4)[0])
            after = one.memory() / 1024**2
            one.kill()
            small.kill()
        show(f"{count:,} jobs pending",
             f"{memory:.0f} MiB, {after:.0f} MiB after {RUNS * 4} s of creates;"
             f" {restart * 1_000:.0f} ms from kill -9 to the first 201;"
             f" {rates[0]:,.0f} creates/s",
             f"{100 * rates[0] / rates[1]:.0f} % of the rate with 10,000 pending")


# What the command line takes.

def timed(count, *command, **environment):
    """Milliseconds, and MiB at most."""
    run = subprocess.run([TOOLS / "timed", str(count), *command], check=True, capture_output=True,
                         text=True, env={**os.environ, **environment})
    took, peak = run.stdout.split()
    return float(took), float(peak) / 1024


def commands(one):
    """Each command of a client, short of those that go on for long."""
    job = one.post_json({"url": "http://127.0.0.1:9/", "when": "2094-05-11T15:30:00Z"},
                        Accept="text/plain").text
    delivery = subprocess.run([JOBSCHED, "fire", job], capture_output=True, text=True, check=True,
                              env={**os.environ, "JOBSCHED_SERVER": one.server}).stdout.strip()
    add = ("add", "--at", "2094-05-11T15:30:00Z")
    return {"add": (*add, "http://127.0.0.1:9/"),
            "add -n": (*add, "-n", "http://127.0.0.1:9/"),
            "list": ("list",), "list -l": ("list", "-l"), "get": ("get", job),
            "update": ("update", job, "-d", "x"), "pause": ("pause", job), "resume": ("resume", job),
            "log": ("log",), "log ID": ("log", delivery), "status": ("status",),
            "secret": ("secret",), "next": ("next", "0 15 10 ? * *"), "version": ("version",)}


def client():
    with daemon() as one:
        server = {"JOBSCHED_SERVER": one.server, "HOME": str(one.folder)}
        curl = timed(21, "curl", "-s", f"{one.server}/1/jobs")
        true = timed(21, "true")
        worst = {}
        for name, arguments in commands(one).items():
            worst[name] = timed(21, JOBSCHED, *arguments, **server)
        slowest = max(worst, key=lambda name: worst[name][0])
        largest = max(worst, key=lambda name: worst[name][1])
        show(f"a command, the slowest of {len(worst)}",
             f"{slowest}: {worst[slowest][0]:.1f} ms; `version` {worst['version'][0]:.1f} ms,"
             f" `list` {worst['list'][0]:.1f} ms",
             f"`curl -s` of the list {curl[0]:.1f} ms, `true` {true[0]:.1f} ms")
        show("its memory, the largest", f"{largest}: {worst[largest][1]:.1f} MiB",
             f"`curl -s` {curl[1]:.1f} MiB")
    bulk_client()


def bulk_client():
    count = 100_000
    rates, peaks = [], []
    for _ in range(RUNS):
        with daemon() as one:
            server = {"JOBSCHED_SERVER": one.server, "HOME": str(one.folder)}
            path = one.folder / "jobs.jsonl"
            path.write_text("".join(
                json.dumps({"url": "http://127.0.0.1:9/", "when": "2094-05-11T15:30:00Z",
                            "data": f"job {n}"}) + "\n" for n in range(count)))
            added = timed(1, JOBSCHED, "add", "-f", str(path), **server)
            removed = timed(1, "sh", "-c", '"$0" list | "$0" rm -', JOBSCHED, **server)
            assert not one.ids(), "jobs are left"
            rates.append((count / added[0] * 1_000, count / removed[0] * 1_000))
            peaks.append((added[1], removed[1]))
    adds, removals = (median(column) for column in zip(*rates))
    show(f"`add -f` of {count:,} jobs, 100 bytes each", f"{adds:,.0f}/s,"
         f" {max(peak[0] for peak in peaks):.0f} MiB")
    show("`list | rm -` of them", f"{removals:,.0f}/s, {max(peak[1] for peak in peaks):.0f} MiB")


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())
    version = subprocess.run([JOBSCHED, "version"], capture_output=True, text=True, check=True)
    return (f"{os.cpu_count()} x {model.group(1) if model else os.uname().machine},"
            f" {int(memory.group(1)) / 1024**2:.0f} GiB, Linux {os.uname().release};"
            f" {', '.join(version.stdout.split(chr(10))[:3])}")


def main(wanted):
    sections = [creates, bulk, drain, lateness, shared, slow, hung, idle, burst, pending, client]
    unknown = set(wanted) - {section.__name__ for section in sections}
    if unknown:
        sys.exit(f"figures.py: there is no section {', '.join(sorted(unknown))}")
    print(machine())
    print("\n| figure | measured | beside |\n|---|---|---|")
    for section in sections:
        if not wanted or section.__name__ in wanted:
            section()


if __name__ == "__main__":
    main(sys.argv[1:])
