"""Decides what the entity files of documents have in common: their units, facts, marker, and the steps that complete a draft.

A step says what only the company's own rules can say: who numbers documents, where classes go, which tax codes there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tieout.quickbooks import notes
from tieout.quickbooks.api.query import Condition, where
from tieout.quickbooks.codecs import calendar_date, reference
from tieout.quickbooks.company_rules import ClassPlace
from tieout.quickbooks.entity import Draft, Sending
from tieout.quickbooks.sales_lines import SALES, TAXED, UNTAXED, class_of_all
from tieout.quickbooks.writing import OPEN, VOID
from tieout.reconcile.codecs import money, text
from tieout.reconcile.ports import FixData
from tieout.reconcile.spec import Document, Field, Whole
from tieout.reconcile.state import Present, Scalar, Value

AMOUNT = Decimal("0.00")
_NET = re.compile(r"Net (\d{1,3})")
ON_RECEIPT = "Due on receipt"


# -- units ---------------------------------------------------------------------------------------------


def client() -> Field:
    return Field("client", "CustomerRef.value", reference(), "Client", required=True)


def dated(label: str = "Date") -> Field:
    return Field("date", "TxnDate", calendar_date(), label, required=True)


def number() -> Field:
    """Where QuickBooks numbers documents itself, ``own_number`` leaves ours out and its own is read back."""
    return Field("number", "DocNumber", text(21), "Number")


def total(name: str = "total", label: str = "Total") -> Field:
    return Field(name, "TotalAmt", money(), label)


def customer_memo() -> Field:
    return Field("memo", "CustomerMemo.value", text(1000), "Memo")


def note(name: str, label: str) -> Whole:
    """A text of ours in the private note, above the marker."""

    def write(value: Value, document: Draft) -> None:
        document[notes.NOTE] = str(value or "").strip()

    return Whole(name, label, notes.memo_of, write, notes.fits)


def state() -> Whole:
    """Open or void. Never a member of a document: voiding is an operation of its own."""
    return Whole("state", "State", lambda document: VOID if notes.is_voided(document) else OPEN, _not_written)


def terms() -> Whole:
    """The name of the terms, as "Net 30". Sent as the company's terms of as many days, if it has some; the due date
    always goes along, and it is what counts."""

    def read(document: Document) -> Value:
        return str((document.get("SalesTermRef") or {}).get("name") or "")

    def write(value: Value, document: Draft) -> None:
        document["SalesTermRef"] = {"name": str(value or "")}

    return Whole("terms", "Terms", read, write)


def _not_written(value: Value, document: Draft) -> None:
    return None


def never_void(record: Present) -> str | None:
    """For documents of ours that have no partner there: what counts for nothing is not sent."""
    if record.units.get("state") != VOID:
        return None
    return "It was voided here before it was ever in QuickBooks."


# -- facts and marker ----------------------------------------------------------------------------------


def facts(document: Document) -> dict[str, Scalar]:
    """What else every document tells. ``marker``: the request id of the create that made it, if it was ours."""
    times = document.get("MetaData") or {}
    return {
        "total": amount(document, "TotalAmt"),
        "voided": notes.is_voided(document),
        "marker": notes.marker_of(document),
        "currency": (document.get("CurrencyRef") or {}).get("value"),
        "created_at": times.get("CreateTime"),
        "updated_at": times.get("LastUpdatedTime"),
    }


def facts_with(**members: str) -> Callable[[Document], Mapping[str, Scalar]]:
    """Facts, and amounts under names of ours: ``facts_with(balance="Balance")``."""

    def found(document: Document) -> Mapping[str, Scalar]:
        return {**facts(document), **{name: amount(document, one) for name, one in members.items()}}

    return found


def amount(document: Document, member: str) -> Decimal:
    return Decimal(str(document.get(member) or 0)).quantize(AMOUNT)


def of_client_and_date(sent: Document) -> tuple[Condition, ...]:
    """Never the number alone: QuickBooks may have given another, and somebody else may have ours."""
    return (
        where("CustomerRef", "=", str(sent["CustomerRef"]["value"])),
        where("TxnDate", "=", str(sent["TxnDate"])),
    )


# -- steps ---------------------------------------------------------------------------------------------


def own_number(draft: Draft, sending: Sending) -> None:
    """Not sent where QuickBooks numbers documents itself: what is sent there is taken, and numbers come twice."""
    if sending.rules.numbers_itself:
        draft.pop("DocNumber", None)


def known_terms(draft: Draft, sending: Sending) -> None:
    """The company's terms of as many days, or none: the due date goes along in any case."""
    if "SalesTermRef" not in draft:
        return
    days = days_of(str(draft["SalesTermRef"]["name"]))
    found = sending.rules.term_of(days) if days is not None else ""
    draft["SalesTermRef"] = {"value": found}


def days_of(name: str) -> int | None:
    """Days until due of terms as the practice names them; None for a due date of one's own."""
    if name == ON_RECEIPT:
        return 0
    found = _NET.fullmatch(name)
    return int(found.group(1)) if found else None


