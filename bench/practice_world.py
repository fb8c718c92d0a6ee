"""Decides and loads: a large firm, the same rows every time, written with COPY past the verbs.

One hundred thousand clients and half a million invoices with their lines, payments, credits and balances, beside a
smaller firm, so that every query has another firm's rows to leave out. The checks of the tables hold for every row.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
FIRST_DAY = date(2021, 1, 1)
GIVEN = (
    "Ada",
    "Ben",
    "Cora",
    "Dev",
    "Elif",
    "Finn",
    "Grace",
    "Hugo",
    "Ines",
    "Jun",
    "Kofi",
    "Lena",
    "Milo",
    "Nora",
)
FAMILY = (
    "Alvarado",
    "Byrne",
    "Castillo",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ito",
    "Jansen",
    "Kaur",
)
TRADES = (
    "Roofing",
    "Bakery",
    "Dental",
    "Logistics",
    "Design",
    "Farms",
    "Motors",
    "Clinic",
    "Studio",
    "Electric",
)
METHODS = ("check", "card", "ach", "cash")
TAGS = {"Rare": 2_000, "Some": 40, "Common": 2}
"""A tag's name -> every how many clients one has it."""


@dataclass(frozen=True, slots=True)
class Size:
    clients: int
    invoices: int

    @property
    def payments(self) -> int:
        return self.invoices * 7 // 10


class Loader:
    """Copies rows of models; what a row leaves out is the column's default."""

    def __init__(self) -> None:
        self.rows = 0
        self.last = 0

    def copy(self, model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
        fields = [each for each in model._meta.concrete_fields if not each.generated]
        defaults = {each.attname: each.get_default() for each in fields if each.attname != "id"}
        for name in ("created_at", "updated_at"):
            if name in defaults:
                defaults[name] = NOW
        json_columns = {each.attname for each in fields if isinstance(each, JSONField)}
        columns = ", ".join(f'"{each.column}"' for each in fields)
        names = [each.attname for each in fields]
        with (
            connection.cursor() as cursor,
            cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy,
        ):
            for row in rows:
                full = {**defaults, **row}
                copy.write_row([_json(full[each]) if each in json_columns else full[each] for each in names])
                self.rows += 1
                self.last = max(self.last, full["id"])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, self.last]
            )


def _json(value: Any) -> str:
    return json.dumps([] if value is None else value)


