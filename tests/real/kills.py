"""Acts: workers killed and frozen at random instants of their work, and the database restarted under it; then peace, and
a count.

    python -m tests.real --kills 200 --restarts 10

Real processes, a real PostgreSQL, the emulator behind a socket. Afterwards every client, invoice, payment and credit must
be in QuickBooks exactly once, every amount equal, and nothing left to do. ``./run test`` runs a few kills of the same.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.real.count import OpenIssue, wrong
from tests.real.gathering import gathered, open_issues
from tests.real.lane import LaneNote
from tests.real.people import People
from tests.real.stand import ROOT, Stand, within

WORKERS = 2
LEASE = 2.0
"""Seconds instead of minutes; more than a busy machine takes between two commits of a run, or no run gets anywhere."""
SETTLE = 1.5
STALLED = 1.5
TICK = 0.3
ANSWER = "0.02..0.2"
"""Seconds QuickBooks takes to answer: most of a run is waiting for that, as in life."""
BEGINS = 20.0
"""Seconds within which a worker begins once people have worked: the lane of a dead one is free after ``LEASE``."""
AT_WORK = 1.2
"""Seconds of a run within which it is harmed, at random: before it has read anything, between two writes, or when it is over."""
REST = 240.0
"""Seconds after which what is not at rest counts as lost."""


class Nursery:
    """Workers that are forked and killed. ``log``: where what they write goes.

    ``lane``: a file in which they note who takes the lane; they are hasty then. Without, they are as the product's are.
    """

    def __init__(
        self,
        environment: dict[str, str],
        database_name: str = "",
        *,
        log: Path,
        lane: Path | None = None,
    ) -> None:
        self.log = log.open("a")
        self.lane = LaneNote(lane) if lane else None
        noting = ["--lane", str(lane)] if lane else []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.real.nursery", "--database", database_name, *noting],
            cwd=ROOT,
            env={**environment, "PYTHONPATH": str(ROOT / "src")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        self.alive: list[int] = []

    def fork(self) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("fork\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        self.alive.append(child)
        return child

    def signal(self, child: int, what: int) -> bool:
        """False when it has ended by itself: a worker does when its database goes away."""
        try:
            os.kill(child, what)
        except ProcessLookupError:
            self.alive.remove(child)
            return False
        return True

    def kill(self, child: int) -> bool:
        if not self.signal(child, signal.SIGKILL):
            return False
        self.alive.remove(child)
        return True

    def keep(self, workers: int) -> None:
        """Let so many be alive: whoever looks after workers starts one in the place of one that ended."""
        for child in list(self.alive):
            self.signal(child, 0)
        while len(self.alive) < workers:
            self.fork()

    def stop(self) -> None:
        for child in list(self.alive):
            self.kill(child)
        self.process.kill()
        self.process.wait()
        self.log.close()
        if self.lane is not None:
            self.lane.close()


@dataclass
class Storm:
    """People work while workers die. ``restart``: stops and starts the database; None leaves it alone."""

    stand: Stand
    nursery: Nursery
    seed: int
    restart: Callable[[], None] | None = None
    did: Counter[str] = field(default_factory=Counter)
    left: set[int] = field(default_factory=set)
    """Attempts that a kill has left in mid-sending."""

    def __post_init__(self) -> None:
        assert self.nursery.lane is not None
        self.lane = self.nursery.lane
        self.rng = random.Random(self.seed)
        self.people = People(self.stand, self.rng, str(self.seed))
        self.issues_before: frozenset[OpenIssue] = open_issues(self.stand)

    def run(self, kills: int, restarts: int) -> None:
        """Until so many workers are killed; for every four of them one more is frozen past its lease.

        Goes on, up to three times as many, until one of them has left a write in doubt.
        """
        self.nursery.keep(WORKERS)
        every = max(1, kills * 5 // 4 // restarts) if restarts else 0
        number = 0
        while self.did["killed"] < kills or (not self.left and self.did["killed"] < kills * 3):
            number += 1
            self._harm(self._at_work())
            if self.restart is not None and every and number % every == 0:
                at_work = self._held_by(self._at_work())
                self.restart()
                self.did["database restarted"] += 1
                self.did["database restarted at work"] += bool(at_work)

    def _at_work(self) -> int:
        """People work, a worker begins with it, and some of its time passes. Returns that worker's process id.

        0 when none has begun: they are harmed all the same, and it does not count as at work.
        """
        before = self.lane.read().epoch
        self.people.work()
        self.nursery.keep(WORKERS)
        within(BEGINS, lambda: self.lane.read().epoch > before, look_every=0.005)
        time.sleep(self.rng.uniform(0, AT_WORK))  # the random instant
        taken = self.lane.read()
        return taken.process if taken.epoch > before and taken.process in self.nursery.alive else 0

    def _harm(self, worker: int) -> None:
        """Most often the one at work; one time in eight any, whatever it is doing."""
        self.nursery.keep(WORKERS)
        if worker not in self.nursery.alive or self.rng.random() < 0.125:
            worker = self.rng.choice(self.nursery.alive)
        if self.harmed % 5 == 2:
            self._freeze(worker)
        elif self.nursery.kill(worker):
            self.did["killed"] += 1
            if epoch := self._held_by(worker):
                self.did["killed at work"] += 1
                self.left |= self._in_mid_sending(epoch)

    @property
    def harmed(self) -> int:
        return self.did["killed"] + self.did["frozen"]

    def _freeze(self, worker: int) -> None:
        """Frozen past its lease, woken while another has the lane, and killed some time later like any other."""
        if not self.nursery.signal(worker, signal.SIGSTOP):
            return
        self.did["frozen"] += 1
        self.nursery.fork()
        if epoch := self._held_by(worker):
            self.did["frozen at work"] += 1
            # One that is frozen inside a transaction keeps the row of its connection: then nobody else gets the lane.
            within(LEASE * 2, lambda: self.lane.read().epoch > epoch, look_every=0.005)
        time.sleep(self.rng.uniform(0, AT_WORK))
        self.nursery.signal(worker, signal.SIGCONT)

    def _held_by(self, worker: int) -> int:
        """The epoch of the run that this worker was in the middle of, by the table of connections. 0: it was in none."""
        taken, connection = self.lane.read(), self.stand.connection
        held = connection.lease_until is not None and connection.epoch == taken.epoch
        return taken.epoch if held and taken.process == worker else 0

    def _in_mid_sending(self, epoch: int) -> set[int]:
        from tieout.sync.models import Attempt, AttemptState

        with self.stand.here():
            sending = Attempt.objects.filter(epoch=epoch, state=AttemptState.SENDING)
            return set(sending.values_list("pk", flat=True))

    # -- afterwards ------------------------------------------------------------------------------------------

    def rest(self) -> None:
        """No more harm: everything must come to rest."""
        self.stand.emulator.control("DELETE", "/faults")
        self.nursery.keep(WORKERS)
        assert within(REST, self._looked_after), self.waits()

    def answer(self) -> None:
        """What only a person can decide is decided as a careful one does who works here: ours is kept."""
        from tieout.reconcile.state import Side
        from tieout.sync import decisions
        from tieout.sync.models import Conflict

        for _ in range(3):
            with self.stand.here():
                asked = list(
                    Conflict.objects.filter(closed_at=None).order_by("id").values_list("pk", flat=True)
                )
                if not asked:
                    return
                decisions.answer_conflicts(self.stand.member, asked, Side.PRACTICE, engine=self.stand.engine)
            self.did["asked a person"] += len(asked)
            self.rest()

    def _looked_after(self) -> bool:
        self.nursery.keep(WORKERS)
        return self.stand.at_rest()

    def waits(self) -> str:
        from tieout.sync.models import Attempt, Dirty, Issue

        with self.stand.here():
            dirty = list(
                Dirty.objects.values_list("entity", "record_id", "reason", "tries", "not_before")[:10]
            )
            attempts = Counter(Attempt.objects.values_list("state", flat=True))
            issues = list(Issue.objects.filter(closed_at=None).values_list("cause", "name", "sentence")[:10])
        return f"dirty {dirty}, attempts {attempts}, issues {issues}, {self.stand.connection}"

    def check(self) -> None:
        """Nothing doubled, lost, unequal or open, and the log of writes is whole; and the harm was done to work."""
        from tieout.sync import write_log
        from tieout.sync.models import Attempt
        from tieout.sync.write_log import WriteEntry

        with self.stand.here():
            assert write_log.broken_at(self.stand.connection) is None
            asked = Attempt.objects.filter(pk__in=self.left).values("request_id")
            doubted = WriteEntry.objects.filter(result="in_doubt", request_id__in=asked)
            self.did["left in doubt"] = doubted.values("request_id").distinct().count()
        found = wrong(gathered(self.stand, self.people, self.issues_before))
        assert not found, "\n".join(found)
        assert self.did["killed at work"] > 0, self.did
        assert self.did["left in doubt"] > 0, self.did


def prepare(stand: Stand) -> None:
    """Everything on, in step, before the storm."""
    stand.run()
    stand.review("client", "service_item")
    stand.send("invoice", "credit", "payment", "credit_application")


def weather(stand: Stand) -> None:
    """QuickBooks answers as slowly as it does, and of every hundred creates three get no answer."""
    stand.emulator.control("POST", "/faults", {"effect": "delay", "operation": "read", "seconds": ANSWER})
    stand.emulator.control("POST", "/faults", {"effect": "delay", "operation": "write", "seconds": ANSWER})
    lost = {"effect": "drop_after", "operation": "create", "probability": 0.03}
    stand.emulator.control("POST", "/faults", lost)


def hasty_engine() -> Any:
    from tieout.sync.engine import Engine

    return Engine(lease=timedelta(seconds=LEASE), settle=timedelta(seconds=SETTLE))
