"""The checker finds each class of fault in a history that has just that fault."""

import dataclasses
import unittest

from history import LATE, RECOVERY, Callback, History, Job, Kill, Version, check

ONCE = Version("once", "s", sent=1_000, acked=1_010, when=5_000)
EVERY = Version("every", "s", sent=1_000, acked=1_010, period=2_000)


def callback(version, fire_time, arrived=None, attempt=1, status=200, **fields):
    one = Callback(arrived or fire_time + 1, f"j_{fire_time}", "j", fire_time, attempt, version.body,
                   version.signature, status)
    return dataclasses.replace(one, **fields)


def once(*callbacks, kills=(), **fields):
    return History([Job([ONCE], "j", **fields)], list(callbacks), list(kills), 10_000)


def every(*times, **fields):
    return History([Job([EVERY], "j", **fields)], [callback(EVERY, time) for time in times], [],
                   8_500)


class Checker(unittest.TestCase):
    def faults(self, history):
        return {name: len(found) for name, found in check(history).faults.items() if found}

    def test_what_is_right_has_no_fault(self):
        rows = {
            "once": once(callback(ONCE, 5_000)),
            "on the dot": once(callback(ONCE, 5_000, arrived=5_000)),
            "after a failure": once(callback(ONCE, 5_000, status=500),
                                    callback(ONCE, 5_000, 6_000, attempt=2)),
            "every": every(2_000, 4_000, 6_000, 8_000),
            "deleted before": once(delete_sent=2_000, delete_acked=2_010),
            "deleted, perhaps": once(delete_sent=2_000),
            "not deleted, after all": once(callback(ONCE, 5_000), delete_sent=2_000),
            "deleted while under way": once(callback(ONCE, 5_000, arrived=5_500), delete_sent=5_001,
                                            delete_acked=5_010),
            "every until deleted": every(2_000, 4_000, delete_sent=5_000, delete_acked=5_001),
            "deleted before the daemon came round to it": once(delete_sent=5_000 + LATE,
                                                               delete_acked=5_010 + LATE),
            "deleted just after a start that was to fire it": once(
                kills=[Kill(4_900, 4_910, 6_500)], delete_sent=6_500 + RECOVERY),
            "deleted after two starts that were to fire it": once(
                kills=[Kill(4_900, 4_910, 5_500), Kill(5_600, 5_610, 6_500)],
                delete_sent=6_500 + RECOVERY),
            "not due yet": History([Job([ONCE], "j")], [], [], 4_999),
            "perhaps created": History([Job([dataclasses.replace(ONCE, acked=None)])], [], [],
                                       10_000),
            "created without an answer": History([Job([dataclasses.replace(ONCE, acked=None)])],
                                                 [callback(ONCE, 5_000)], [], 10_000),
        }
        for rule, history in rows.items():
            with self.subTest(rule):
                self.assertEqual(self.faults(history), {})

    def test_each_fault_is_found(self):
        other = dataclasses.replace(ONCE, body="other", sent=2_000, acked=2_010, when=7_000)
        replaced = [Job([ONCE, other], "j")]
        rows = [
            ("never fired", once(), "lost"),
            ("one of many never fired", every(2_000, 4_000, 8_000), "lost"),
            ("the new definition never fired", History(replaced, [], [], 10_000), "lost"),
            ("deleted long after", once(delete_sent=5_001 + LATE), "lost"),
            ("deleted long after a start that was to fire it",
             once(kills=[Kill(4_900, 4_910, 6_500)], delete_sent=6_501 + RECOVERY), "lost"),
            ("a kill that was over before", once(kills=[Kill(4_900, 4_910, 5_000)],
                                                 delete_sent=5_001 + LATE), "lost"),
            ("a kill that came after the change", once(kills=[Kill(6_100, 6_110, 7_000)],
                                                       delete_sent=6_050), "lost"),
            ("early", once(callback(ONCE, 5_000, arrived=4_999)), "early"),
            ("of no job", once(callback(ONCE, 5_000), callback(ONCE, 5_000, body="?")), "phantom"),
            ("at no fire time", every(2_000, 3_000, 4_000, 6_000, 8_000), "phantom"),
            ("before it was created", every(0, 2_000, 4_000, 6_000, 8_000), "phantom"),
            ("after it was deleted",
             every(2_000, 4_000, 6_000, delete_sent=4_500, delete_acked=4_510), "phantom"),
            ("long after it was deleted",
             once(callback(ONCE, 5_000, arrived=11_000), delete_sent=5_000, delete_acked=5_010),
             "phantom"),
            ("of the old definition",
             History(replaced, [callback(ONCE, 5_000), callback(other, 7_000)], [], 10_000),
             "phantom"),
            ("another signature", once(callback(ONCE, 5_000, signature="t")), "mutated"),
            ("another job's id", once(callback(ONCE, 5_000, job_id="k", webhook_id="k_5000")),
             "mutated"),
            ("an epoch of a job that was not changed",
             once(callback(ONCE, 5_000, webhook_id="j_5000_1")), "mutated"),
            ("another webhook-id", once(callback(ONCE, 5_000, webhook_id="j_5001")), "mutated"),
            ("twice", once(callback(ONCE, 5_000), callback(ONCE, 5_000, 6_000)), "duplicate"),
            ("again after it was accepted",
             once(callback(ONCE, 5_000), callback(ONCE, 5_000, 6_000, attempt=2)), "duplicate"),
            ("a kill that came later",
             once(callback(ONCE, 5_000), callback(ONCE, 5_000, 6_000), kills=[Kill(6_500, 6_510, 6_510)]), "duplicate"),
            ("a kill that came before",
             once(callback(ONCE, 5_000), callback(ONCE, 5_000, 6_000), kills=[Kill(4_000, 4_010, 4_010)]),
             "duplicate"),
            ("a kill that came long after",
             once(callback(ONCE, 5_000), callback(ONCE, 5_000, 20_000), kills=[Kill(19_000, 19_010, 19_010)]),
             "duplicate"),
            ("a kill of another instance",
             once(callback(ONCE, 5_000, instance=1), callback(ONCE, 5_000, 6_000, instance=2),
                  kills=[Kill(5_500, 5_510, 5_510, instance=2)]), "duplicate"),
            ("a number left out",
             once(callback(ONCE, 5_000, status=500), callback(ONCE, 5_000, 6_000, attempt=3)),
             "duplicate"),
            ("a number that goes back",
             once(callback(ONCE, 5_000, attempt=2, status=500),
                  callback(ONCE, 5_000, 6_000, attempt=1)), "duplicate"),
        ]
        for rule, history, fault in rows:
            with self.subTest(rule):
                self.assertEqual(set(self.faults(history)), {fault})

    def test_what_was_in_flight_at_a_kill_may_come_again(self):
        for by, killed in ((None, None), (None, 1), (1, None), (1, 1)):
            with self.subTest(by=by, killed=killed):
                history = once(callback(ONCE, 5_000, instance=by), callback(ONCE, 5_000, 6_000),
                               kills=[Kill(5_500, 5_510, 5_510, killed)])
                self.assertEqual(self.faults(history), {})
                self.assertEqual(check(history).repeated, 1)

    def test_a_changed_job_may_fire_in_a_new_epoch(self):
        other = dataclasses.replace(EVERY, body="other", sent=5_500, acked=7_500)
        fired = [callback(EVERY, 2_000), callback(EVERY, 4_000), callback(EVERY, 6_000),
                 callback(other, 6_000, 7_600, webhook_id="j_6000_1"),
                 callback(other, 8_000, webhook_id="j_8000_1")]
        history = History([Job([EVERY, other], "j")], fired, [], 8_500)
        self.assertEqual(self.faults(history), {})
        self.assertEqual(check(history).new_epochs, 2)

    def test_how_late_a_daemon_may_be_is_given(self):
        for late, faults in ((LATE, {"lost": 1}), (2 * LATE, {})):
            with self.subTest(late):
                history = dataclasses.replace(once(delete_sent=5_001 + LATE), late=late)
                self.assertEqual(self.faults(history), faults)

    def test_the_counts_are_those_of_the_history(self):
        report = check(every(2_000, 4_000, 6_000, 8_000))
        self.assertEqual((report.targets, report.callbacks, report.late), (4, 4, [1, 1, 1, 1]))
        self.assertRegex(report.table(), r"fire times +4\n")


if __name__ == "__main__":
    unittest.main()
