"""Acts: the control routes that look into and change one company's books as nobody could over the API. Part of the
table in `api.py`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from quickbooks_emulator.entities import ENTITIES
from quickbooks_emulator.ledger.check import discrepancies, trial_balance
from quickbooks_emulator.messages import Request
from quickbooks_emulator.store.books import Books

if TYPE_CHECKING:
    from quickbooks_emulator.control.desk import Control

Document = dict[str, Any]
Handler = Callable[["Control", Request, Document, re.Match[str]], Any]


def ledger_of(books: Books) -> Document:
    """The trial balance (id, name, type, balance with a debit positive) and whatever does not agree."""
    return {"accounts": trial_balance(books), "discrepancies": discrepancies(books)}


def change_plan(books: Books, sku: str) -> Document:
    """Another subscription: QuickBooks Online Simple Start, Essentials, Plus, Advanced. Without Plus or Advanced
    there are no classes and no locations."""
    entity = ENTITIES["CompanyInfo"]
    record = books.get("CompanyInfo", "1")
    assert record is not None
    pairs = [one for one in record.body["NameValue"] if one["Name"] != "OfferingSku"]
    books.update(
        entity, record, {**record.body, "NameValue": [*pairs, {"Name": "OfferingSku", "Value": sku}]}
    )
    return {"sku": sku}


def _ledger(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    return control.ledger(match["realm"])


def _plan(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    return control.set_plan(match["realm"], str(document.get("sku", "")))


_COMPANY = r"/companies/(?P<realm>[^/]+)"
COMPANY_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", _COMPANY + "/ledger", _ledger),
    ("POST", _COMPANY + "/plan", _plan),
)
