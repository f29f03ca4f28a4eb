"""Instances of the daemon that share a PostgreSQL database: each sees what the others do, work is done
once, and a database that is away, or not what it should be, is told of and got over."""

import concurrent.futures
import json
import pathlib
import subprocess
import tempfile
import unittest

import postgres
import support
from postgres import Instance, Server
from proxy import Proxy
from support import await_true, clean_environment, from_now

CONFIG = 78
LATER = "2094-05-11T15:30:00Z"
ACCOUNTS_HOLD = 5.0  # seconds after which a change of accounts holds at every instance


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


class DatabaseTest(unittest.TestCase):
    """A test class with one server, and an empty database for each test."""

    access = postgres.TRUST
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = Server(cls.access)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.url = self.server.new_database()

    def instance(self, name="one", settings="", url=None, **environment):
        """One that has not been started."""
        instance = Instance(self.folder / name, url or self.url, settings, **environment)
        self.addCleanup(lambda: instance.process and instance.kill())
        return instance

    def pair(self, settings=""):
        return [self.instance(name, settings).start() for name in ("one", "two")]

    def endpoint(self, *answers):
        endpoint = support.Endpoint(*answers)
        self.addCleanup(endpoint.close)
        return endpoint

    def create(self, instance, headers=None, **fields):
        """Creates a job, for long after this test unless it says when; its id."""
        schedule = {} if {"when", "cron"} & fields.keys() else {"when": LATER}
        answer = instance.post_json({"url": "http://127.0.0.1:9/", **schedule, **fields},
                                    **(headers or {}))
        self.assertEqual(answer.status, 201, answer.text)
        return answer.text

    def refused(self, url, **environment):
        """What a `serve` says that ends by itself, and its exit code."""
        path = self.folder / "jobsched.yaml"
        path.write_text(f"store: {json.dumps(url)}\nadmin_listen: []\n")
        ended = support.run("serve", "--config", str(path), "--listen", "127.0.0.1:0",
                            env={**clean_environment(self.folder), **environment})
        return ended.returncode, ended.stderr.decode()


