"""Accounts: who may come in, what each sees, how many jobs and requests each has."""

import base64
import pathlib
import tempfile
import unittest

import support
from support import CommandTest, Daemon, run

NOT_FOUND, UNAUTHORIZED, CONFLICT, UNREACHABLE, LATER, CONFIG = 3, 4, 5, 7, 75, 78

DOCUMENT = {"url": "http://a.test/", "when": "2094-05-11T15:30:00Z"}


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def basic(name, key):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{key}".encode()).decode()}


class Accounts(CommandTest):
    def setUp(self):
        for name in ("alice", "bob"):
            if name not in self.ok("account", "list"):
                setattr(type(self), name, self.ok("account", "add", name).strip())

    def key_file(self, key, mode=0o600):
        path = pathlib.Path(self.daemon.folder) / f"key-{mode:o}-{key[-8:]}"
        path.write_text(key + "\n")
        path.chmod(mode)
        return str(path)

    def test_a_key_is_printed_alone_and_kept_as_its_hash_only(self):
        added = self.daemon.run("account", "add", "carol")
        self.assertEqual(added.returncode, 0, added.stderr)
        self.assertRegex(added.stdout.decode(), r"\Ajsk_[A-Za-z0-9_-]{43}\n\Z")
        self.assertIn(b"carol is added", added.stderr)
        self.assertNotIn(added.stdout.strip(), added.stderr)
        key = added.stdout.strip()
        for path in self.daemon.store.parent.iterdir():
            self.assertNotIn(key, path.read_bytes())
        self.assertNotIn(key, self.daemon.log.read_bytes())
        self.assertIn("account carol already", self.fails(CONFLICT, "account", "add", "carol"))
        self.ok("account", "rm", "carol")

    def test_every_call_needs_a_key(self):
        for method, target in (("GET", "/1/jobs"), ("POST", "/1/jobs"), ("GET", "/1/deliveries"),
                               ("GET", "/1/secrets"), ("GET", "/1/nothing"),
                               ("GET", "/1/accounts")):
            for headers in ({}, bearer("jsk_wrong"), basic("alice", "jsk_wrong"),
                            basic("mallory", self.alice), {"Authorization": self.alice}):
                answer = self.daemon.request(method, target, **headers)
                if headers and answer.status == 429:
                    continue  # this test has tried too many by then
                self.assertEqual(answer.status, 401, (method, target, headers))
                self.assertEqual([value.split()[0] for value in
                                  answer.headers.get_all("WWW-Authenticate")], ["Bearer", "Basic"])
        for headers in (bearer(self.alice), basic("alice", self.alice)):
            self.assertEqual(self.daemon.get("/1/jobs", **headers).status, 200)

    def test_wrong_keys_are_slowed_down_and_right_ones_are_not(self):
        statuses = [self.daemon.get("/1/jobs", **bearer("jsk_wrong")) for _ in range(20)]
        last = statuses[-1]
        self.assertEqual(last.status, 429)
        self.assertGreaterEqual(int(last.headers["Retry-After"]), 1)
        self.assertEqual(self.daemon.get("/1/jobs", **bearer(self.alice)).status, 200)

    def test_accounts_do_not_see_each_other(self):
        alice, bob = bearer(self.alice), bearer(self.bob)
        made = self.daemon.post_json({**DOCUMENT, "name": "nightly"}, Accept="application/json",
                                     **alice)
        self.assertEqual(made.json["account"], "alice")
        job = made.json["id"]
        target = f"/1/jobs/{job}"
        for method, path, body in (("GET", target, None), ("DELETE", target, None),
                                   ("PUT", target, '{"url":"http://b.test/","when":'
                                                   '"2094-05-11T15:30:00Z"}'),
                                   ("POST", target + "/fire", None),
                                   ("POST", target + "/pause", None),
                                   ("GET", target + "/deliveries", None)):
            self.assertEqual(self.daemon.request(method, path, body, **bob).status, 404, path)
        self.assertNotIn(job, self.daemon.get("/1/jobs", **bob).text)
        other = self.daemon.post_json({**DOCUMENT, "name": "nightly"}, **bob)
        self.assertEqual(other.status, 201)
        self.assertEqual(self.daemon.get(target, **alice).status, 200)

    def test_commands_send_the_key_of_a_file(self):
        key = self.key_file(self.alice)
        job = self.ok("add", "--at", "2094-05-11T15:30:00Z", "http://a.test/", "--key-file",
                      key).strip()
        self.assertIn(job, self.ok("list", "--key-file", key))
        ended = run("list", cwd=self.daemon.folder, env={
            **self.daemon.environment, "JOBSCHED_SERVER": self.daemon.server,
            "JOBSCHED_KEY_FILE": key})
        self.assertIn(job, ended.stdout.decode())
        self.assertNotIn(job, self.ok("list", "--key-file", self.key_file(self.bob)))
        self.assertIn("--key-file", self.fails(UNAUTHORIZED, "list"))
        wrong = self.key_file("jsk_" + "x" * 43)
        self.assertIn(self.daemon.run("list", "--key-file", wrong).returncode,
                      (UNAUTHORIZED, LATER))
        self.assertIn("cannot read", self.fails(2, "list", "--key-file", "/nonexistent"))

    def test_a_key_that_everybody_can_read_is_warned_of(self):
        ended = self.daemon.run("list", "--key-file", self.key_file(self.alice, 0o644))
        self.assertEqual(ended.returncode, 0)
        self.assertIn(b"chmod 600", ended.stderr)
        ended = self.daemon.run("list", "--key-file", self.key_file(self.alice))
        self.assertEqual(ended.stderr, b"")

    def test_another_key_ends_the_one_before_at_once(self):
        first = self.ok("account", "add", "dora").strip()
        second = self.ok("account", "rotate", "dora").strip()
        self.assertNotEqual(first, second)
        self.assertEqual(self.daemon.get("/1/jobs", **bearer(second)).status, 200)
        self.assertNotEqual(self.daemon.get("/1/jobs", **bearer(first)).status, 200)
        self.ok("account", "rm", "dora")
        self.assertNotEqual(self.daemon.get("/1/jobs", **bearer(second)).status, 200)

    def test_an_account_with_jobs_is_removed_by_force_only(self):
        key = self.ok("account", "add", "emil").strip()
        self.daemon.post_json(DOCUMENT, **bearer(key))
        self.assertIn("--force", self.fails(CONFLICT, "account", "rm", "emil"))
        self.ok("account", "rm", "--force", "emil")
        self.assertNotIn("emil", self.ok("account", "list"))
        again = self.ok("account", "add", "emil").strip()
        self.assertEqual(self.daemon.get("/1/jobs", Accept="text/plain", **bearer(again)).text, "")
        self.ok("account", "rm", "emil")

    def test_the_list_comes_as_a_table_json_or_xml(self):
        table = self.ok("account", "list").splitlines()
        self.assertEqual(table[0].split(), ["NAME", "JOBS", "CREATED"])
        self.assertRegex(table[1], r"^alice +\d+  \d{4}-")
        self.assertIn('"name":"alice"', self.ok("account", "list", "-o", "json"))
        self.assertIn("<name>alice</name>", self.ok("account", "list", "-o", "xml"))

    def test_what_is_not_there_or_not_a_name(self):
        self.assertIn("no account nobody", self.fails(NOT_FOUND, "account", "rm", "nobody"))
        self.fails(NOT_FOUND, "account", "rotate", "nobody")
        for name in ("Alice", "", "a b", "-", "a" * 65):
            with self.subTest(name):
                self.fails(2, "account", "add", "--", name)
        self.fails(2, "account", "add")
        self.fails(2, "account", "list", "alice")
        self.fails(2, "account", "remove", "alice")
        self.fails(2, "account", "add", "x", "--force")
        self.assertIn("--admin or JOBSCHED_ADMIN names another server",
                      self.fails(UNREACHABLE, "account", "list", "--admin", "unix:/nonexistent"))

    def test_accounts_survive_a_restart(self):
        self.daemon.stop()
        self.daemon.start()
        self.assertEqual(self.daemon.get("/1/jobs", **bearer(self.alice)).status, 200)
        self.assertEqual(self.daemon.get("/1/jobs").status, 401)


