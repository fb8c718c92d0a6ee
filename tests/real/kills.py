"""Acts: workers killed and frozen at random instants, and the database restarted under load; then peace, and a count.

    python -m tests.real --kills 200 --restarts 10

Real processes, a real PostgreSQL, the emulator behind a socket. Afterwards every client, invoice and payment must be in
QuickBooks exactly once, every amount equal, and nothing left to do. ``./run test`` runs a few kills of the same.
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
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.real.stand import ROOT, SOMEBODY, Stand, within

WORKERS = 2
LEASE = 6.0
"""Seconds instead of minutes; more than a busy machine takes between two commits of a run, or no run gets anywhere."""
SETTLE = 4.0
REST = 240.0
"""Seconds after which what is not at rest counts as lost."""


class Nursery:
    """Workers that are forked and killed. ``log``: where what they write goes."""

    def __init__(self, environment: dict[str, str], database_name: str = "", *, log: Path) -> None:
        self.log = log.open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.real.nursery", database_name],
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


@dataclass
class Storm:
    """People work while workers die. ``restart``: stops and starts the database; None leaves it alone."""

    stand: Stand
    nursery: Nursery
    seed: int
    restart: Callable[[], None] | None = None
    did: Counter[str] = field(default_factory=Counter)
    clients: dict[str, str] = field(default_factory=dict)
    """Practice id -> name."""
    invoices: list[Any] = field(default_factory=list)
    paid: dict[str, Decimal] = field(default_factory=dict)
    """Reference -> amount."""

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def run(self, kills: int, restarts: int) -> None:
        """Until so many workers are killed; for every four of them one more is frozen past its lease."""
        item = self.stand.item("Bookkeeping")
        self.nursery.keep(WORKERS)
        every = max(1, kills * 5 // 4 // restarts) if restarts else 0
        number = 0
        while self.did["killed"] < kills:
            number += 1
            self._work(item)
            time.sleep(LEASE * self.rng.uniform(0.05, 0.6))  # the random instant
            self._harm()
            if self.restart is not None and every and number % every == 0:
                self._work(item)
                self.restart()
                self.did["database restarted"] += 1

    @property
    def _harmed(self) -> int:
        return self.did["killed"] + self.did["frozen"]

    def _harm(self) -> None:
        self.nursery.keep(WORKERS)
        victim = self.rng.choice(self.nursery.alive)
        if self._harmed % 5 == 2 and self.nursery.signal(victim, signal.SIGSTOP):
            # Frozen past its lease, woken while another has the lane, and killed some time later like any other.
            self.nursery.fork()
            time.sleep(LEASE * self.rng.uniform(1.05, 1.4))
            self.nursery.signal(victim, signal.SIGCONT)
            self.did["frozen"] += 1
        elif self.nursery.kill(victim):
            self.did["killed"] += 1

    def _work(self, item: Any) -> None:
        for _ in range(self.rng.randrange(1, 4)):
            number = len(self.clients) + 1
            name = f"Client {self.seed}-{number}"
            self.clients[self.stand.client(name, phone=str(number))] = name
        client = self.rng.choice(list(self.clients))
        invoice = self.stand.invoice(client, item, Decimal(self.rng.randrange(100, 99_999)) / 100)
        self.invoices.append(invoice)
        if self.rng.random() < 0.5:
            self._pay(client, invoice)

    def _pay(self, client: str, invoice: Any) -> None:
        from tieout.practice.actions.payments import record_payment

        reference = f"P{self.seed}-{len(self.paid) + 1}"
        with self.stand.here():
            record_payment(
                firm_id=self.stand.firm.pk,
                actor=SOMEBODY,
                today=invoice.date,
                client_id=client,
                date=invoice.date,
                amount=invoice.total,
                method="check",
                reference=reference,
                allocations=[(invoice.pk, invoice.total)],
            )
        self.paid[reference] = invoice.total

    # -- afterwards ------------------------------------------------------------------------------------------

    def rest(self) -> None:
        """No more harm: everything must come to rest."""
        self.stand.emulator.control("DELETE", "/faults")
        self.nursery.keep(WORKERS)
        assert within(REST, self._looked_after), self.left()

    def _looked_after(self) -> bool:
        self.nursery.keep(WORKERS)
        return self.stand.at_rest()

    def left(self) -> str:
        from tieout.sync.models import Attempt, Dirty, Issue

        with self.stand.here():
            dirty = list(
                Dirty.objects.values_list("entity", "record_id", "reason", "tries", "not_before")[:10]
            )
            attempts = Counter(Attempt.objects.values_list("state", flat=True))
            issues = list(Issue.objects.filter(closed_at=None).values_list("cause", "name", "sentence")[:10])
        return f"dirty {dirty}, attempts {attempts}, issues {issues}, {self.stand.connection}"

    def check(self) -> None:
        """No duplicate, nothing lost, every amount equal; and the log of writes is whole."""
        from tieout.sync import write_log
        from tieout.sync.models import Issue, Link

        emulator = self.stand.emulator
        with self.stand.here():
            links = {(one.entity, one.practice_id): one.ledger_id for one in Link.objects.all()}
            issues = list(Issue.objects.filter(closed_at=None, name__startswith="Client "))
            assert not issues, [(one.cause, one.name, one.sentence) for one in issues]
            assert write_log.broken_at(self.stand.connection) is None
        names = Counter(one["DisplayName"] for one in emulator.records("Customer"))
        assert {name: names[name] for name in self.clients.values()} == dict.fromkeys(
            self.clients.values(), 1
        )
        there = {str(one["Id"]): one for one in emulator.records("Invoice")}
        ours = {client: links["client", client] for client in self.clients}
        of_ours = [one for one in there.values() if one["CustomerRef"]["value"] in set(ours.values())]
        assert len(of_ours) == len(self.invoices), (len(of_ours), len(self.invoices))
        for invoice in self.invoices:
            found = there[links["invoice", str(invoice.pk)]]
            assert Decimal(str(found["TotalAmt"])) == invoice.total
            assert found["CustomerRef"]["value"] == ours[str(invoice.client_id)]
        paid: dict[str, Decimal] = {}
        for one in emulator.records("Payment"):
            if (reference := one.get("PaymentRefNum", "")).startswith(f"P{self.seed}-"):
                assert reference not in paid, f"{reference} is there twice"
                paid[reference] = Decimal(str(one["TotalAmt"]))
        assert paid == self.paid


def prepare(stand: Stand) -> None:
    """Everything on, in step, before the storm."""
    stand.run()
    stand.review("client", "service_item")
    stand.send("invoice", "payment")


def hasty_engine() -> Any:
    from tieout.sync.engine import Engine

    return Engine(lease=timedelta(seconds=LEASE), settle=timedelta(seconds=SETTLE))
