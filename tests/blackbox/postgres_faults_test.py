"""Instances that share a PostgreSQL database, under load, while faults are made: instances are killed
and stopped, the primary is killed and a standby takes its place, connections are cut and held up.
What happened is judged by history.py.

JOBSCHED_KILLS says how often instances are killed (default 5), JOBSCHED_SEED repeats a run's decisions.
"""

import os
import pathlib
import random
import signal
import sys
import tempfile
import threading
import time
import unittest

import history
import postgres
import support
from load import SEED, Load, now
from postgres import Instance, Server
from proxy import Proxy
from support import await_true, from_now

KILLS = int(os.environ.get("JOBSCHED_KILLS", "5"))
FROZEN = float(os.environ.get("JOBSCHED_FROZEN", "30"))  # seconds
LATE = 10_000  # ms that a fire time may be late, with all that this machine does at once
RESUMED = 5_000  # ms after a promotion at which callbacks come again at the latest
SETTINGS = """
limits: {min_interval: 1s}
delivery: {backoff: [1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s], connect_timeout: 1s, timeout: 30s}
misfire: {threshold: 1h}
"""
# When the last of the leases that are held ends.
LEASES = "SELECT coalesce(max(until), 0) FROM jobsched.jobs"


class FaultTest(unittest.TestCase):
    settings = SETTINGS
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()
        self.server.new_database()

    def instances(self, *urls):
        instances = [Instance(self.folder / str(number), url, self.settings)
                     for number, url in enumerate(urls)]
        for instance in instances:
            self.addCleanup(lambda one=instance: one.process and one.kill())
        return instances

    def proxy(self):
        proxy = Proxy(self.server.port)
        self.addCleanup(proxy.close)
        return proxy

    def begin_load(self, instances):
        for instance in instances:
            instance.start()
        load = Load(instances)
        self.addCleanup(load.close)
        load.start()
        await_true(lambda: len(load.receiver.received) > 50, "the load")
        return load

    def leases_end(self, server=None):
        """When the leases end that are held now, and how long that is from now, if any are."""
        ends = int((server or self.server).execute(LEASES)[0])
        return ends, max(0, ends - now()) / 1_000

    def end_load(self, load, kills, what, server=None):
        """Judges what happened once all leases have ended, and what is owed is delivered."""
        server = server or self.server
        _, left = self.leases_end(server)
        # A job whose delivery was leased comes round to its fire times of meanwhile one by one.
        report = load.judge(kills, load.end(2 * left + 4 * support.DEADLINE), what, LATE)
        self.assertEqual(report.first_faults(), {}, f"seed {SEED}")
        self.assertGreater(report.targets, 0)
        outstanding = server.execute("SELECT count(*) FROM jobsched.jobs WHERE fire_time IS NOT NULL")
        self.assertEqual(outstanding, ["0"])


class Hold:
    """Lets an answer wait until it is let go."""

    def __init__(self):
        self.gone = threading.Event()
        self.status = None

    def let_go(self, status):
        self.status = status
        self.gone.set()


class HoldingEndpoint(support.Endpoint):
    """Answers 200, but holds the first callbacks of some jobs: `holds` are by the payload of the job."""

    def __init__(self, **holds):
        self.holds = holds
        super().__init__(self.answer)

    def answer(self, handler):
        holds = self.holds.get(handler.callback.body.decode())
        hold = holds.pop(0) if holds else None
        if hold:
            hold.gone.wait()
        handler.send_response(hold.status if hold else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


class Leases(FaultTest):
    """One instance whose attempts are under way, and another one, which is there once it is started."""

    def setUp(self):
        super().setUp()
        self.first, self.second = self.instances(*[self.server.url()] * 2)

    def begin_attempts(self, **holds):
        """Has the first instance make an attempt of a job for each of the payloads; the endpoint, and
        the callbacks by their payloads."""
        endpoint = HoldingEndpoint(**holds)
        self.addCleanup(endpoint.close)
        for hold in [hold for some in holds.values() for hold in some]:
            self.addCleanup(hold.let_go, 200)
        self.first.start()
        for payload in holds:
            created = self.first.post_json({"url": endpoint.url, "when": from_now(0.5),
                                            "data": payload})
            self.assertEqual(created.status, 201, created.text)
        return endpoint, self.callbacks(endpoint, len(holds), support.DEADLINE)

    def callbacks(self, endpoint, count, within):
        await_true(lambda: endpoint.callbacks.qsize() >= count, "callbacks", within)
        return {one.body.decode(): one for one in (endpoint.next() for _ in range(count))}

    def delivery(self, callback):
        return self.second.get(f"/1/deliveries/{callback.headers['webhook-id']}").json

    def test_the_work_of_a_dead_instance_is_resumed_when_its_lease_ends(self):
        endpoint, before = self.begin_attempts(x=[Hold()])
        self.first.kill()
        self.second.start()
        ends, left = self.leases_end()
        after = self.callbacks(endpoint, 1, left + support.DEADLINE)["x"]
        late = int(after.arrived.timestamp() * 1_000) - ends
        print(f"resumed {late} ms after the end of the lease", file=sys.stderr)
        self.assertTrue(0 <= late <= 1_000, late)
        for name in ("webhook-id", "Jobsched-Attempt", "Jobsched-Fire-Time"):
            self.assertEqual(after.headers[name], before["x"].headers[name])
        await_true(lambda: self.delivery(after)["state"] == "accepted", "its end")
        self.assertEqual(self.second.ids(), [])

    def test_what_a_stopped_instance_has_to_say_comes_too_late(self):
        """By then one delivery has ended, and the other's next attempt is under way."""
        holds = {"ended": [Hold()], "under_way": [Hold(), Hold()]}
        first, later = holds["ended"] + holds["under_way"][:1], holds["under_way"][1]
        endpoint, before = self.begin_attempts(**holds)
        self.first.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.first.process.send_signal, signal.SIGCONT)
        self.second.start()
        _, left = self.leases_end()
        after = self.callbacks(endpoint, 2, left + support.DEADLINE)
        for payload, callback in before.items():
            self.assertEqual(callback.headers["webhook-id"], after[payload].headers["webhook-id"])
        await_true(lambda: self.delivery(after["ended"])["state"] == "accepted", "its end")
        for hold in first:
            hold.let_go(410)  # which would end the delivery
        self.first.process.send_signal(signal.SIGCONT)
        self.assertEqual(self.first.stop(), 0, "it has recorded what it could")
        self.assertEqual(self.delivery(after["under_way"])["state"], "inFlight")
        later.let_go(200)
        await_true(lambda: self.second.ids() == [], "the jobs are purged")
        for callback in after.values():
            delivery = self.delivery(callback)
            self.assertEqual(delivery["state"], "accepted")
            self.assertEqual([attempt["status"] for attempt in delivery["attempts"]], [200])
        self.assertTrue(endpoint.callbacks.empty())