class Limits(CommandTest):
    settings = "limits: {jobs_per_account: 2, requests_per_second: 5}\n"

    def test_jobs_and_requests(self):
        key = self.ok("account", "add", "alice").strip()
        headers = {**bearer(key), "Content_Type": "application/json"}
        lot = "[" + ",".join(['{"url":"http://a.test/","when":"2094-05-11T15:30:00Z"}'] * 3) + "]"
        refused = self.daemon.request("POST", "/1/jobs", lot, **headers)
        self.assertEqual(refused.status, 403)
        self.assertIn("limits.jobs_per_account", refused.text)
        self.assertEqual(self.daemon.get("/1/jobs", Accept="text/plain", **bearer(key)).text, "")
        statuses = []
        for _ in range(100):
            answer = self.daemon.get("/1/jobs", **bearer(key))
            statuses.append(answer.status)
            if answer.status == 429:
                self.assertEqual(answer.headers["Retry-After"], "1")
                break
        self.assertEqual(statuses[-1], 429)


class Reach(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.daemon = Daemon(folder.name)
        self.addCleanup(lambda: self.daemon.process and self.daemon.kill())

    def test_beyond_this_machine_only_with_accounts(self):
        self.daemon.start()
        self.assertIn("callbacks=anywhere", self.daemon.log.read_text())
        self.assertEqual(self.daemon.get("/1/jobs").status, 200)
        job = self.daemon.post_json(DOCUMENT).text
        key = self.daemon.run("account", "add", "default").stdout.decode().strip()
        self.assertEqual(self.daemon.get("/1/jobs").status, 401)
        self.assertEqual(self.daemon.get("/1/jobs", Accept="text/plain", **bearer(key)).text, job)
        self.daemon.stop()

        elsewhere = Daemon(self.daemon.folder)
        self.addCleanup(lambda: elsewhere.process and elsewhere.kill())
        elsewhere.config.write_text(
            'listen: ["127.0.0.1:0", "0.0.0.0:0"]\ntls: {allow_plaintext: true}\n')
        elsewhere.listen = None
        elsewhere.start()
        self.assertIn("to public addresses", elsewhere.log.read_text())
        last = elsewhere.run("account", "rm", "--force", "default")
        self.assertEqual(last.returncode, CONFLICT, last.stderr)
        self.assertIn(b"last account", last.stderr)
        self.assertEqual(elsewhere.get("/1/jobs", **bearer(key)).status, 200)
        elsewhere.stop()

        self.daemon.config.write_text("{}\n")
        self.daemon.start()
        self.assertEqual(self.daemon.run("account", "rm", "--force", "default").returncode, 0)
        self.assertEqual(self.daemon.get("/1/jobs").status, 200)
        self.daemon.stop()
        ended = run("serve", "--listen", "0.0.0.0:0", "--store", str(self.daemon.store),
                    env=self.daemon.environment)
        self.assertEqual(ended.returncode, CONFIG)
        self.assertIn(b"jobsched account add", ended.stderr)


if __name__ == "__main__":
    support.main()