class ManyInstances(DatabaseTest):
    def test_what_one_does_the_other_sees_at_once(self):
        one, two = self.pair()
        job = self.create(one, data="x\x00é", name="nightly")
        self.assertEqual(two.ids(), [job])
        self.assertEqual(two.get(f"/1/jobs/{job}").json, one.get(f"/1/jobs/{job}").json)
        self.assertEqual(two.request("POST", f"/1/jobs/{job}/pause").status, 200)
        self.assertTrue(one.get(f"/1/jobs/{job}").json["paused"])
        again = two.post_json({"url": "http://127.0.0.1:9/", "when": LATER, "name": "nightly"})
        self.assertEqual((again.status, again.text), (200, job))
        self.assertNotIn("data", one.get(f"/1/jobs/{job}").json)
        self.assertEqual(one.request("DELETE", f"/1/jobs/{job}").status, 204)
        self.assertEqual(two.get(f"/1/jobs/{job}").status, 404)
        self.assertEqual(two.ids(), [])

    def test_what_was_seen_at_one_is_not_overwritten_at_the_other(self):
        one, two = self.pair()
        job = f"/1/jobs/{self.create(one)}"
        seen = {"If_Match": two.get(job).headers["ETag"], "Content_Type": "application/json"}
        other = f'{{"url": "http://127.0.0.1:9/", "when": "{LATER}", "data": "%s"}}'
        self.assertEqual(one.request("PUT", job, other % "first", **seen).status, 200)
        self.assertEqual(two.request("PUT", job, other % "second", **seen).status, 412)
        self.assertEqual(two.get(job).json["data"], "first")

    def test_a_request_that_is_sent_again_to_the_other_creates_nothing(self):
        one, two = self.pair()
        document = {"url": "http://127.0.0.1:9/", "when": LATER}
        first = one.post_json(document, Idempotency_Key='"k"')
        again = two.post_json(document, Idempotency_Key='"k"')
        self.assertEqual((first.status, again.status), (201, 201))
        self.assertEqual(again.text, first.text)
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assertEqual(two.post_json({**document, "data": "x"}, Idempotency_Key='"k"').status, 422)
        self.assertEqual(one.ids(), [first.text])

    def test_each_job_fires_once(self):
        endpoint = self.endpoint()
        instances = self.pair()
        jobs = {self.create(instances[number % 2], url=endpoint.url, when=from_now(0.5))
                for number in range(60)}
        callbacks = [endpoint.next() for _ in jobs]
        self.assertEqual({one.headers["Jobsched-Job-Id"] for one in callbacks}, jobs)
        for instance in instances:
            await_true(lambda: instance.ids() == [], "the jobs are purged")
            self.assertEqual(instance.stop(), 0)
        self.assertTrue(endpoint.callbacks.empty())
        self.assertTrue(all(one.late >= 0 for one in callbacks))

    def test_the_log_is_of_all_instances(self):
        endpoint = self.endpoint()
        one, two = self.pair()
        job = self.create(one, url=endpoint.url)
        fired = two.request("POST", f"/1/jobs/{job}/fire", Accept="application/json")
        self.assertEqual(fired.status, 202, fired.text)
        self.assertEqual(endpoint.next().headers["webhook-id"], fired.json["id"])
        for instance in (one, two):
            target = f"/1/deliveries/{fired.json['id']}"
            await_true(lambda: instance.get(target).json["state"] == "accepted", "its end")
            self.assertEqual(len(instance.get(target).json["attempts"]), 1)
        self.assertEqual(one.get("/1/deliveries").json, two.get("/1/deliveries").json)

    def test_what_falls_due_at_one_that_was_stopped_is_fired_by_the_other(self):
        endpoint = self.endpoint()
        one, two = self.pair()
        job = self.create(one, url=endpoint.url, when=from_now(1.5))
        self.assertEqual(one.stop(), 0)
        callback = endpoint.next()
        self.assertEqual(callback.headers["Jobsched-Job-Id"], job)
        await_true(lambda: two.ids() == [], "the job is purged")
        self.assertTrue(endpoint.callbacks.empty())

    def test_a_retry_goes_on_at_the_other(self):
        endpoint = self.endpoint(500, 200)
        one, two = self.pair("delivery: {backoff: [2s]}\n")
        self.create(one, url=endpoint.url, when=from_now(0.5))
        first = endpoint.next()
        await_true(lambda: two.get("/1/deliveries?state=waiting").json, "the failure is recorded")
        logs = {instance: "attempt" in instance.log.read_text() for instance in (one, two)}
        attempted = one if logs[one] else two
        self.assertEqual(attempted.stop(), 0)
        second = endpoint.next()
        self.assertEqual(second.headers["webhook-id"], first.headers["webhook-id"])
        self.assertEqual([first.headers["Jobsched-Attempt"], second.headers["Jobsched-Attempt"]],
                         ["1", "2"])

    def test_instances_that_start_together_make_the_tables_once(self):
        instances = [self.instance(f"instance-{number}") for number in range(4)]
        with concurrent.futures.ThreadPoolExecutor(len(instances)) as pool:
            list(pool.map(Instance.start, instances))
        self.assertEqual(self.server.execute("SELECT count(*) FROM jobsched.version"), ["1"])

    def test_how_many_there_are(self):
        settings = "admin_listen: ['127.0.0.1:0']\n"
        one, two = self.pair(settings)

        def counted():
            text = one.admin.get("/metrics").text
            return next((line.split()[1] for line in text.splitlines()
                         if line.startswith("jobsched_instances ")), text)

        await_true(lambda: float(counted()) == 2, "both are counted")
        self.assertEqual(two.stop(), 0)
        await_true(lambda: float(counted()) == 1, "one is counted")