class UnderLoad(FaultTest):
    def test_instances_are_killed(self):
        generator = random.Random(SEED)
        instances = self.instances(*[self.server.url()] * 3)
        load = self.begin_load(instances)
        kills = []
        for _ in range(KILLS):
            time.sleep(0.5 + generator.random())  # chaos, not a wait for anything
            victim = generator.choice(instances)
            pid, began = victim.process.pid, now()
            victim.kill()
            ended = now()
            kills.append(history.Kill(began, ended, max(ended, self.leases_end()[0]), pid))
            victim.start()
        self.end_load(load, kills, f"{KILLS} kills of one of three instances")

    def test_connections_are_cut(self):
        proxies = [self.proxy() for _ in range(3)]
        instances = self.instances(*[self.server.url(port=proxy.port) for proxy in proxies])
        generator = random.Random(SEED)
        load = self.begin_load(instances)
        cuts = []
        for _ in range(KILLS):
            time.sleep(0.5 + generator.random())  # chaos, not a wait for anything
            instance, proxy = generator.choice(list(zip(instances, proxies)))
            began = now()
            proxy.cut()
            cuts.append(history.Kill(began, now(), max(now(), self.leases_end()[0]),
                                     instance.process.pid))
        self.end_load(load, cuts, f"{KILLS} cuts of one of three instances' connections")

    def test_connections_are_held_up(self):
        proxies = [self.proxy() for _ in range(2)]
        instances = self.instances(*[self.server.url(port=proxy.port) for proxy in proxies])
        load = self.begin_load(instances)
        began = now()
        proxies[0].freeze()
        time.sleep(FROZEN)  # the fault
        proxies[0].resume()
        fault = history.Kill(began, now(), max(now(), self.leases_end()[0]),
                             instances[0].process.pid)
        await_true(lambda: instances[0].get("/readyz").status == 200, "it is ready again")
        self.end_load(load, [fault], f"one of two instances' connections held up for {FROZEN:g} s")

    def test_an_instance_is_stopped(self):
        """For twice as long as a lease holds, so that what it goes on with is nothing of its own."""
        instances = self.instances(*[self.server.url()] * 2)
        load = self.begin_load(instances)
        pid, began = instances[0].process.pid, now()
        os.kill(pid, signal.SIGSTOP)
        self.addCleanup(instances[0].process.send_signal, signal.SIGCONT)
        ends, left = self.leases_end()
        time.sleep(2 * left)  # the fault
        os.kill(pid, signal.SIGCONT)
        fault = history.Kill(began, now(), max(now(), ends), pid)
        await_true(lambda: instances[0].get("/readyz").status == 200, "it is ready again")
        self.end_load(load, [fault], f"one of two instances stopped for {2 * left:.0f} s")


class Failover(FaultTest):
    """The primary is killed, and a standby takes its place that has all that was acknowledged."""

    def setUp(self):
        super().setUp()
        self.standby = self.server.standby()
        self.addCleanup(self.standby.close)

    def test_by_a_url_that_names_both(self):
        url = (f"postgresql://{postgres.USER}@127.0.0.1:{self.server.port},"
               f"127.0.0.1:{self.standby.port}/jobsched?target_session_attrs=read-write")
        self.check([url] * 2, lambda: None, "by a URL that names both")

    def test_by_an_address_that_moves(self):
        """It does so before the standby can be written to."""
        proxy = self.proxy()
        self.check([self.server.url(port=proxy.port)] * 2, lambda: proxy.lead_to(self.standby.port),
                   "by an address that moves")

    def check(self, urls, move, way):
        load = self.begin_load(self.instances(*urls))
        began = now()
        self.server.kill()
        move()
        time.sleep(1)  # until it is noticed
        self.standby.promote()
        promoted = now()

        def first_after():
            return min((one.arrived for one in list(load.receiver.received)
                        if one.arrived > promoted), default=None)

        await_true(first_after, "callbacks after the promotion")
        time.sleep(2)  # under load again
        took = first_after() - promoted
        self.end_load(load, [history.Kill(began, promoted + RESUMED, promoted + RESUMED)],
                      f"a failover {way}, callbacks {took} ms after it", self.standby)
        self.assertLessEqual(took, RESUMED)


if __name__ == "__main__":
    postgres.require()
    support.main()
