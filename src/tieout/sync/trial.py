"""Decides nothing, writes nothing: one document before the others follow: which to try, how it would look, what came of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tieout.practice.billing_access import rows_of
from tieout.practice.invoices import UNCOUNTED, Invoice
from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.action import Create
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present, Side
from tieout.sync import observations, partners
from tieout.sync.currencies import told_in
from tieout.sync.engine import Engine
from tieout.sync.ledgers import counted
from tieout.sync.models import UNRESOLVED, Attempt, Connection, Issue, Link
from tieout.sync.observe import names_of
from tieout.sync.policy import on_trial
from tieout.sync.references import with_references
from tieout.sync.review import spec_of

OFFERED = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """One document as it would be sent, and what it still waits for."""

    name: str
    units: dict[str, Any]
    waits_for: tuple[str, ...]
    document: dict[str, Any]
    """The exact body, its numbers as ``Decimal``; empty while it cannot be made."""
    body: bytes = b""
    """The same to the letter, as it would be sent."""
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of the one that was sent."""

    record_id: str
    name: str
    ledger_number: str = ""
    ledger_total: Decimal | None = None
    total: Decimal | None = None
    url: str = ""
    problems: tuple[str, ...] = ()
    under_way: bool = False
    currency: str = "USD"

    @property
    def arrived(self) -> bool:
        return self.ledger_total is not None

    @property
    def agrees(self) -> bool:
        return self.arrived and self.ledger_total == self.total


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether all documents of a kind may follow the one that was tried."""

    why_not: str = ""
    """What has to come first; empty when nothing has."""
    ask: str = ""
    """What a person has to have looked at; empty when there is nothing to look at."""


FIRST = "Send one test invoice first."
ON_ITS_WAY = "The test invoice is on its way: wait until it has arrived, or send another one."
NOT_THROUGH = "The test invoice did not go through: mend what it says, or send another one."
COMPARE = "The test invoice has another total in QuickBooks: compare the two, and tick that you have."


def readiness(connection: Connection, entity: str, since: date, *, engine: Engine | None = None) -> Readiness:
    """One is tried before the others follow. What was sent before, when this was on already, needs no test."""
    found = tried(connection, entity, engine=engine)
    if found is not None and found.arrived:
        return Readiness() if found.agrees else Readiness(ask=COMPARE)
    if found is not None:
        return Readiness(ON_ITS_WAY if found.under_way else NOT_THROUGH)
    if Link.objects.filter(connection=connection, entity=entity).exists():
        return Readiness()
    return Readiness(FIRST if candidates(connection, since) else "")


def candidates(connection: Connection, since: date) -> list[Invoice]:
    """Invoices that could be tried: final, dated from the start on, of a client that is linked. The latest first."""
    found = rows_of(Invoice, connection.firm_id).exclude(status__in=UNCOUNTED).filter(date__gte=since)
    linked = Link.objects.filter(connection=connection, entity="client").values_list("practice_id", flat=True)
    ids = [int(one) for one in linked]
    return list(found.filter(client_id__in=ids).select_related("client").order_by("-date", "-pk")[:OFFERED])


def preview(
    connection: Connection, entity: str, record_id: str, *, engine: Engine | None = None
) -> Preview | None:
    """The document as it would be sent now; None when there is no such record. Raises ``LedgerError``."""
    engine = engine or Engine()
    spec = spec_of(connection, entity, engine)
    view = RECORD_KINDS[entity].read(connection.firm_id, [record_id]).get(record_id)
    if view is None:
        return None
    present = Present(view.units, str(view.version), view.facts)
    here, waits = with_references(connection, spec, {record_id: present})
    names = names_of_all(connection, engine, waits.get(record_id, ()))
    ready = here[record_id]
    document: dict[str, Any] = {}
    body = b""
    if not names and isinstance(ready, Present):
        create = Create(Side.LEDGER, Key(entity, Side.PRACTICE, record_id), ready.units)
        with counted(connection, engine) as ledger:
            body = ledger.prepare(create, "preview").body
        document = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    label, currency = str(view.facts.get("label") or ""), told_in(view.facts)
    return Preview(label, dict(view.units), names, document, body, currency)


def names_of_all(connection: Connection, engine: Engine, keys: Sequence[Key]) -> tuple[str, ...]:
    found: list[str] = []
    for key in keys:
        spec = spec_of(connection, key.entity, engine)
        name = names_of(connection, spec, [key]).get(key, "")
        found.append(f"{spec.label} {name or key.id}")
    return tuple(found)


def tried(connection: Connection, entity: str, *, engine: Engine | None = None) -> Tried | None:
    """What became of the document that was sent as a test; None when none was."""
    engine = engine or Engine()
    spec = spec_of(connection, entity, engine)
    record_id = on_trial(connection, spec)
    view = RECORD_KINDS[entity].read(connection.firm_id, [record_id]).get(record_id) if record_id else None
    if view is None:
        return None
    of = {"connection": connection, "entity": entity}
    link = Link.objects.filter(**of, practice_id=record_id).first()
    issues = Issue.objects.filter(**of, side=Side.PRACTICE, record_id=record_id, closed_at=None)
    problems = tuple(f"{one.sentence} {one.next_step}" for one in issues.order_by("id"))
    flying = Attempt.objects.filter(**of, practice_id=record_id, state__in=UNRESOLVED).exists()
    name, total = str(view.facts.get("label") or ""), view.units.get("total")
    if link is None:
        return Tried(
            record_id, name, problems=problems, under_way=flying or not problems, currency=told_in(view.facts)
        )
    there = _there(connection, spec, link.ledger_id)
    return Tried(
        record_id,
        name,
        str(there.get("number") or ""),
        there.get("total"),
        total,
        partners.deep_link(connection, entity, link.ledger_id, engine=engine),
        problems,
        currency=told_in(view.facts),
    )


def _there(connection: Connection, spec: EntitySpec, ledger_id: str) -> dict[str, Any]:
    seen = observations.of_ledger(connection, spec, [ledger_id]).get(ledger_id)
    return dict(seen.units) if isinstance(seen, Present) else {}