class Accounts(DatabaseTest):
    def hold(self, instance, statuses, what):
        """Waits until calls with these keys (None: without) are answered so, for as long as a change
        may take to hold everywhere."""
        def answered():
            return all(instance.get("/1/jobs", **(bearer(key) if key else {})).status == status
                       for key, status in statuses.items())

        await_true(answered, what, ACCOUNTS_HOLD)

    def test_a_change_at_one_holds_at_the_other(self):
        one, two = self.pair()

        def account(*arguments):
            ended = one.run("account", *arguments)
            self.assertEqual(ended.returncode, 0, ended.stderr.decode())
            return ended.stdout.decode().strip()

        self.assertEqual(two.get("/1/jobs").status, 200)
        alice, bob = account("add", "alice"), account("add", "bob")
        self.hold(two, {None: 401, alice: 200, bob: 200}, "accounts are added")
        job = self.create(one, bearer(alice))
        self.assertEqual(two.get("/1/jobs", Accept="text/plain", **bearer(alice)).text, job)
        self.assertEqual(two.get(f"/1/jobs/{job}", **bearer(bob)).status, 404)
        rotated = account("rotate", "alice")
        self.hold(two, {alice: 401, rotated: 200, bob: 200}, "a key is rotated")
        account("rm", "bob")
        self.hold(two, {bob: 401, rotated: 200}, "an account is removed")


class Away(DatabaseTest):
    """The database is not there for a while."""

    def test_it_is_told_of_and_got_over(self):
        endpoint = self.endpoint()
        one, two = self.pair()
        job = self.create(one, url=endpoint.url, when=from_now(2))
        for end in (self.server.stop, self.server.kill):
            with self.subTest(end.__name__):
                end()
                for instance in (one, two):
                    self.check_without(instance, job)
                self.server.start()
                for instance in (one, two):
                    await_true(lambda: instance.get("/readyz").status == 200, "it is ready again")
                    self.create(instance)
        self.assertEqual(endpoint.next().headers["Jobsched-Job-Id"], job)
        await_true(lambda: one.get(f"/1/jobs/{job}").status == 404, "the job is purged")
        self.assertTrue(endpoint.callbacks.empty())
        self.assertEqual([one.stop(), two.stop()], [0, 0])

    def test_one_that_says_nothing_is_given_up(self):
        proxy = Proxy(self.server.port)
        self.addCleanup(proxy.close)
        one = self.instance(url=self.server.url(port=proxy.port)).start()
        job = self.create(one)
        proxy.freeze()
        self.check_without(one, job)
        proxy.resume()
        await_true(lambda: one.get("/readyz").status == 200, "it is ready again")
        self.assertIn(self.create(one), one.ids())
        self.assertEqual(one.stop(), 0)

    def check_without(self, instance, job):
        create = instance.post_json({"url": "http://127.0.0.1:9/", "when": LATER})
        for answer in (create, instance.get("/1/jobs"), instance.get(f"/1/jobs/{job}"),
                       instance.request("DELETE", f"/1/jobs/{job}")):
            self.assertEqual(answer.status, 503, answer.text)
            self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
            self.assertRegex(answer.text, "database|store")
        await_true(lambda: instance.get("/readyz").status == 503, "it is not ready")
        self.assertRegex(instance.get("/readyz").text, "database|store")
        self.assertEqual(instance.get("/healthz").status, 200)


