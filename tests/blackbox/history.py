"""What a daemon that is killed again and again was asked to do and what it did: a checker in the
manner of Jepsen's for Chronos, made stronger by the identity that every callback carries.

Pure: no clock, no daemon. All times are milliseconds of one clock.
"""

import collections
import dataclasses
import re
from typing import Optional

GRACE = 5_000  # how long a callback that was under way may arrive after its job was changed
IN_FLIGHT = 5_000  # how long before a kill an answer may have come that was not yet recorded
STAMP = 200  # how long after a callback was sent the endpoint may note it
ORPHAN = 15_000  # the same, if its connection belongs to nobody any more
LATE = 1_000  # how late a daemon that is up may come round to a fire time …
RECOVERY = 2_000  # … and one that has just started


@dataclasses.dataclass
class Version:
    """A definition of a job. `sent` and `acked` are when the client asked for it and when it had a
    2xx; without the latter it may or may not be in force."""
    body: str
    signature: str
    sent: int
    acked: Optional[int]
    when: Optional[int] = None
    period: Optional[int] = None

    def targets(self, begin, end):
        """The fire times in (begin, end]."""
        if self.when is not None:
            return [self.when] if begin < self.when <= end else []
        first = begin // self.period * self.period + self.period
        return list(range(first, end + 1, self.period))

    def is_target(self, time):
        return time == self.when if self.when is not None else time % self.period == 0


@dataclasses.dataclass
class Job:
    versions: list  # in order; only the last one may be without `acked`
    id: Optional[str] = None  # None: the create was not answered
    delete_sent: Optional[int] = None
    delete_acked: Optional[int] = None

    def superseded(self, index):
        """When version `index` began to end, and since when it surely has; None: never."""
        if index + 1 < len(self.versions):
            return self.versions[index + 1].sent, self.versions[index + 1].acked
        return self.delete_sent, self.delete_acked


@dataclasses.dataclass
class Callback:
    arrived: int
    webhook_id: str
    job_id: str
    fire_time: int
    attempt: int
    body: str
    signature: str
    status: int  # that the endpoint answered with
    instance: Optional[int] = None  # whose callback it was, if that is known


@dataclasses.dataclass
class Kill:
    """The process died between `began` and `ended`; from `ready` on its work was done by others, as
    the next one served then, or its leases had ended. Of many instances it was `instance`."""
    began: int
    ended: int
    ready: int
    instance: Optional[int] = None

    def had_in_flight(self, callback):
        """Whether it may have come before the outcome of this one could be recorded."""
        if None not in (self.instance, callback.instance) and self.instance != callback.instance:
            return False
        # Whose owner is gone when the endpoint comes round to it was sent before that died.
        orphan = self.instance is not None and callback.instance is None
        return self.began - IN_FLIGHT <= callback.arrived <= self.ended + (ORPHAN if orphan else STAMP)


@dataclasses.dataclass
class History:
    jobs: list
    callbacks: list
    kills: list  # of Kill
    read: int  # until when every target had to be met
    late: int = LATE  # how late a daemon that is up may come round to a fire time


class Report:
    """Faults by class, each as a line of words, and the counts of what is no fault."""

    FATAL = ("lost", "early", "phantom", "mutated", "duplicate")

    def __init__(self):
        self.faults = {name: [] for name in self.FATAL}
        self.targets = 0
        self.callbacks = 0
        self.repeated = 0  # duplicates of what was in flight at a kill
        self.overtaken = 0  # fire times whose job was changed before the daemon came round to them
        self.new_epochs = 0  # callbacks of a job that has fired later than its new definition begins
        self.late = []  # of first attempts

    def add(self, name, what):
        self.faults[name].append(what)

    def table(self):
        rows = [("fire times", self.targets), ("callbacks", self.callbacks),
                ("repeated after a kill", self.repeated),
                ("overtaken by a change", self.overtaken), ("in a new epoch", self.new_epochs)]
        rows += [(name, len(found)) for name, found in self.faults.items()]
        if self.late:
            late = sorted(self.late)
            rows += [("late by, median ms", late[len(late) // 2]), ("late by, most ms", late[-1])]
        return "\n".join(f"{name:24}{count:>9}" for name, count in rows)

    def first_faults(self):
        return {name: found[:5] for name, found in self.faults.items() if found}


def check(history):
    report = Report()
    by_body = {version.body: (job, index)
               for job in history.jobs for index, version in enumerate(job.versions)}
    firings = collections.defaultdict(list)
    for callback in sorted(history.callbacks, key=lambda one: one.arrived):
        report.callbacks += 1
        if callback.arrived < callback.fire_time:
            report.add("early", callback)
        found = by_body.get(callback.body)
        if found is None:
            report.add("phantom", callback)
            continue
        check_identity(report, callback, *found)
        check_in_force(report, callback, *found)
        firings[callback.body, callback.fire_time].append(callback)
    for attempts in firings.values():
        check_attempts(report, attempts, history.kills)
        report.late.append(attempts[0].arrived - attempts[0].fire_time)
    for job in history.jobs:
        check_targets(report, job, firings, history)
    return report


def check_identity(report, callback, job, index):
    """What was accepted is what was sent, and the identity follows from job, fire time and epoch: a new
    one begins if a job fires until a change of it is committed, later than its new definition does."""
    expected = (job.id or callback.job_id, job.versions[index].signature)
    if (callback.job_id, callback.signature) != expected:
        report.add("mutated", callback)
    identity = f"{callback.job_id}_{callback.fire_time}"
    if index > 0 and re.fullmatch(f"{identity}_[1-9]", callback.webhook_id):
        report.new_epochs += 1
    elif callback.webhook_id != identity:
        report.add("mutated", callback)


def check_in_force(report, callback, job, index):
    version = job.versions[index]
    _, over = job.superseded(index)
    if not version.is_target(callback.fire_time) or callback.fire_time < version.sent:
        report.add("phantom", callback)
    elif over is not None and (callback.fire_time > over or callback.arrived > over + GRACE):
        report.add("phantom", callback)


def check_attempts(report, attempts, kills):
    """Attempts of one firing, in order of arrival: numbers never go back, and one is repeated, or
    follows one that was accepted, only if a kill came before its outcome could be recorded."""
    for before, after in zip(attempts, attempts[1:]):
        repeated = after.attempt == before.attempt
        if repeated or before.status // 100 == 2:
            if any(kill.had_in_flight(before) and kill.began <= after.arrived for kill in kills):
                report.repeated += 1
            else:
                report.add("duplicate", (before, after))
        if not repeated and after.attempt != before.attempt + 1:
            report.add("duplicate", (before, after))


def came_round_by(target, history):
    """When a fire time must have been attempted at the latest."""
    latest = target + history.late
    for kill in history.kills:
        if kill.began <= latest and kill.ready > target:
            latest = max(latest, kill.ready + RECOVERY)
    return latest


def check_targets(report, job, firings, history):
    """Every fire time of a version that was surely in force has been attempted, unless the job was
    changed or deleted while the fire time was overdue: then it is the change that was asked for."""
    for index, version in enumerate(job.versions):
        if version.acked is None:
            continue
        ending, _ = job.superseded(index)
        end = history.read if ending is None else min(history.read, ending - 1)
        for target in version.targets(version.acked, end):
            report.targets += 1
            if (version.body, target) in firings:
                continue
            if ending is not None and ending <= came_round_by(target, history):
                report.overtaken += 1
            else:
                report.add("lost", (job.id, version, target, ending))
