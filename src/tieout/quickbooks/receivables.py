"""Acts: reads what QuickBooks says its customers owed at the end of a day, and by which documents. Metered reads only.

The sums come from one report, AgedReceivableDetail at a report date, which QuickBooks computes from its own postings:
nothing we remember takes part in it. The documents of chosen customers are asked for by ``CustomerRef``, which is
filterable on all three sales entities. Source: Intuit's report and entity reference pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from tieout.quickbooks.api.client import Client, Document
from tieout.quickbooks.api.query import one_of, where
from tieout.reconcile.owing import OpenItem, Owed
from tieout.reconcile.ports import Bug

REPORT = "AgedReceivableDetail"
COLUMNS = ("tx_date", "txn_type", "doc_num", "cust_name", "subt_amount", "subt_open_bal")
CUSTOMERS_PER_QUESTION = 200
KINDS: Mapping[str, tuple[str, int]] = {
    "Invoice": ("invoice", 1),
    "Payment": ("payment", -1),
    "CreditMemo": ("credit", -1),
}
"""Entities that move what a customer owes: the practice's word, and which way. Refund and sales receipts leave it as it is."""
_CUT = "unable to display more data"
"""How a report that is too large ends, instead of its last rows."""


def owed_on(client: Client, day: date) -> Owed:
    """What each customer owed, and the open transactions behind it. One metered read.

    Raises ``Bug`` for a report that was cut, has an unknown shape, or does not add up to its own total.
    """
    options = {"report_date": day.isoformat(), "aging_method": "Report_Date", "columns": ",".join(COLUMNS)}
    report = client.report(REPORT, options)
    _check_columns(report)
    items = tuple(_item(row) for row in _rows(report))
    total = sum((item.amount for item in items), Decimal("0.00"))
    printed = _grand_total(report)
    if printed is not None and printed != total:
        raise Bug(
            f"QuickBooks' report of what customers owe adds up to {total} and says {printed}. "
            "Nothing was compared. Check again; if it stays so, please report it."
        )
    sums: dict[str, Decimal] = {}
    names: dict[str, str] = {}
    for item in items:
        sums[item.customer_id] = sums.get(item.customer_id, Decimal("0.00")) + item.amount
        names[item.customer_id] = item.customer
    return Owed(day, sums, names, items)


def documents_of(client: Client, customer_ids: Collection[str], day: date) -> Sequence[OpenItem]:
    """Every invoice, payment and credit memo of these customers dated up to ``day``, with its whole amount.

    One metered read for each entity, 200 customers and 1,000 documents.
    """
    chosen = sorted(customer_ids)
    found: list[OpenItem] = []
    for start in range(0, len(chosen), CUSTOMERS_PER_QUESTION):
        some = chosen[start : start + CUSTOMERS_PER_QUESTION]
        for entity, (kind, sign) in KINDS.items():
            asked = (one_of("CustomerRef", some), where("TxnDate", "<=", day.isoformat()))
            for page in client.pages(entity, *asked):
                found += [_document(entity, kind, sign, one) for one in page]
    return found


def _document(entity: str, kind: str, sign: int, document: Document) -> OpenItem:
    customer = document.get("CustomerRef") or {}
    return OpenItem(
        entity=entity,
        kind=kind,
        id=str(document["Id"]),
        customer_id=str(customer.get("value", "")),
        customer=str(customer.get("name", "")),
        number=str(document.get("DocNumber") or document.get("PaymentRefNum") or ""),
        day=str(document.get("TxnDate", "")),
        amount=sign * Decimal(str(document.get("TotalAmt") or "0.00")),
        left=Decimal(str(document["Balance"])) if kind == "invoice" and "Balance" in document else None,
    )


# -- the report's shape ------------------------------------------------------------------------------------------


def _check_columns(report: Document) -> None:
    columns = (report.get("Columns") or {}).get("Column") or ()
    if len(columns) != len(COLUMNS):
        raise Bug(
            "QuickBooks' report of what customers owe has other columns than asked for. Nothing was compared. "
            "Please report this."
        )


def _rows(node: Document) -> Iterator[Sequence[Mapping[str, Any]]]:
    """The cells of every data row, sections within sections."""
    for row in (node.get("Rows") or {}).get("Row") or ():
        yield from _rows(row)
        cells = row.get("ColData")
        if cells and any(_CUT in str(cell.get("value", "")).lower() for cell in cells):
            raise Bug(
                "What customers owe is more than QuickBooks puts into one report. Nothing was compared. "
                "Please report this with the number of your open invoices."
            )
        if cells and row.get("type", "Data") == "Data":
            yield cells


def _grand_total(report: Document) -> Decimal | None:
    for row in (report.get("Rows") or {}).get("Row") or ():
        if row.get("group") == "GrandTotal":
            cells: Sequence[Mapping[str, Any]] = (row.get("Summary") or {}).get("ColData") or ()
            return _amount(cells[-1]) if len(cells) == len(COLUMNS) else None
    return None


def _item(cells: Sequence[Mapping[str, Any]]) -> OpenItem:
    def cell(name: str) -> Mapping[str, Any]:
        return cells[COLUMNS.index(name)]

    transaction, customer = cell("txn_type"), cell("cust_name")
    entity = str(transaction.get("value", "")).replace(" ", "")
    return OpenItem(
        entity=entity,
        kind=KINDS[entity][0] if entity in KINDS else "",
        id=str(transaction.get("id", "")),
        customer_id=str(customer.get("id", "")),
        customer=str(customer.get("value", "")),
        number=str(cell("doc_num").get("value", "")),
        day=str(cell("tx_date").get("value", "")),
        amount=_amount(cell("subt_open_bal")),
    )


def _amount(cell: Mapping[str, Any]) -> Decimal:
    text = str(cell.get("value") or "0.00").replace(",", "")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Bug(
            "QuickBooks' report of what customers owe holds an amount that cannot be read. Nothing was compared. "
            "Please report this."
        ) from None
