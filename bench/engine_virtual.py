"""Acts: the part of ``./run bench engine`` that is run in virtual time: the throttle, an idle month, a week's memory."""

from __future__ import annotations

import gc
import resource
from decimal import Decimal
from pathlib import Path

Row = tuple[str, str, str]
"""Figure, measured, to reach."""


def at_the_ceiling(wanted: int) -> list[Row]:
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
    rate = sent / minutes
    return [
        (
            f"push of {sent:,} invoices under the throttle, a minute (virtual time)",
            f"{rate:.0f} ({rate / 450:.1%} of 450), {refused} refused",
            ">= 427 (95 %)",
        )
    ]


def idle_and_changes() -> list[Row]:
    from tests.sync.rig import Rig
    from tests.sync.test_nets import metered, pass_time

    rig = Rig("sample", seed=1)
    with rig.here():
        rig.subscribe()
        rig.set_up()
        rig.add_client("Ada Byrne")
        rig.settle()
        rig.advance(10)
        rig.deliver()
        rig.settle()
        pass_time(rig, 2)
        rig.emulator.log.clear()
        pass_time(rig, 31)
        idle = metered(rig)
        rig.emulator.log.clear()
        for number in range(100):
            rig.add_customer(f"Customer {number}")
        rig.advance(10)
        rig.deliver()
        rig.settle()
        changed = metered(rig)
    return [
        ("an idle firm: metered reads in 31 days", str(idle), "<= 100"),
        ("100 customers changed: metered reads", str(changed), "<= 4"),
    ]


def memory_of_a_week() -> list[Row]:
    """Resident memory after each day of a week with an edit on either side every half hour."""
    from tests.sync.rig import Rig

    rig = Rig(seed=2)
    days: list[float] = []
    with rig.here():
        rig.subscribe()
        rig.set_up()
        client = rig.add_client("Ada Byrne", phone="0")
        rig.settle()
        partner = rig.links()[client]
        for step in range(7 * 48):
            rig.edit_client(client, phone=str(step))
            rig.edit_customer(partner, PrimaryEmailAddr={"Address": f"{step}@example.com"})
            rig.advance(10)
            rig.deliver()
            rig.settle()
            rig.advance(1800)
            rig.emulator.log.clear()
            if step % 48 == 47:
                gc.collect()
                days.append(_resident())
    return [
        (
            "memory of the process after each day of a simulated week, MiB",
            " ".join(f"{one:.0f}" for one in days),
            f"flat ({days[-1] - days[1]:+.1f} from day 2 to day 7)",
        )
    ]


def _resident() -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(one for one in status.read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
