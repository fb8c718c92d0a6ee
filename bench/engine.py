"""Acts: ``./run bench engine``: the engine beside a plain python-quickbooks loop, over real sockets and PostgreSQL.

    ./run bench engine                              the whole, written into docs/benchmarks.md
    ./run bench engine [customers] [items] [invoices]   of another size, shown and not written down
    ./run bench engine push [invoices]              only the push, likewise

What takes months (an idle firm) or would only measure the machine's clock (the throttle) is run in virtual time, with
the same engine and the same emulator. Every figure is compared with its bound; ends with 1 when one is not reached.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

from tests.sim.database import prepared

from bench.engine_virtual import at_the_ceiling, idle_and_changes, memory_of_a_week
from bench.engine_worker import arrivals
from bench.figures import Figure, at_least, at_most, closing, table
from bench.processor import Spent, timed

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
START, END = "<!-- engine: written by ./run bench engine -->", "<!-- engine: end -->"
LOOPS = "the loop's"


# -- over real sockets ---------------------------------------------------------------------------------------


def pull(emulator: Any, stand: Any, books: Any) -> list[Figure]:
    """The first pull of both lists: ours into observations and dirty keys, theirs into a table."""
    from bench import plain_loop
    from tieout.sync import discover, lease, ledgers
    from tieout.sync.engine import Engine

    engine = Engine()
    calls: Counter[str] = Counter()
    with stand.here():
        held = lease.take(stand.connection.pk, engine)
        assert held is not None
        ledger = ledgers.open_ledger(held.connection, engine, calls)
        specs = [
            one for one in engine.provider("quickbooks").specs if one.practice in ("client", "service_item")
        ]
        with timed() as ours:
            counts = []
            for spec in specs:
                discover.sweep(held, ledger, spec)
                counts.append(calls["coreplus"])
        lease.give_back(held)
        with timed() as theirs:
            customers, items = plain_loop.pull(books)
    of_customers, of_items = counts[0], counts[1] - counts[0]
    return [
        at_most(
            f"first pull of {customers:,} customers: metered calls", of_customers, ceil(customers / 1000) + 3
        ),
        at_most(f"first pull of {items:,} items: metered calls", of_items, ceil(items / 1000) + 3),
        at_most("both, from the first call to the last row kept", ours.wall, theirs.wall, "{:.2f} s", LOOPS),
        *_processor_time("both: processor time", ours, theirs, "{:.2f} s"),
    ]


def _processor_time(what: str, ours: Spent, theirs: Spent, shown: str, scale: float = 1) -> list[Figure]:
    """That of the process alone, and that with PostgreSQL's added. ``scale``: from seconds to what is ``shown``."""
    found = [at_most(f"{what}, without PostgreSQL's", ours.own * scale, theirs.own * scale, shown, LOOPS)]
    if ours.together is None or theirs.together is None:
        sys.stdout.write("PostgreSQL does not run on this machine: its processor time cannot be read.\n")
        return found
    together = (ours.together * scale, theirs.together * scale)
    return [*found, at_most(f"{what}, with PostgreSQL's", *together, shown, LOOPS)]


def push(stand: Any, books: Any, wanted: int) -> list[Figure]:
    """The same invoices by the engine and by the loop, as fast as the emulator takes them."""
    from bench import plain_loop
    from tieout.practice.invoices import Invoice
    from tieout.sync import throttle, worker
    from tieout.sync.models import Link

    item = stand.item("Bench work")
    client = stand.client("Bench client")
    stand.run()
    for number in range(wanted):
        stand.invoice(client, item, Decimal(10_000 + number) / 100)
    gap, throttle.GAP = throttle.GAP, 0.0  # how much it costs, not how long it may take
    provider = stand.engine.provider("quickbooks")
    pace = provider._paces[stand.emulator.realm]
    pace._wait_for = lambda bucket: None
    worker.stays()  # as a worker begins; the loop, in this same process, has it too
    try:
        with timed() as ours:
            passed = stand.run()
    finally:
        throttle.GAP = gap
        del pace._wait_for
    assert passed is not None
    sent = passed.counts.get("created_there", 0)
    assert sent == wanted, passed
    with stand.here():
        partners = {
            one.entity: one.ledger_id
            for one in Link.objects.filter(practice_id__in=[str(client), str(item.pk)])
        }
        rows = [
            (f"L{one.number}", partners["client"], partners["service_item"], one.date, one.total)
            for one in Invoice.objects.order_by("id")
        ]
    with timed() as theirs:
        assert plain_loop.push(books, rows) == wanted
    what = f"push of {wanted:,} invoices"
    rate, the_loops = wanted / ours.wall, wanted / theirs.wall
    return [
        *_processor_time(f"{what}: processor time for each", ours, theirs, "{:.2f} ms", 1000 / wanted),
        at_least(f"{what}: a second, without any throttle", rate, the_loops, whose=LOOPS),
    ]