@contextmanager
def as_owner() -> Iterator[None]:
    """COPY and VACUUM are the owner's; the pages are asked under the role that row policies bind."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        try:
            yield
        finally:
            cursor.execute("SET ROLE tieout_app")


def load(firm_id: int, member_id: int, size: Size, first_id: int, seed: int) -> int:
    """Fill one firm; ids start at ``first_id`` in every table. Returns how many rows it has."""
    from tieout.practice import models

    chance = random.Random(seed)
    loader = Loader()
    firm = {"firm_id": firm_id}
    items = range(first_id, first_id + 200)
    loader.copy(
        models.ServiceItem,
        (
            {
                **firm,
                "id": each,
                "name": f"Service {each - first_id:03}",
                "rate": Decimal(50 + each % 400),
                "is_active": each % 10 > 0,
            }
            for each in items
        ),
    )
    loader.copy(models.Client, _clients(firm_id, member_id, size, first_id, chance))
    tags = [{**firm, "id": first_id + place, "name": name} for place, name in enumerate(TAGS)]
    loader.copy(models.Tag, tags)
    loader.copy(models.ClientTag, _client_tags(firm_id, size, first_id))
    invoices = list(_invoices(firm_id, size, first_id, chance))
    loader.copy(models.Invoice, invoices)
    loader.copy(
        models.InvoiceLine,
        (
            {
                **firm, "id": each["id"], "invoice_id": each["id"], "position": 0, "item_id": items[each["id"] % 200],
                "description": "Work of the month", "rate": each["subtotal"], "gross": each["subtotal"],
            }
            for each in invoices
        ),
    )  # fmt: skip
    payments = list(_payments(firm_id, size, first_id, invoices, chance))
    loader.copy(models.Payment, payments)
    loader.copy(
        models.Allocation,
        (
            {
                **firm,
                "id": each["id"],
                "payment_id": each["id"],
                "invoice_id": each["invoice"],
                "amount": each["allocated"],
                "date": each["date"],
            }
            for each in payments
            if each["allocated"]
        ),
    )
    credits = list(_credits(firm_id, size, first_id, chance))
    loader.copy(models.Credit, credits)
    loader.copy(models.ClientBalance, _balances(firm_id, size, first_id, invoices, payments, credits))
    loader.copy(models.RecurringInvoice, _recurring(firm_id, size, first_id, chance))
    return loader.rows


def _clients(
    firm_id: int, member_id: int, size: Size, first_id: int, chance: random.Random
) -> Iterator[dict[str, Any]]:
    for number in range(size.clients):
        business = number % 3 == 0
        family = chance.choice(FAMILY)
        name = (
            f"{family} {chance.choice(TRADES)} {number} LLC"
            if business
            else f"{chance.choice(GIVEN)} {family} {number}"
        )
        yield {
            "firm_id": firm_id,
            "id": first_id + number,
            "name": name,
            "kind": "business" if business else "individual",
            "company_name": name if business else "",
            "email": f"client{number}@{family.lower()}.example",
            "phone": f"(503) 555-{number % 10_000:04}",
            "external_id": f"C{number:06}",
            "is_active": number % 12 != 0,
            "assigned_to_id": member_id if number % 200 == 0 else None,
            "updated_at": NOW - timedelta(minutes=number),
        }


def _client_tags(firm_id: int, size: Size, first_id: int) -> Iterator[dict[str, Any]]:
    number = first_id
    for place, every in enumerate(TAGS.values()):
        for client in range(0, size.clients, every):
            yield {
                "firm_id": firm_id,
                "id": (number := number + 1),
                "tag_id": first_id + place,
                "client_id": first_id + client,
            }


def _invoices(firm_id: int, size: Size, first_id: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    days = (TODAY - FIRST_DAY).days
    for number in range(size.invoices):
        day = FIRST_DAY + timedelta(days=number * days // size.invoices)
        amount = Decimal(chance.randrange(5_000, 500_000)) / 100
        dice = chance.random()
        recent = (TODAY - day).days < 120
        status, paid = "paid", amount
        if number % 50 == 7:
            status, paid = "void", Decimal(0)
        elif recent and dice < 0.05:
            status, paid = "draft", Decimal(0)
        elif (recent and dice < 0.6) or dice < 0.06:
            status, paid = ("sent" if dice < 0.3 else "finalised"), Decimal(0)
        elif (dice < 0.65 and recent) or dice > 0.98:
            status, paid = "part_paid", (amount / 2).quantize(Decimal("0.01"))
        counted = status not in ("draft", "void")
        yield {
            "firm_id": firm_id,
            "id": first_id + number,
            "client_id": first_id + (number * 7919) % size.clients,
            "number": "" if status == "draft" else f"{number + 1:06}",
            "status": status,
            "date": day,
            "due_date": day + timedelta(days=30),
            "subtotal": amount,
            "total": amount,
            "paid": paid,
            "balance": amount - paid if counted else Decimal(0),
            "finalised_at": NOW if status != "draft" else None,
            "voided_at": NOW if status == "void" else None,
        }


def _payments(
    firm_id: int, size: Size, first_id: int, invoices: list[dict[str, Any]], chance: random.Random
) -> Iterator[dict[str, Any]]:
    number = first_id
    for invoice in invoices:
        if number - first_id >= size.payments:
            return
        if not invoice["paid"]:
            continue
        extra = Decimal(chance.randrange(100, 5000)) if chance.random() < 0.02 else Decimal(0)
        yield {
            "firm_id": firm_id,
            "id": number,
            "client_id": invoice["client_id"],
            "date": min(invoice["date"] + timedelta(days=20), TODAY),
            "amount": invoice["paid"] + extra,
            "allocated": invoice["paid"],
            "unapplied": extra,
            "method": METHODS[number % 4],
            "reference": f"{number % 9000 + 1000}",
            "invoice": invoice["id"],
        }
        number += 1


def _credits(firm_id: int, size: Size, first_id: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(size.clients // 5):
        amount = Decimal(chance.randrange(1_000, 50_000)) / 100
        yield {
            "firm_id": firm_id,
            "id": first_id + number,
            "client_id": first_id + number * 5,
            "number": f"CR-{number + 1:04}",
            "date": FIRST_DAY + timedelta(days=number % 2000),
            "description": "Goodwill",
            "rate": amount,
            "amount": amount,
            "left": amount,
        }


def _balances(
    firm_id: int,
    size: Size,
    first_id: int,
    invoices: list[dict[str, Any]],
    payments: list[dict[str, Any]],
    credits: list[dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    sums: dict[int, dict[str, Decimal]] = {}
    for rows, column, into in (
        (invoices, "balance", "owed"),
        (payments, "unapplied", "on_account"),
        (credits, "left", "credit_left"),
    ):
        for row in rows:
            of_client = sums.setdefault(row["client_id"], {})
            of_client[into] = of_client.get(into, Decimal(0)) + row[column]
    for client_id, parts in sums.items():
        yield {"firm_id": firm_id, "id": client_id, "client_id": client_id, **parts}


def _recurring(firm_id: int, size: Size, first_id: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(size.clients // 20):
        yield {
            "firm_id": firm_id,
            "id": first_id + number,
            "client_id": first_id + number * 20,
            "name": f"Monthly {number}",
            "frequency": "monthly",
            "first_date": FIRST_DAY,
            "terms": "net30",
            "content": {"lines": []},
            "next_date": TODAY + timedelta(days=chance.randrange(1, 30)),
        }
