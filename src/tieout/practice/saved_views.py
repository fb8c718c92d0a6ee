"""Acts: the table of saved views and its funnel. A view is a name for what a long list was asked to show.

It holds the list's own question as it stands in an address, and is read like any old address: what is no longer known
falls back to the list's default. So a view can grow stale, but cannot break.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from tieout.practice.access import require
from tieout.practice.billing_rows import BillingRow
from tieout.practice.firms import Member
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.validation import TextRule

SAVED_VIEW = "saved_view"
NAME = TextRule("Name", 60, required=True)
LONGEST_QUERY = 1_000
MOST = 20
"""Of one list: a member's own, and likewise those the firm shares. So that all fit above the list."""
TO_SHARE = Permission.VIEW_ALL_CLIENTS
"""Who sees only some clients would share a list that looks different to everybody else."""


class ListName(models.TextChoices):
    """The lists that have views."""

    CLIENTS = "clients", "Clients"
    INVOICES = "invoices", "Invoices"
    PAYMENTS = "payments", "Payments"
    CREDITS = "credits", "Credits"
    SERVICE_ITEMS = "service_items", "Service items"


NEEDS: Mapping[ListName, Permission] = {
    ListName.CLIENTS: Permission.VIEW_CLIENTS,
    ListName.INVOICES: Permission.VIEW_BILLING,
    ListName.PAYMENTS: Permission.VIEW_BILLING,
    ListName.CREDITS: Permission.VIEW_BILLING,
    ListName.SERVICE_ITEMS: Permission.VIEW_BILLING,
}
"""List -> the right to see it, without which its views are not shown either."""


class SavedView(BillingRow):
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="saved_views")
    """Whose it is; who made it, when it is shared."""
    list = models.CharField(max_length=20, choices=ListName.choices)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True, default="")
    """As in an address, without the question mark; only what differs from the list's default."""
    is_shared = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    """The list opens with it: for its member, or for everybody who has no default of their own when it is shared."""

    class Meta:
        constraints = [
            models.UniqueConstraint("member", "list", Lower("name"), name="saved_view_name_once"),
            models.UniqueConstraint(
                fields=["member", "list"],
                condition=Q(is_default=True, is_shared=False),
                name="saved_view_own_default_once",
            ),
            models.UniqueConstraint(
                fields=["firm", "list"],
                condition=Q(is_default=True, is_shared=True),
                name="saved_view_firm_default_once",
            ),
            models.CheckConstraint(condition=Q(list__in=ListName.values), name="saved_view_list_known"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_name"),
        ]
        indexes = [models.Index(fields=["firm", "list"], name="saved_view_of_list")]

    def __str__(self) -> str:
        return self.name


def visible_views(member: Member) -> QuerySet[SavedView]:
    """The member's own and those the firm shares, of every list the member may see; own first, then by name."""
    lists = [each for each, needed in NEEDS.items() if member.may(needed)]
    rows = SavedView.objects.filter(firm_id=member.firm_id, list__in=lists).select_related("member__user")
    return rows.filter(Q(member=member) | Q(is_shared=True)).order_by("is_shared", Lower("name"), "id")


def views_of(member: Member, of: ListName) -> list[SavedView]:
    """Those of one list. Raises NotAllowed for a list the member may not see."""
    require(member, NEEDS[of])
    return list(visible_views(member).filter(list=of))


def opens_with(views: list[SavedView]) -> SavedView | None:
    """The one among a member's views of a list that it opens with: their own default before the firm's."""
    return next((each for each in views if each.is_default), None)


def access_view(member: Member, view_id: int | str, *, to_change: bool = False) -> SavedView:
    """One view the member may see; ``to_change``: that is theirs, or shared and theirs to manage, its row locked.

    Raises NotYours, NotAllowed for a shared view of somebody else.
    """
    rows = visible_views(member)
    if to_change:
        rows = rows.select_for_update(of=("self",))
    text = str(view_id)
    known = text.isascii() and text.isdigit() and len(text) <= 18
    view = rows.filter(pk=int(text)).first() if known else None
    if view is None:
        raise NotYours("There is no such view.")
    if to_change and view.member_id != member.pk:
        require(member, Permission.MANAGE_TEAM)
    return view


def may_change(member: Member, view: SavedView) -> bool:
    return view.member_id == member.pk or member.may(Permission.MANAGE_TEAM)
