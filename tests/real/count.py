"""Decides what is wrong after the storm: each record in QuickBooks exactly once, and equal to the cent on both sides.

Compares what ``gathering`` has read. Not by what the engine believes: only its links are taken from it, and it has to
have one for each record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Document = Mapping[str, Any]
OpenIssue = tuple[str, str, str, str]
"""Entity, side, record, cause."""

NOBODY_S = "not_eligible"
"""The one cause that may be open at the end: nothing is to be done about it. The sample company's own records that take no
part have it before the storm, and so has what was voided here before it was ever sent."""
SENT_AS: Mapping[str, str] = {
    "invoice": "Invoice",
    "payment": "Payment",
    "credit": "CreditMemo",
    "credit_application": "Payment",
}


@dataclass(frozen=True, slots=True)
class Ours:
    """One document here: what QuickBooks has to show of it."""

    entity: str
    id: str
    client: str
    is_void: bool
    amounts: Mapping[str, Decimal]
    """Member of QuickBooks' document -> amount."""
    pays: Mapping[tuple[str, str], Decimal]
    """(Entity, id) of a document here -> how much of this one is on it."""


@dataclass(frozen=True, slots=True)
class Sides:
    """All that is compared."""

    names: Mapping[str, str]
    """Practice id of a client -> its name, as it was typed."""
    phones: Mapping[str, str]
    phones_here: Mapping[str, str]
    documents: tuple[Ours, ...]
    links: Mapping[tuple[str, str], str]
    there: Mapping[str, Mapping[str, Document]]
    """QuickBooks' word -> id -> document."""
    issues: frozenset[OpenIssue]
    issues_before: frozenset[OpenIssue]


def wrong(sides: Sides) -> list[str]:
    """A sentence for each thing that is doubled, lost, unequal or left open. Empty: all is well."""
    return [
        *_clients(sides),
        *_each_document(sides),
        *_strangers(sides),
        *_linked_both_ways(sides),
        *_left_open(sides),
    ]


def _clients(sides: Sides) -> Iterator[str]:
    times = Counter(one["DisplayName"] for one in sides.there["Customer"].values())
    for client, name in sides.names.items():
        if times[name] != 1:
            yield f"{name} is in QuickBooks {times[name]} times"
        customer = sides.there["Customer"].get(sides.links.get(("client", client), ""))
        if customer is None or customer["DisplayName"] != name:
            yield f"{name} is not linked to its customer"
            continue
        shown = str((customer.get("PrimaryPhone") or {}).get("FreeFormNumber", ""))
        if not sides.phones[client] == sides.phones_here[client] == shown:
            yield f"{name}: phone {sides.phones[client]} typed, {sides.phones_here[client]} here, {shown} there"


def _each_document(sides: Sides) -> Iterator[str]:
    for one in sides.documents:
        what = f"{one.entity} {one.id}"
        ledger_id = sides.links.get((one.entity, one.id))
        if ledger_id is None:
            if not one.is_void:  # voided before it was ever sent: nothing of it is there, see ``_strangers``
                yield f"{what} is not in QuickBooks"
            continue
        document = sides.there[SENT_AS[one.entity]].get(ledger_id)
        if document is None:
            yield f"{what} is linked to {ledger_id}, which is not in QuickBooks"
            continue
        if document["CustomerRef"]["value"] != sides.links.get(("client", one.client)):
            yield f"{what} is another customer's there"
        if is_voided(document) != one.is_void:
            yield f"{what}: void here {one.is_void}, there {is_voided(document)}"
        for member, amount in one.amounts.items():
            wanted = Decimal(0) if one.is_void else amount
            if _decimal(document.get(member)) != wanted:
                yield f"{what}: {member} is {wanted} here and {document.get(member)} there"
        kinds = ("Invoice", "CreditMemo")
        pays = {} if one.is_void else one.pays
        here = {
            (SENT_AS[entity], sides.links.get((entity, pk), "")): amount
            for (entity, pk), amount in pays.items()
        }
        shown = {key: amount for key, amount in linked(document).items() if key[0] in kinds}
        if one.entity in ("payment", "credit_application") and here != shown:
            yield f"{what} pays {here} here and {shown} there"


def _strangers(sides: Sides) -> Iterator[str]:
    """Documents of our clients there that are nobody's here: those that were made twice."""
    customers = {sides.links.get(("client", one)) for one in sides.names}
    ours = {(SENT_AS[entity], there) for (entity, _), there in sides.links.items() if entity in SENT_AS}
    for word in dict.fromkeys(SENT_AS.values()):
        for ledger_id, document in sides.there[word].items():
            if document["CustomerRef"]["value"] in customers and (word, ledger_id) not in ours:
                yield f"{word} {ledger_id} is there and nobody's here: {document.get('PrivateNote')!r}"


def _linked_both_ways(sides: Sides) -> Iterator[str]:
    """What an invoice there says it is paid by: exactly what pays it here."""
    paid_by: dict[str, set[str]] = {}
    for one in sides.documents:
        for entity, invoice in () if one.is_void else one.pays:
            if entity == "invoice":
                paid_by.setdefault(invoice, set()).add(sides.links.get((one.entity, one.id), "nothing"))
    for one in sides.documents:
        document = sides.there["Invoice"].get(sides.links.get(("invoice", one.id), ""))
        if one.entity != "invoice" or document is None:
            continue
        links = {
            str(link["TxnId"]) for link in document.get("LinkedTxn") or () if link["TxnType"] == "Payment"
        }
        if links != paid_by.get(one.id, set()):
            yield f"invoice {one.id} is paid by {paid_by.get(one.id)} here and by {links} there"


def _left_open(sides: Sides) -> Iterator[str]:
    void = {("practice", one.entity, one.id) for one in sides.documents if one.is_void}
    for issue in sorted(sides.issues):
        entity, side, record, cause = issue
        expected = issue in sides.issues_before or (side, entity, record) in void
        if cause != NOBODY_S or not expected:
            yield f"an issue is open: {entity} {side} {record}: {cause}"


def linked(document: Document) -> dict[tuple[str, str], Decimal]:
    """(Kind, id) of what the lines of a payment there are linked to -> amount."""
    found: dict[tuple[str, str], Decimal] = {}
    for line in document.get("Line") or ():
        for link in line.get("LinkedTxn") or ():
            key = (str(link["TxnType"]), str(link["TxnId"]))
            found[key] = found.get(key, Decimal(0)) + _decimal(line["Amount"])
    return found


def is_voided(document: Document) -> bool:
    return not _decimal(document.get("TotalAmt")) and str(document.get("PrivateNote", "")).startswith(
        "Voided"
    )


def _decimal(value: object) -> Decimal:
    return Decimal(str(value or 0))