# -- all of it -----------------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    only_push = arguments[:1] == ["push"]
    given = ["0", "0", *arguments[1:]] if only_push else arguments
    defaults = ("10000", "5000", "3000")
    customers, items, invoices = (int(one) for one in (*given, *defaults[len(given) :])[:3])
    with prepared(1) as (name,):
        os.environ["QUICKBOOKS_ENVIRONMENT"] = "custom"
        from django.db import connection

        from tieout.practice.isolation import every_firm_scope

        connection.settings_dict["NAME"] = name

        with every_firm_scope():
            logging.disable(logging.INFO)
            rows = _pushed(invoices) if only_push else _rows(name, customers, items, invoices)
    if not arguments:
        lines = _section(rows)
        sys.stdout.write("\n".join(lines) + "\n")
        _write(lines)
    told, ends_with = closing(rows)
    sys.stdout.write(told)
    return ends_with


def _rows(name: str, customers: int, items: int, invoices: int) -> list[Figure]:
    rows = _pulled(customers, items)
    _forget_everything()
    rows += _pushed(invoices, lambda stand: arrivals(stand, name))
    for part in (lambda: at_the_ceiling(invoices), idle_and_changes, memory_of_a_week):
        _forget_everything()
        rows += _said(part())
    return rows


def _pulled(customers: int, items: int) -> list[Figure]:
    from tests.real.stand import EmulatorProcess, Stand

    from bench import plain_loop
    from tieout.sync.engine import Engine

    emulator = EmulatorProcess(f"large:{customers}:0", "--no-limits")
    try:
        _make_items(emulator, items)
        stand = Stand(emulator, Engine())
        token = emulator.refresh_token()
        books = plain_loop.client_of(emulator.address, emulator.realm, token)
        return _said(pull(emulator, stand, books))
    finally:
        emulator.stop()


def _pushed(invoices: int, then: Callable[[Any], list[Figure]] = lambda stand: []) -> list[Figure]:
    from tests.real.stand import EmulatorProcess, Stand

    from bench import plain_loop
    from tieout.sync.engine import Engine

    emulator = EmulatorProcess("sample", "--no-limits")
    try:
        stand = Stand(emulator, Engine())
        stand.run()
        stand.review("client", "service_item")
        stand.send("invoice")
        token = emulator.refresh_token()
        books = plain_loop.client_of(emulator.address, emulator.realm, token)
        with stand.here():
            plain_loop.pull(books)
        return [*_said(push(stand, books, invoices)), *_said(then(stand))]
    finally:
        emulator.stop()


def _said(rows: list[Figure]) -> list[Figure]:
    """The same, shown at once: the whole takes a while."""
    sys.stdout.write("".join(f"{one}\n" for one in rows))
    sys.stdout.flush()
    return rows


def _make_items(emulator: Any, count: int) -> None:
    income = next(one for one in emulator.records("Account") if one["AccountType"] == "Income")
    for number in range(count):
        emulator.edit(
            "Item",
            None,
            Name=f"Service {number}",
            Type="Service",
            UnitPrice=number % 300,
            IncomeAccountRef={"value": str(income["Id"])},
        )


def _forget_everything() -> None:
    """Each part begins with an empty database."""
    from django.core.management import call_command

    call_command("flush", verbosity=0, interactive=False)


def _section(rows: Sequence[Figure]) -> list[str]:
    return [
        "## The engine",
        "",
        "`./run bench` runs the engine beside a plain python-quickbooks loop (`bench/plain_loop.py`: no journal, no doubts, no",
        "baseline) against the same emulator, over loopback sockets and the embedded PostgreSQL, in one process each; the idle firm,",
        "the throttle and the simulated week are in virtual time. Processor time is given twice: of the process that does the work,",
        "and together with that of all of PostgreSQL's processes, which for the engine keep what the loop does not (attempts,",
        "baselines, observations, the log); never the emulator's. How soon an edit arrives is measured with a worker as the product",
        "has it, its own process and its own settings; its memory is that process's. The simulated week has engine and emulator in",
        f"one process. One run at commit {_commit()} on {os.cpu_count()} processors ({_processor()}) at a load of {os.getloadavg()[1]:.0f}.",
        "",
        *table(rows),
        "",
    ]


def _commit() -> str:
    git = shutil.which("git")
    command = [git or "git", "-C", str(PAGE.parent), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    return next((one.partition(":")[2].strip() for one in lines if one.startswith("model name")), "unknown")


def _write(lines: list[str]) -> None:
    """Replace our section of the page; other sections stay."""
    page = PAGE.read_text() if PAGE.exists() else "# Benchmarks\n\n"
    section = "\n".join([START, *lines, END])
    if START in page:
        before, _, rest = page.partition(START)
        page = before + section + rest.partition(END)[2]
    else:
        page = page.rstrip("\n") + "\n\n" + section + "\n"
    PAGE.write_text(page)
