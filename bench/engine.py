"""Acts: ``./run bench engine``: the engine beside a plain python-quickbooks loop, over real sockets and PostgreSQL.

    ./run bench engine [customers] [items] [invoices]
    ./run bench engine push [invoices]                  only the push, shown and not written down

What takes months (an idle firm) or would only measure the machine's clock (the throttle) is run in virtual time, with
the same engine and the same emulator. Writes its section of docs/benchmarks.md.
"""

from __future__ import annotations

import gc
import http.server
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

from tests.sim.database import prepared

from bench.engine_virtual import Row, at_the_ceiling, idle_and_changes, memory_of_a_week

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
START, END = "<!-- engine: written by ./run bench engine -->", "<!-- engine: end -->"
EDITS = 40


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Wall and processor seconds of this process, all its threads."""
    found: dict[str, float] = {}
    gc.collect()
    wall, processor = time.perf_counter(), time.process_time()
    yield found
    found |= {"wall": time.perf_counter() - wall, "cpu": time.process_time() - processor}


def p95(values: list[float]) -> float:
    return sorted(values)[ceil(len(values) * 0.95) - 1]


# -- over real sockets ---------------------------------------------------------------------------------------


def pull(emulator: Any, stand: Any, books: Any) -> list[Row]:
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
        (
            f"first pull of {customers:,} customers: metered calls",
            str(of_customers),
            f"<= {ceil(customers / 1000) + 3}",
        ),
        (f"first pull of {items:,} items: metered calls", str(of_items), f"<= {ceil(items / 1000) + 3}"),
        (
            "both, seconds (processor time of the process)",
            f"{ours['wall']:.1f} ({ours['cpu']:.1f})",
            f"the loop: {theirs['wall']:.1f} ({theirs['cpu']:.1f})",
        ),
    ]


def push(stand: Any, books: Any, wanted: int) -> list[Row]:
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
    compared = "<=" if ours["cpu"] <= theirs["cpu"] else "**not reached**:"
    return [
        (
            f"push of {wanted:,} invoices: processor time for each",
            f"{ours['cpu'] / wanted * 1000:.1f} ms",
            f"{compared} the loop's {theirs['cpu'] / wanted * 1000:.1f} ms",
        ),
        (
            "the same without any throttle, a second",
            f"{wanted / ours['wall']:.0f}",
            f"the loop: {wanted / theirs['wall']:.0f}",
        ),
    ]


class Webhooks(http.server.ThreadingHTTPServer):
    """Takes deliveries as the web app does, and notes when each came."""

    def __init__(self) -> None:
        self.came: list[float] = []
        super().__init__(("127.0.0.1", 0), _Delivery)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Delivery(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        from django.db import connection

        from tieout.sync import inbox

        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append(time.perf_counter())  # type: ignore[attr-defined]
        status = inbox.receive(body, dict(self.headers))
        connection.close()
        self.send_response(status)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        return


def latency(stand: Any, database_name: str) -> list[Row]:
    """One edit at a time on an idle system, with a worker of its own process."""
    from tests.real.kills import Nursery
    from tests.real.stand import SOMEBODY, within

    from tieout.practice.actions.clients import change_client
    from tieout.practice.clients import Client
    from tieout.sync.models import Link

    webhooks = Webhooks()
    url = f"http://127.0.0.1:{webhooks.server_address[1]}/webhooks"
    stand.emulator.control("POST", "/webhooks", {"url": url})
    nursery = Nursery(dict(os.environ), database_name, log=Path(os.devnull))
    nursery.fork()
    client = stand.client("Edited client", phone="0")
    assert within(240, stand.at_rest), "the worker did not come to rest"
    with stand.here():
        partner = Link.objects.get(entity="client", practice_id=client).ledger_id
    there: list[float] = []
    here: list[float] = []

    def phone_there() -> str:
        found = next(one for one in stand.emulator.records("Customer") if str(one["Id"]) == partner)
        return str((found.get("PrimaryPhone") or {}).get("FreeFormNumber", ""))

    def phone_here() -> str:
        with stand.here():
            return str(Client.objects.values_list("phone", flat=True).get(pk=client))

    try:
        for number in range(1, EDITS + 1):
            with stand.here():
                change_client(firm_id=stand.firm.pk, client_id=client, actor=SOMEBODY, phone=f"1{number}")
            begun = time.perf_counter()
            assert _until(lambda wanted=f"1{number}": phone_there() == wanted), (
                f"edit {number} did not arrive"
            )
            there.append(time.perf_counter() - begun)
            within(20, stand.at_rest)
            webhooks.came.clear()
            stand.emulator.edit("Customer", partner, PrimaryPhone={"FreeFormNumber": f"2{number}"})
            assert _until(lambda wanted=f"2{number}": phone_here() == wanted), (
                f"webhook {number} did not arrive"
            )
            here.append(time.perf_counter() - min(webhooks.came, default=begun))
            within(20, stand.at_rest)
    finally:
        nursery.stop()
        webhooks.shutdown()
    return [
        ("edit here until it is in QuickBooks, p95", f"{p95(there):.2f} s", "< 2 s"),
        ("webhook received until it is here, p95", f"{p95(here):.2f} s", "< 3 s"),
    ]


def _until(holds: Callable[[], bool]) -> bool:
    from tests.real.stand import within

    return within(60, holds)


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
            if only_push:
                _pushed(invoices)
                return 0
            rows = _rows(name, customers, items, invoices)
    lines = _table(rows, customers)
    sys.stdout.write("\n".join(lines) + "\n")
    _write(lines)
    return 0


def _rows(name: str, customers: int, items: int, invoices: int) -> list[Row]:
    rows = _pulled(customers, items)
    _forget_everything()
    rows += _pushed(invoices, lambda stand: latency(stand, name))
    for part in (lambda: at_the_ceiling(invoices), idle_and_changes, memory_of_a_week):
        _forget_everything()
        rows += _said(part())
    return rows


def _pulled(customers: int, items: int) -> list[Row]:
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


def _pushed(invoices: int, then: Callable[[Any], list[Row]] = lambda stand: []) -> list[Row]:
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


def _said(rows: list[Row]) -> list[Row]:
    """The same, shown at once: the whole takes a while."""
    sys.stdout.write("".join(f"{what}: {measured} ({wanted})\n" for what, measured, wanted in rows))
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


def _table(rows: list[Row], customers: int) -> list[str]:
    return [
        "## The engine",
        "",
        "`./run bench engine` runs the engine beside a plain python-quickbooks loop (`bench/plain_loop.py`: no journal, no",
        "doubts, no baseline) against the same emulator, over loopback sockets and the embedded PostgreSQL, in one process",
        "each; the idle firm, the throttle and the week are in virtual time. Processor time is the process's own, without the",
        f"database's and the emulator's. One run at commit {_commit()} on {os.cpu_count()} processors ({_processor()}) at a load of"
        f" {os.getloadavg()[1]:.0f}.",
        "",
        "| figure | measured | to reach |",
        "| --- | --- | --- |",
        *(f"| {what} | {measured} | {wanted} |" for what, measured, wanted in rows),
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
