"""Decides nothing: the lists that come from the ledger, to read and choose from; nothing is made or changed here."""

from __future__ import annotations

from django.db.models import QuerySet

from tieout.practice.access import require
from tieout.practice.billing_access import is_offered, rows_of
from tieout.practice.ledger_lists import LedgerList, ListEntry
from tieout.practice.permissions import NotYours, Permission
from tieout.web.api.calling import ApiRequest
from tieout.web.api.kinds_of_value import Shown
from tieout.web.api.routes import Section
from tieout.web.listing import Asked, Column, Filter, ListKind

section = Section(
    "Lists from QuickBooks", "Categories, classes, locations, accounts, terms and tax codes. Read only."
)
ENTRIES = ListKind(
    columns=(Column("name", "Name", "full_name", folds_case=True),),
    filters=(Filter("show", "Status", (("active", "Active"), ("archived", "Not used any more"), ("all", "All"))),),
    sort="name",
)  # fmt: skip
SLUGS = {
    "categories": LedgerList.CATEGORY,
    "classes": LedgerList.TRACKING_CLASS,
    "locations": LedgerList.LOCATION,
    "accounts": LedgerList.ACCOUNT,
    "terms": LedgerList.TERM,
    "tax-codes": LedgerList.TAX_CODE,
    "payment-methods": LedgerList.PAYMENT_METHOD,
}


class Entry(Shown):
    """One choice of one list. ``ledger_id``: its id in QuickBooks."""

    id: int
    version: int
    name: str
    full_name: str
    parent: str
    account_type: str
    ledger_id: str
    is_active: bool


def found(request: ApiRequest, asked: Asked, slug: LedgerList) -> QuerySet[ListEntry]:
    require(request.member, Permission.VIEW_BILLING)
    entries = rows_of(ListEntry, request.member.firm_id).filter(list=slug, is_current=True)
    if asked["show"] != "all":
        offered = is_offered(request.member.firm_id)
        entries = entries.filter(offered if asked["show"] == "active" else ~offered)
    return entries.filter(full_name__icontains=asked.search) if asked.search else entries


def entry(request: ApiRequest, entry_id: int) -> ListEntry:
    require(request.member, Permission.VIEW_BILLING)
    row = rows_of(ListEntry, request.member.firm_id).filter(pk=entry_id).first()
    if row is None:
        raise NotYours("There is no such list entry.")
    return row


for slug, of in SLUGS.items():
    section.rows(
        f"/lists/{slug}",
        Permission.VIEW_BILLING,
        f"list_{slug.replace('-', '_')}",
        kind=ENTRIES,
        shape=Entry,
        found=lambda request, asked, of=of: found(request, asked, of),
        summary=slug.replace("-", " ").capitalize(),
    )
section.one(
    "/lists/entries/{entry_id}",
    Permission.VIEW_BILLING,
    "get_list_entry",
    shape=Entry,
    shows=entry,
    summary="One entry of any list",
)