def place_classes(draft: Draft, sending: Sending) -> None:
    """On the lines, or one on the document: sent in the wrong place they are dropped without a word (reported)."""
    _default_class(draft, sending)
    if "Line" not in draft or sending.rules.classes is ClassPlace.LINES:
        return
    found = class_of_all(draft["Line"])
    if sending.rules.classes is ClassPlace.NOWHERE:
        if found - {""}:
            raise FixData(
                "A row has a class, and classes are turned off in QuickBooks. Nothing was sent. "
                "Turn them on there, or take the class off the row.",
                unit="content",
            )
        return
    if len(found) > 1:
        raise FixData(
            "The rows have different classes, and QuickBooks is set to one class for each document. Nothing was sent. "
            "Give all rows the same class, or have QuickBooks track classes on each row.",
            unit="content",
        )
    for line in draft["Line"]:
        line.get(SALES, {}).pop("ClassRef", None)
    draft["ClassRef"] = {"value": next(iter(found), "")}


def _default_class(draft: Draft, sending: Sending) -> None:
    """The class chosen for rows without one; only while a document is made, never over what somebody wrote there."""
    chosen = sending.rules.setting("tracking_class")
    if not (chosen and sending.creating) or sending.rules.classes is ClassPlace.NOWHERE:
        return
    for line in draft.get("Line", ()):
        detail = line.get(SALES)
        if detail is not None and not (detail.get("ClassRef") or {}).get("value"):
            detail["ClassRef"] = {"value": chosen}


def place_location(draft: Draft, sending: Sending) -> None:
    chosen = sending.rules.setting("location")
    if chosen and sending.creating and sending.rules.locations:
        own = (draft.get("DepartmentRef") or {}).get("value")
        draft["DepartmentRef"] = {"value": own or chosen}
    if (draft.get("DepartmentRef") or {}).get("value") and not sending.rules.locations:
        raise FixData(
            "It has a location, and locations are turned off in QuickBooks. Nothing was sent. "
            "Turn them on there, or take the location off here.",
            unit="location",
        )


def settle_tax(draft: Draft, sending: Sending) -> None:
    """In the US one tax code for the document; elsewhere a real code on each line. The tax itself is always sent: it
    overrides what QuickBooks would compute, and the totals are compared afterwards."""
    if "Line" not in draft:
        return
    detail = draft.get("TxnTaxDetail")
    if detail is not None and detail["TotalTax"] and not sending.rules.taxes:
        raise FixData(
            "It has sales tax, and sales tax is turned off in QuickBooks. Nothing was sent. "
            "Turn it on there, or take the tax off here.",
            unit="content",
        )
    if not sending.rules.is_american:
        _tax_abroad(draft, sending)
        return
    _one_code(draft)
    if detail is not None and "TxnTaxCodeRef" not in detail:
        code = sending.rules.setting("tax_code") or sending.rules.default_tax_code
        if code:
            detail["TxnTaxCodeRef"] = {"value": code}


def _one_code(draft: Draft) -> None:
    """In the US a line is taxed or not, and the code is the document's (Intuit's Invoice reference)."""
    taxed = [line[SALES]["TaxCodeRef"] for line in draft["Line"] if SALES in line]
    own = {code["value"] for code in taxed} - {TAXED, UNTAXED}
    if len(own) > 1:
        raise FixData(
            "Its rows are taxed at rates of several tax codes, and QuickBooks takes one for each document. Nothing was "
            "sent. Tax all rows at one rate, or choose one tax code for these rates.",
            unit="content",
        )
    for code in taxed:
        if code["value"] in own:
            code["value"] = TAXED


def _tax_abroad(draft: Draft, sending: Sending) -> None:
    """Each line has the code of its own rate, or what stands on it already; else the one that is chosen for all."""
    draft.get("TxnTaxDetail", {}).pop("TxnTaxCodeRef", None)
    draft["GlobalTaxCalculation"] = "TaxExcluded"
    for line in draft["Line"]:
        key = CHOSEN_ABROAD.get(line.get(SALES, {}).get("TaxCodeRef", {}).get("value", ""))
        if key is None:
            continue
        if not (code := sending.rules.setting(key)):
            raise needs_setting(key, "a tax code for each row", "content")
        line[SALES]["TaxCodeRef"] = {"value": code}


CHOSEN_ABROAD = {TAXED: "taxed_code", UNTAXED: "untaxed_code"}


def payment_method(draft: Draft, sending: Sending) -> None:
    """Ours by name until now; QuickBooks' own where the settings map it, else none."""
    if "PaymentMethodRef" in draft:
        method = str(draft["PaymentMethodRef"]["value"])
        draft["PaymentMethodRef"] = {"value": sending.rules.setting(f"payment_method.{method}")}


def needs_setting(key: str, what: str, unit: str) -> FixData:
    """What a write lacks that only the settings of the connection can give. ``key``: the ``Setting`` it is."""
    return FixData(
        f"QuickBooks needs {what}, and none is chosen. Nothing was sent. "
        "Choose one in the settings of the QuickBooks connection.",
        unit=unit,
        detail=f"setting: {key}",
        topic="setting_missing",
    )


def linked(entry: Mapping[str, Any], kind: str) -> str:
    """The id of the transaction of that kind a payment's line is linked to."""
    for link in entry.get("LinkedTxn") or ():
        if link.get("TxnType") == kind:
            return str(link.get("TxnId") or "")
    return ""
