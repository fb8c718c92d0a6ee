"""Acts: measures every list of the practice in a large firm, through the real views, under the restricted role.

    ./run bench practice [clients] [invoices] [--keep]

It starts an embedded PostgreSQL of its own, fills it (``practice_world``) and asks each page as a signed-in member
would: sign-in, middleware, row policies, queries and templates are all in the figure; only the socket is not. Written
into docs/benchmarks.md under its heading, unless other numbers are given. ``--keep`` leaves the filled database for the
next run. Ends with 1 when a page takes more than its bound.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import figures
from bench.processor import of_process

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".tieout" / "bench-practice"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
TIMES = 9
MOST, MOST_COUNTED = 100, 300
"""Milliseconds of processor time a page may take; the lists counted to the end, which somebody has to ask for, may take more."""
MARK = "<!-- practice: written by ./run bench practice -->"

PAGES: tuple[tuple[str, str], ...] = (
    ("clients", "/clients/"),
    ("clients, the last page", "/clients/?page=last"),
    ("clients, counted to the end", "/clients/?count=all"),
    ("clients, archived", "/clients/?show=inactive"),
    ("clients by e-mail, descending", "/clients/?sort=-email"),
    ("clients by last change", "/clients/?sort=-updated"),
    ("clients, businesses", "/clients/?kind=business"),
    ("clients of one member", "/clients/?assigned={member}"),
    ("clients of nobody", "/clients/?assigned=nobody"),
    ("clients with a rare tag", "/clients/?tag={tag}"),
    ("clients with a tag some have, by e-mail", "/clients/?tag={tag+1}&sort=-email"),
    ("clients with a tag half of them have", "/clients/?tag={tag+2}"),
    ("clients with a common tag, by last change", "/clients/?tag={tag+2}&sort=-updated"),
    ("clients with a common tag, searched", "/clients/?tag={tag+2}&search=byrne"),
    ("clients without a tag", "/clients/?tag=none"),
    ("clients, search for a rare name", "/clients/?search=alvarado+roofing+99"),
    ("clients, search for a common name", "/clients/?search=byrne"),
    ("clients, search for what nobody has", "/clients/?search=zzzzzz"),
    ("invoices", "/billing/invoices/"),
    ("invoices, the last page", "/billing/invoices/?page=last"),
    ("invoices, counted and summed to the end", "/billing/invoices/?count=all"),
    ("invoices, page 100", "/billing/invoices/?page=100"),
    ("invoices owed", "/billing/invoices/?status=open"),
    ("invoices overdue, oldest first", "/billing/invoices/?status=overdue&sort=due"),
    ("invoices, drafts", "/billing/invoices/?status=draft"),
    ("invoices, paid", "/billing/invoices/?status=paid"),
    ("invoices, over 90 days late", "/billing/invoices/?age=older"),
    ("invoices by total", "/billing/invoices/?sort=-total"),
    ("invoices by what is owed", "/billing/invoices/?sort=-balance"),
    ("invoices by number", "/billing/invoices/?sort=number"),
    ("invoices by due date", "/billing/invoices/?sort=due"),
    ("invoices of one month", "/billing/invoices/?since=2026-10-01&until=2026-10-31"),
    ("invoices, search by number", "/billing/invoices/?search=0004321"),
    ("invoices, search for a rare client", "/billing/invoices/?search=alvarado+roofing+99"),
    ("invoices, search for a common client", "/billing/invoices/?search=byrne"),
    ("invoices of one client", "/billing/invoices/?client={client}"),
    ("payments", "/billing/payments/"),
    ("payments, the last page", "/billing/payments/?page=last"),
    ("payments with money on account", "/billing/payments/?status=unapplied"),
    ("payments by check, by amount", "/billing/payments/?method=check&sort=-amount"),
    ("payments, search by reference", "/billing/payments/?search=4711"),
    ("payments, search for a common client", "/billing/payments/?search=byrne"),
    ("credits", "/billing/credits/"),
    ("credits with something left", "/billing/credits/?status=left"),
    ("credits, search", "/billing/credits/?search=byrne"),
    ("recurring invoices", "/billing/recurring/"),
    ("service items", "/billing/service-items/"),
    ("dashboard", "/"),
    ("one client", "/clients/{client}/"),
    ("one invoice", "/billing/invoices/{client}/"),
)
"""What is measured, and its address."""


@dataclass(frozen=True, slots=True)
class Figure:
    what: str
    milliseconds: float
    worst: float
    processor: float
    """Of the app and of its PostgreSQL process together."""
    queries: int

    @property
    def compared(self) -> figures.Figure:
        most = MOST_COUNTED if "counted" in self.what else MOST
        return figures.at_most(self.what, self.processor, most, "{:.0f} ms")


def main(arguments: list[str]) -> int:
    numbers = [int(each) for each in arguments if each.isdigit()]
    clients, invoices = (*numbers, *(100_000, 500_000)[len(numbers) :])[:2]
    _settings()
    from tieout.config import postgres

    if "--keep" not in arguments and HOME.exists():
        postgres.erase(HOME)
    with postgres.running(HOME, durable=False, log=HOME / "postgres.log") as server:
        os.environ["DATABASE_URL"] = server.url
        owner = {**os.environ, "TIEOUT_DATABASE_OWNER": "1", "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-m", "tieout", "prepare_database"]
        subprocess.run(command, env=owner, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds, rows = _fill(clients, invoices)
        print(
            f"{rows:,} rows of {clients:,} clients and {invoices:,} invoices in {seconds:.0f} s", flush=True
        )
        admin = [_measure(_signed_in("admin"), what, address) for what, address in PAGES]
        some = [
            _measure(_signed_in("staff-assigned"), f"{what} (assigned clients only)", address)
            for what, address in PAGES
            if address in ("/clients/", "/billing/invoices/", "/billing/payments/", "/")
        ]
        if not numbers:
            _write(clients, invoices, [*admin, *some])
    if "--keep" not in arguments:
        postgres.erase(HOME)
    told, ends_with = figures.closing([each.compared for each in (*admin, *some)])
    print(told, end="")
    return ends_with


def _settings() -> None:
    for name in list(os.environ):
        if name.startswith(("TIEOUT_", "QUICKBOOKS_")):
            del os.environ[name]
    os.environ |= {
        "TIEOUT_MODE": "test",
        "TIEOUT_HOME": str(HOME),
        "TIEOUT_DATABASE_OWNER": "0",
        "TIEOUT_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "tieout.config.settings",
    }
    sys.path.insert(0, str(ROOT / "src"))


def _fill(clients: int, invoices: int) -> tuple[float, int]:
    """The seconds it took and the rows there are; nothing is done when the firm is there already."""
    import django

    django.setup()
    from django.db import connection

    from bench.practice_world import Size, as_owner, load
    from tieout.practice.firms import Firm, Member, Role, User
    from tieout.practice.isolation import every_firm_scope
    from tieout.practice.permissions import PRESET_ROLES, Module

    begun, rows = time.perf_counter(), 0
    with every_firm_scope():
        if Firm.objects.filter(name="Large").exists():
            return 0.0, 0
        for number, (name, size) in enumerate(
            (("Small", Size(clients // 10, invoices // 10)), ("Large", Size(clients, invoices)))
        ):
            firm = Firm.objects.create(name=name, modules=[each.value for each in Module])
            members = {}
            for preset in PRESET_ROLES:
                role = Role.objects.create(
                    firm=firm, name=preset.name, preset=preset.slug, permissions=sorted(preset.permissions)
                )
                user = User.objects.create_user(
                    f"{preset.slug}@{name.lower()}.example", full_name=preset.name
                )
                members[preset.slug] = Member.objects.create(firm=firm, user=user, role=role)
            with as_owner():
                rows += load(firm.pk, members["staff-assigned"].pk, size, number * 1_000_000 + 1, number)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return time.perf_counter() - begun, rows


def _member(role: str) -> Any:
    from tieout.practice.firms import Member
    from tieout.practice.isolation import every_firm_scope

    with every_firm_scope():
        return Member.objects.select_related("user").get(firm__name="Large", role__preset=role)


def _signed_in(role: str) -> Any:
    from django.test import Client

    member = _member(role)
    browser = Client()
    browser.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def _measure(browser: Any, what: str, address: str) -> Figure:
    from django.db import connection

    for step, place in enumerate(("{tag}", "{tag+1}", "{tag+2}")):
        address = address.replace(place, str(1_000_001 + step))
    path = address.replace("{client}", "1000201").replace("{member}", str(_member("staff-assigned").pk))
    browser.get(path)
    asked: list[tuple[float, str]] = []

    def watched(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            asked.append((time.perf_counter() - begun, sql))

    with connection.execute_wrapper(watched):
        answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    taken, before = [], of_process(os.getpid()) + of_process(backend)
    for _ in range(TIMES):
        begun = time.perf_counter()
        browser.get(path)
        taken.append((time.perf_counter() - begun) * 1000)
    used = (of_process(os.getpid()) + of_process(backend) - before) * 1000 / TIMES
    figure = Figure(what, median(taken), max(taken), used, len(asked))
    print(
        f"{figure.milliseconds:7.0f} ms {figure.worst:7.0f} ms worst {used:6.0f} ms of CPU {figure.queries:3} queries  {what}",
        flush=True,
    )
    if os.environ.get("BENCH_SLOW") and figure.processor > float(os.environ["BENCH_SLOW"]):
        for seconds, sql in sorted(asked, reverse=True)[:2]:
            print(f"        {seconds * 1000:.0f} ms {sql[:1500]}", flush=True)
    return figure


def _write(clients: int, invoices: int, measured: list[Figure]) -> None:
    lines = [
        MARK,
        "## The practice's lists",
        "",
        f"`./run bench practice`: {clients:,} clients and {invoices:,} invoices in one firm, a tenth of that in another, on the",
        "embedded PostgreSQL. Each page through sign-in, middleware, row policies, queries and templates, as a member of the firm",
        f"would get it, without the socket; median and worst of {TIMES}. Processor time is that of the app and of its PostgreSQL",
        f"process together: what the page takes on a machine that does nothing else. Load here: {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors.",
        "Only the two lists counted to the end, which somebody has to ask for, may take longer than the others.",
        "",
        "| page | median | worst | processor time | queries | processor time to reach | |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {each.what} | {each.milliseconds:.0f} ms | {each.worst:.0f} ms | {each.processor:.0f} ms | {each.queries}"
            f" | {each.compared.bound} | {each.compared.verdict} |"
            for each in measured
        ),
        "",
    ]
    text = DOCUMENT.read_text()
    section = "\n".join(lines)
    if MARK in text:
        text = re.sub(
            rf"{re.escape(MARK)}\n.*?(?=\n<!-- |\n## (?!The practice's)|\Z)",
            lambda _: section,
            text,
            flags=re.S,
        )
    else:
        text = f"{text.rstrip()}\n\n{section}"
    DOCUMENT.write_text(text)
