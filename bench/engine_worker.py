"""Acts: the part of ``./run bench engine`` with a worker of its own process: how soon an edit arrives, and its memory.

The worker is the product's, with the product's own settings: two seconds between two looks at what is due.
"""

from __future__ import annotations

import http.server
import os
import threading
import time
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Any

from bench.figures import Figure, at_most

CLIENTS = 20
DAYS = 7
EDITS = 48
"""On either side between two looks at the worker's memory: as many as one every half hour is in a day."""
GROWTH = 1.05
"""Memory that stays within this of what it was after the second day counts as flat."""


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


def arrivals(stand: Any, database_name: str) -> list[Figure]:
    """One edit at a time, by turns here and in QuickBooks, each waited for until it is on the other side."""
    from tests.real.kills import Nursery
    from tests.real.stand import SOMEBODY, within

    from tieout.practice.actions.clients import change_client
    from tieout.practice.clients import Client
    from tieout.sync.models import Link

    webhooks = Webhooks()
    url = f"http://127.0.0.1:{webhooks.server_address[1]}/webhooks"
    stand.emulator.control("POST", "/webhooks", {"url": url})
    nursery = Nursery(dict(os.environ), database_name, log=Path(os.devnull))
    worker = nursery.fork()
    clients = [stand.client(f"Edited client {number}", phone="0") for number in range(CLIENTS)]
    assert within(240, stand.at_rest), "the worker did not come to rest"
    with stand.here():
        links = Link.objects.filter(entity="client", practice_id__in=clients)
        partners = dict(links.values_list("practice_id", "ledger_id"))
    there: list[float] = []
    here: list[float] = []
    memory: list[float] = []

    def phone_there(client: str) -> str:
        partner = partners[client]
        found = next(one for one in stand.emulator.records("Customer") if str(one["Id"]) == partner)
        return str((found.get("PrimaryPhone") or {}).get("FreeFormNumber", ""))

    def phone_here(client: str) -> str:
        with stand.here():
            return str(Client.objects.values_list("phone", flat=True).get(pk=client))

    def arrived(read: Callable[[str], str], client: str, wanted: str) -> None:
        assert within(60, lambda: read(client) == wanted, look_every=0.01), f"{wanted} did not arrive"

    try:
        for number in range(DAYS * EDITS):
            client = clients[number % CLIENTS]
            with stand.here():
                change_client(firm_id=stand.firm.pk, client_id=client, actor=SOMEBODY, phone=f"1{number}")
            begun = time.perf_counter()
            arrived(phone_there, client, f"1{number}")
            there.append(time.perf_counter() - begun)
            within(20, stand.at_rest)
            webhooks.came.clear()
            begun = time.perf_counter()
            stand.emulator.edit("Customer", partners[client], PrimaryPhone={"FreeFormNumber": f"2{number}"})
            arrived(phone_here, client, f"2{number}")
            here.append(time.perf_counter() - min(webhooks.came, default=begun))
            within(20, stand.at_rest)
            if number % EDITS == EDITS - 1:
                memory.append(resident(worker))
    finally:
        nursery.stop()
        webhooks.shutdown()
    return [
        at_most("edit here until it is in QuickBooks, p95", p95(there), 2, "{:.2f} s"),
        at_most("webhook received until it is here, p95", p95(here), 3, "{:.2f} s"),
        flat(f"memory of the worker after each {EDITS} edits on either side, {CLIENTS} clients", memory),
    ]


def flat(what: str, days: list[float]) -> Figure:
    """Whether memory stays as it was after the second day. ``days``: MiB."""
    most = days[1] * GROWTH
    return Figure(
        f"{what}, MiB",
        " ".join(f"{one:.0f}" for one in days),
        f"flat: <= {most:.0f} ({GROWTH - 1:.0%} more than after the second)",
        max(days[2:]) <= most,
    )


def p95(values: list[float]) -> float:
    return sorted(values)[ceil(len(values) * 0.95) - 1]


def resident(process: int) -> float:
    """Resident memory of a process in MiB, as Linux tells it."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(one for one in lines if one.startswith("VmRSS")).split()[1]) / 1024
