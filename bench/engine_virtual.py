"""Acts: the part of ``./run bench engine`` that is run in virtual time: the throttle, an idle month, a week's memory."""

from __future__ import annotations

import gc
import os
from decimal import Decimal
from typing import TYPE_CHECKING

from bench.engine_worker import CLIENTS, DAYS, EDITS, flat, resident
from bench.figures import Figure, at_least, at_most

if TYPE_CHECKING:
    from tests.sync.rig import Rig

CHANGED = 100
A_MINUTE = 450
"""What our own pace allows; QuickBooks allows 500."""


def at_the_ceiling(wanted: int) -> list[Figure]:
    """The push with the emulator's own limits on, and our pace, in virtual time."""
    from tests.sync.test_documents import Books

    books = Books()
    with books.here():
        books.review_items()
        item, client = books.item("Bench work"), books.add_client("Bench client")
        books.settle()
        books.send("invoice")
        for number in range(wanted):
            books.invoice(client, item, str(Decimal(10_000 + number) / 100))
        books.emulator.log.clear()
        begun = books.clock.now()
        passed = books.run()
        minutes = (books.clock.now() - begun).total_seconds() / 60
        assert passed is not None
        sent = passed.counts.get("created_there", 0)
        refused = sum(one.status == 429 for one in books.emulator.log.entries())
    what = f"push of {sent:,} invoices under the throttle (virtual time)"
    return [
        at_least(f"{what}, a minute", sent / minutes, 0.95 * A_MINUTE, "{:.1f}"),
        at_most(f"{what}: calls that were refused as too many", refused, 0),
    ]


def idle_and_changes() -> list[Figure]:
    from tests.sync.rig import Rig
    from tests.sync.test_nets import metered, pass_time

    rig = Rig("sample", seed=1)
    with rig.here():
        rig.subscribe()
        rig.set_up()
        rig.add_client("Ada Byrne")
        _settle(rig)
        pass_time(rig, 2)
        rig.emulator.log.clear()
        pass_time(rig, 31)
        idle = metered(rig)
        clients = [rig.add_client(f"Client {number}", phone="0") for number in range(CHANGED)]
        _settle(rig)
        partners = rig.links()
        rig.emulator.log.clear()
        for number, client in enumerate(clients, start=1):
            rig.edit_customer(partners[client], PrimaryPhone={"FreeFormNumber": str(number)})
        _settle(rig)
        changed = metered(rig)
        here = rig.clients()
    arrived = [here[client]["phone"] for client in clients]
    assert arrived == [str(number) for number in range(1, CHANGED + 1)], arrived
    return [
        at_most("an idle firm: metered reads in 31 days", idle, 100),
        at_most(f"{CHANGED} linked customers edited in QuickBooks: metered reads", changed, 4),
    ]


def _settle(rig: Rig) -> None:
    """Until what was done on either side is on the other, its webhooks included."""
    rig.settle()
    rig.advance(10)
    rig.deliver()
    rig.settle()


def memory_of_a_week() -> list[Figure]:
    """Resident memory after each day of a week with an edit on either side every half hour."""
    from tests.sync.rig import Rig

    rig = Rig(seed=2)
    days: list[float] = []
    with rig.here():
        rig.subscribe()
        rig.set_up()
        clients = [rig.add_client(f"Client {number}", phone="0") for number in range(CLIENTS)]
        rig.settle()
        partners = rig.links()
        for step in range(DAYS * EDITS):
            client = clients[step % CLIENTS]
            rig.edit_client(client, phone=str(step))
            rig.edit_customer(partners[client], PrimaryEmailAddr={"Address": f"{step}@example.com"})
            rig.advance(10)
            rig.deliver()
            rig.settle()
            rig.advance(1800)
            rig.emulator.log.clear()
            if step % EDITS == EDITS - 1:
                gc.collect()
                days.append(resident(os.getpid()))
    return [
        flat(
            f"memory after each day of a simulated week, {CLIENTS} clients, engine and emulator in one", days
        )
    ]
