"""Decides how a practice's invoice and a QuickBooks Invoice show the same facts. Goes to QuickBooks only.

The total is never sent, only compared. An invoice is edited in place and voided, never deleted. Sources: Intuit's
Invoice reference; voiding: Intuit's developer blog, 2016, and recorded answers.
"""

from __future__ import annotations

from collections.abc import Mapping

from tieout.quickbooks import documents, row_taxes
from tieout.quickbooks.codecs import calendar_date, reference
from tieout.quickbooks.documents import needs_setting
from tieout.quickbooks.entity import Draft, QuickBooksEntity, Sending
from tieout.quickbooks.sales_lines import LINE_CODES, SALES, line_codes, problem_with, rows_of, write_rows
from tieout.reconcile.spec import Direction, Document, EntitySpec, Field, Reference, Whole
from tieout.reconcile.state import Scalar, Side

UNITS = (
    documents.client(),
    documents.number(),
    documents.dated(),
    documents.terms(),
    Field("due_date", "DueDate", calendar_date(), "Due date", required=True),
    documents.customer_memo(),
    Field("location", "DepartmentRef.value", reference(), "Location"),
    Whole(
        "content",
        "Rows",
        rows_of,
        write_rows,
        problem_with,
        required=True,
        alike=row_taxes.alike,
        complete=row_taxes.with_standing_codes,
    ),
    documents.total(),
    documents.state(),
)


def _facts(document: Document) -> Mapping[str, Scalar]:
    codes = line_codes(document)
    return {**documents.facts_with(balance="Balance")(document), **({LINE_CODES: codes} if codes else {})}


def place_item(draft: Draft, sending: Sending) -> None:
    """Rows without an item, late fees among them, are sold as the one chosen for them, so that their income lands where the
    firm wants it. None chosen: QuickBooks takes its own default item, if the company has one."""
    chosen = sending.rules.setting("row_item")
    for line in draft.get("Line", ()) if chosen else ():
        if line["DetailType"] == SALES and line["Amount"] >= 0 and "ItemRef" not in line[SALES]:
            line[SALES]["ItemRef"] = {"value": chosen}


def place_write_off(draft: Draft, sending: Sending) -> None:
    """A write-off is a row of a negative amount with an item of its own, so that it lands in its own account."""
    for line in draft.get("Line", ()):
        if line["Amount"] < 0 and "ItemRef" not in line[SALES]:
            item = sending.rules.setting("write_off_item")
            if not item:
                raise needs_setting("write_off_item", "an item for what is written off", "content")
            line[SALES]["ItemRef"] = {"value": item}


ENTITY = QuickBooksEntity(
    spec=EntitySpec(
        practice="invoice",
        ledger="Invoice",
        label="Invoice",
        plural="Invoices",
        direction=Direction.TO_LEDGER,
        void_unit="state",
        emptied_by_void=frozenset({"content", "total"}),
        units=UNITS,
        name_unit="number",
        date_unit="date",
        depends_on=("client", "service_item"),
        references=(Reference("client", "client"), Reference("content", "service_item", "item")),
        verified=frozenset({"total"}),
        computed_from=frozenset({"content"}),
        eligible={Side.PRACTICE: documents.never_void},
    ),
    facts=_facts,
    page="app/invoice?txnId={id}",
    marker=documents.of_client_and_date,
    is_name_list=False,
    members={"content": ("Line",)},
    worked_out={"terms": ("due_date",), "date": ("due_date",)},
    steps=(
        documents.own_number,
        documents.known_terms,
        place_item,
        place_write_off,
        documents.place_classes,
        documents.place_location,
        documents.settle_tax,
    ),
    signed=True,
    void="operation=void",
    number_field="DocNumber",
)