class Refused(DatabaseTest):
    """What a daemon does not start with; 78 is for what a restart does not mend."""

    access = postgres.PASSWORDS

    def test_the_message_says_what_to_do(self):
        port = self.server.port
        self.server.execute("CREATE ROLE scheduler LOGIN PASSWORD 'sesame'",
                            "GRANT CREATE ON DATABASE jobsched TO scheduler",
                            "CREATE ROLE reader LOGIN PASSWORD 'sesame'")
        self.server.new_database("latin", "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
        self.server.execute("GRANT CREATE ON DATABASE latin TO scheduler", database="postgres")
        at = f"127.0.0.1:{port}"
        rows = [
            ("nobody listens", f"postgresql://scheduler@127.0.0.1:{postgres.free_port()}/jobsched",
             1, "refused"),
            ("a wrong password", f"postgresql://scheduler:secret@{at}/jobsched", 1,
             "password authentication failed"),
            ("no password", f"postgresql://scheduler@{at}/jobsched", 1, "no password supplied"),
            ("no such database", f"postgresql://scheduler:sesame@{at}/none", 1, "does not exist"),
            ("another encoding", f"postgresql://scheduler:sesame@{at}/latin", CONFIG, "LATIN1"),
            ("a user without rights", f"postgresql://reader:sesame@{at}/jobsched", None,
             "permission denied"),
            ("no URI", "postgresql://[::1/jobsched", CONFIG, "write postgresql://"),
            ("no port", "postgresql://scheduler:secret@127.0.0.1:x/jobsched", None, "port"),
            ("no parameter of a URI", f"postgresql://{at}/jobsched?secret=secret", CONFIG, ""),
            ("another kind of store", "mysql://root:secret@127.0.0.1/jobs", CONFIG, "mysql"),
        ]
        for rule, url, code, words in rows:
            with self.subTest(rule):
                ended, text = self.refused(url)
                self.assertIn(words, text)
                self.assertNotIn("secret@", text)
                self.assertNotIn("sesame", text)
                if code is None:
                    self.assertIn(ended, (1, CONFIG), text)
                else:
                    self.assertEqual(ended, code, text)

    def test_tables_of_a_newer_version_are_left_alone(self):
        self.server.execute("CREATE ROLE owner LOGIN PASSWORD 'sesame'",
                            "GRANT CREATE ON DATABASE jobsched TO owner")
        one = self.instance(url=self.server.url(user="owner"), PGPASSWORD="sesame").start()
        self.assertEqual(one.stop(), 0)
        self.server.execute("UPDATE jobsched.version SET version = 1000")
        code, text = self.refused(one.store, PGPASSWORD="sesame")
        self.assertEqual(code, CONFIG, text)
        self.assertIn("newer version", text)
        self.assertEqual(self.server.execute("SELECT version FROM jobsched.version"), ["1000"])

    def test_passwords_come_in_any_way_of_libpq(self):
        self.server.execute("CREATE ROLE user1 LOGIN PASSWORD 'p:@/ä'",
                            "GRANT CREATE ON DATABASE jobsched TO user1")
        password_file = self.folder / "pgpass"
        password_file.write_text("*:*:*:user1:p\\:@/ä\n")
        password_file.chmod(0o600)
        services = self.folder / "services"
        services.write_text(f"[jobs]\nhost=127.0.0.1\nport={self.server.port}\ndbname=jobsched\n"
                            "user=user1\npassword=p:@/ä\n")
        plain = self.server.url(user="user1")
        rows = [
            ("in the URI", plain.replace("user1@", "user1:p%3A%40%2F%C3%A4@"), {}),
            ("as a parameter", plain + "?password=p%3A%40%2F%C3%A4", {}),
            ("PGPASSWORD", plain, {"PGPASSWORD": "p:@/ä"}),
            ("PGPASSFILE", plain, {"PGPASSFILE": str(password_file)}),
            ("passfile", plain + f"?passfile={password_file}", {}),
            ("a service", "postgresql://?service=jobs", {"PGSERVICEFILE": str(services)}),
        ]
        for number, (rule, url, environment) in enumerate(rows):
            with self.subTest(rule):
                one = self.instance(f"way-{number}", url=url, **environment).start()
                self.create(one)
                self.assertEqual(one.stop(), 0)


class Secrecy(DatabaseTest):
    access = postgres.PASSWORDS
    secret = "dont-tell-47"

    def test_the_password_is_shown_nowhere(self):
        self.server.execute(f"CREATE ROLE teller LOGIN PASSWORD '{self.secret}'",
                            "GRANT CREATE ON DATABASE jobsched TO teller")
        plain = self.server.url(user="teller")
        rows = {"user": plain.replace("teller", f"teller:{self.secret}"),
                "parameter": f"{plain}?password={self.secret}"}
        for rule, url in rows.items():
            with self.subTest(rule):
                self.check_shown_nowhere(url, self.instance(
                    rule, f"store: {url}\nadmin_listen: ['127.0.0.1:0']\nlog: {{level: debug}}\n"))

    def check_shown_nowhere(self, url, instance):
        instance.program = lambda: [support.JOBSCHED, "serve", "--config", str(instance.config),
                                    "--listen", instance.listen]
        instance.start()
        self.create(instance)
        said = [instance.admin.get("/metrics").text, instance.get("/").text,
                instance.run("status").stdout.decode()]
        for option in ("--print-config", "--check-config"):
            ended = support.run("serve", "--config", str(instance.config), option,
                                env=instance.environment)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            said.append((ended.stdout + ended.stderr).decode())
        self.assertIn("postgresql://teller", said[-2])
        self.server.stop()
        said += [answer.text for answer in (
            instance.get("/1/jobs"), instance.post_json({"url": "http://a.test/", "when": LATER}),
            instance.get("/readyz"))]
        said.append(self.refused(url)[1])
        self.server.start()
        await_true(lambda: instance.get("/readyz").status == 200, "it is ready again")
        self.assertEqual(instance.stop(), 0)
        for text in (*said, instance.log.read_text()):
            self.assertNotIn(self.secret, text)


class OldServer(unittest.TestCase):
    def test_a_server_that_is_too_old_is_refused(self):
        server = postgres.OldServer("12.22")
        self.addCleanup(server.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        one = Instance(folder.name, server.url)
        ended = subprocess.run(one.program(), env=one.environment, capture_output=True, timeout=60)
        self.assertEqual(ended.returncode, CONFIG, ended.stderr)
        self.assertIn(b"PostgreSQL 12", ended.stderr)
        self.assertIn(b"version 13 or later", ended.stderr)


class OtherWays(DatabaseTest):
    """To the database by way of others."""

    def check_works(self, *instances):
        endpoint = self.endpoint()
        for number, instance in enumerate(instances):
            job = self.create(instance, url=endpoint.url, when=from_now(0.5), data=str(number))
            callback = endpoint.next()
            self.assertEqual((callback.headers["Jobsched-Job-Id"], callback.body),
                             (job, str(number).encode()))
        for instance in instances:
            await_true(lambda: instance.ids() == [], "the jobs are purged")
            self.assertEqual(instance.stop(), 0)

    def test_by_a_pooler_that_gives_each_transaction_another_connection(self):
        if not postgres.PgBouncer.installed():
            self.skipTest("PgBouncer is not installed")
        pooler = postgres.PgBouncer(self.server)
        self.addCleanup(pooler.close)
        url = self.server.url(port=pooler.port)
        instances = [self.instance(name, url=url).start() for name in ("one", "two")]
        self.check_works(*instances)
        for instance in instances:
            self.assertNotIn("level=error", instance.log.read_text())

    def test_by_the_first_of_several_hosts_that_can_be_written_to(self):
        standby = self.server.standby()
        self.addCleanup(self.server.execute, "ALTER SYSTEM RESET synchronous_standby_names",
                        "SELECT pg_reload_conf()", database="postgres")
        self.addCleanup(standby.close)
        hosts = (postgres.free_port(), standby.port, self.server.port)
        url = (f"postgresql://{postgres.USER}@" + ",".join(f"127.0.0.1:{port}" for port in hosts)
               + "/jobsched?target_session_attrs=read-write")
        self.check_works(self.instance(url=url).start())

    def test_by_a_unix_socket(self):
        self.check_works(self.instance(
            url=f"postgresql:///jobsched?host={self.server.folder.path}&port={self.server.port}"
                f"&user={postgres.USER}").start())


if __name__ == "__main__":
    postgres.require()
    support.main()
