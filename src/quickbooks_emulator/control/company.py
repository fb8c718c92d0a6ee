"""Acts: the control routes that look into and change one company's books as nobody could over the API. Part of the
table in `api.py`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from quickbooks_emulator.entities import ENTITIES
from quickbooks_emulator.entities.declaration import Entity
from quickbooks_emulator.forms import bank
from quickbooks_emulator.ledger.check import discrepancies, trial_balance
from quickbooks_emulator.messages import Request
from quickbooks_emulator.service.writes import existing
from quickbooks_emulator.store.books import Books

if TYPE_CHECKING:
    from quickbooks_emulator.control.desk import Control

Document = dict[str, Any]
Handler = Callable[["Control", Request, Document, re.Match[str]], Any]


def ledger_of(books: Books) -> Document:
    """The trial balance (id, name, type, balance with a debit positive) and whatever does not agree."""
    return {"accounts": trial_balance(books), "discrepancies": discrepancies(books)}


def change_plan(books: Books, changed: Mapping[str, str]) -> Document:
    """Another OfferingSku (QuickBooks Online Simple Start, Essentials, Plus, Advanced: without the last two there
    are no classes and no locations) or SubscriptionStatus (SUBSCRIBED, TRIAL; any other refuses every write)."""
    entity = ENTITIES["CompanyInfo"]
    record = books.get("CompanyInfo", "1")
    assert record is not None
    pairs = {one["Name"]: one["Value"] for one in record.body["NameValue"]}
    pairs.update(changed)
    named = [{"Name": name, "Value": value} for name, value in pairs.items()]
    books.update(entity, record, {**record.body, "NameValue": named})
    return {"sku": pairs.get("OfferingSku", ""), "status": pairs.get("SubscriptionStatus", "")}


def mark(books: Books, entity: Entity, record_id: str, marks: Mapping[str, bool]) -> Document:
    """What the bank knows of a transaction: `matched` to a downloaded one, or `settled`."""
    record = existing(books, entity, record_id)
    body = record.body
    for name, is_so in marks.items():
        body = bank.marked(body, f"_{name}", is_so)
    books.amend(entity, record, body)
    return {"id": record.id, **{name: bool(body.get(f"_{name}")) for name in ("matched", "settled")}}


def _ledger(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    return control.ledger(match["realm"])


def _plan(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    return control.set_plan(match["realm"], str(document.get("sku", "")), str(document.get("status", "")))


def _bank(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    marks: dict[str, bool] = {}
    marks.update({name: document[name] for name in ("matched", "settled") if name in document})
    return control.mark(match["realm"], str(document.get("entity", "")), str(document.get("id", "")), marks)


_COMPANY = r"/companies/(?P<realm>[^/]+)"
COMPANY_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", _COMPANY + "/ledger", _ledger),
    ("POST", _COMPANY + "/plan", _plan),
    ("POST", _COMPANY + "/bank", _bank),
)
