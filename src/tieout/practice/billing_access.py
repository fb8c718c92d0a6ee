"""Acts: the funnels to billing rows: from an id to a row, for a member with their rights, or for a verb to change.

A member sees the documents of the clients they may see. "Not found" and "not yours" are the same answer.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from tieout.practice.access import require, visible_clients
from tieout.practice.actor import ChangeRecord
from tieout.practice.billing_rows import BillingRow
from tieout.practice.credits import Credit
from tieout.practice.firms import Member
from tieout.practice.groups import ClientGroup
from tieout.practice.invoices import Invoice
from tieout.practice.ledger_lists import LedgerList, ListEntry, TaxRate, UnusedList
from tieout.practice.payments import Payment, Refund
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.recurring import RecurringInvoice
from tieout.practice.service_items import ServiceItem
from tieout.practice.tags import Tag

Row = TypeVar("Row", bound=BillingRow)
Document = TypeVar("Document", Invoice, Payment, Refund, Credit, RecurringInvoice)

_TO_EDIT: dict[type[BillingRow], Permission] = {
    Invoice: Permission.EDIT_INVOICES,
    RecurringInvoice: Permission.EDIT_INVOICES,
    Payment: Permission.RECORD_PAYMENTS,
    Refund: Permission.RECORD_PAYMENTS,
    Credit: Permission.RECORD_PAYMENTS,
    ServiceItem: Permission.EDIT_SERVICE_ITEMS,
    TaxRate: Permission.BILLING_AND_PAYMENTS,
    ClientGroup: Permission.EDIT_CLIENTS,
}
_WORDS: dict[type[BillingRow], str] = {
    ServiceItem: "service item",
    RecurringInvoice: "recurring invoice",
    TaxRate: "tax rate",
    ClientGroup: "client group",
    Tag: "tag",
}


def visible_documents(member: Member, of: type[Document]) -> QuerySet[Document]:
    """Invoices, payments, refunds, credits or recurring invoices the member may see. Raises NotAllowed."""
    require(member, Permission.VIEW_BILLING)
    rows: QuerySet[Document] = of._default_manager.filter(firm_id=member.firm_id)
    if member.may(Permission.VIEW_ALL_CLIENTS) and member.may(Permission.VIEW_CLIENTS):
        return rows
    return rows.filter(client__in=visible_clients(member))


def access_document(
    member: Member, of: type[Document], row_id: int | str, *, to_edit: bool = False
) -> Document:
    """One document the member may see, with ``to_edit`` may change. Raises NotYours, NotAllowed."""
    row = visible_documents(member, of).filter(pk=row_number(of, row_id)).first()
    if row is None:
        raise not_there(of)
    if to_edit:
        require(member, _TO_EDIT[of])
    return row


def visible_items(member: Member) -> QuerySet[ServiceItem]:
    require(member, Permission.VIEW_BILLING)
    return rows_of(ServiceItem, member.firm_id)


def access_item(member: Member, item_id: int | str, *, to_edit: bool = False) -> ServiceItem:
    """One service item of the member's firm. Raises NotYours, NotAllowed."""
    item = visible_items(member).filter(pk=row_number(ServiceItem, item_id)).first()
    if item is None:
        raise not_there(ServiceItem)
    if to_edit:
        require(member, Permission.EDIT_SERVICE_ITEMS)
    return item


def rows_of(model: type[Row], firm_id: int) -> QuerySet[Row]:
    """All rows of one firm: for verbs and the records door, which act once someone was let in."""
    return model._default_manager.filter(firm_id=firm_id)


def row_to_change(model: type[Row], firm_id: int, row_id: int | str) -> Row:
    """One row of the firm, locked until the transaction ends. Raises NotYours."""
    row = rows_of(model, firm_id).select_for_update(of=("self",)).filter(pk=row_number(model, row_id)).first()
    if row is None:
        raise not_there(model)
    return row


def row_number(model: type[BillingRow], row_id: int | str) -> int:
    """The id as the database knows it; a text that is none of ours is "not found", not a fault."""
    text = str(row_id)
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise not_there(model)
    return int(text)


def not_there(model: type[BillingRow]) -> NotYours:
    return NotYours(f"There is no such {_WORDS.get(model, model._meta.model_name)}.")


def is_offered(firm_id: int) -> Q:
    """Of list entries: those that can be chosen now, for they are in use, so is their list, and the company is theirs."""
    unused = UnusedList.objects.filter(firm_id=firm_id)
    return Q(is_active=True, is_current=True) & ~Q(list__in=unused.values("list"))


def choices_in(
    firm_id: int, of: LedgerList, *, types: Collection[str] = (), kept: int | None = None
) -> QuerySet[ListEntry]:
    """What can be chosen from one of the ledger's lists, by full name. Empty: hide the field.

    ``types``: only accounts of these types. ``kept``: the id of what is chosen already. It may stay whatever became of
    it in the ledger, so that another field of the same record can be corrected.
    """
    offered = is_offered(firm_id) & (Q(account_type__in=types) if types else Q())
    entries = rows_of(ListEntry, firm_id).filter(offered | Q(pk=kept), list=of)
    return entries.order_by("full_name", "id")


def lists_in_use(firm_id: int) -> set[LedgerList]:
    """The lists that have something to choose from; the others are not shown at all."""
    used = rows_of(ListEntry, firm_id).filter(is_offered(firm_id)).values_list("list", flat=True).distinct()
    return {LedgerList(each) for each in used}


def history_of_row(row: BillingRow, kind: str) -> QuerySet[ChangeRecord]:
    """What happened to a billing record, newest first."""
    return ChangeRecord.objects.filter(firm_id=row.firm_id, kind=kind, record_id=str(row.pk))


def by_id(rows: QuerySet[Any]) -> dict[int, Any]:
    return {row.pk: row for row in rows}
