"""Acts: reads what a page of the client list shows besides the clients: tags, what is owed, and what QuickBooks says.

A constant number of queries, however many clients there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from tieout.practice.client_balances import owed_by
from tieout.practice.clients import Client
from tieout.practice.firms import Member
from tieout.practice.money import ZERO, shown
from tieout.practice.permissions import Permission
from tieout.practice.tags import Tag, tags_of
from tieout.sync import connections
from tieout.sync.tie_out_clients import Compared, of_clients
from tieout.web.badges import Badge, badges_for
from tieout.web.billing.acting import today_of


@dataclass(frozen=True, slots=True)
class BalanceWord:
    """Whether a client's balance agrees with QuickBooks, in few words."""

    look: str
    """A key of ``templatetags.page.LOOKS``."""
    word: str
    url: str = ""
    """Its line of the tie-out, for who may open it."""


@dataclass(frozen=True, slots=True)
class Row:
    client: Client
    tags: Sequence[Tag]
    owed: Decimal
    balance: BalanceWord
    badge: Badge | None


@dataclass(frozen=True, slots=True)
class Rows:
    rows: list[Row]
    with_owed: bool
    with_badges: bool
    compared_at: datetime | None
    """When the last tie-out was made; None when there is none to show, and then no balances are."""
    as_of: date | None
    """Its day, unless that is today."""


def rows_of_list(member: Member, clients: Sequence[Client]) -> Rows:
    ids = [str(each.pk) for each in clients]
    badges = badges_for("client", ids)
    with_owed = member.may(Permission.VIEW_BILLING)
    owed = owed_by(clients) if with_owed else {}
    tags = tags_of(clients)
    comparison = of_clients(member.firm_id, ids) if with_owed else None
    opens = comparison is not None and connections.gate(member).open
    told = comparison.clients if comparison else {}
    rows = [
        Row(
            client=each,
            tags=tags.get(each.pk, ()),
            owed=owed.get(each.pk, ZERO),
            balance=balance_word(told.get(str(each.pk)), each.name if opens else ""),
            badge=badges.get(str(each.pk)),
        )
        for each in clients
    ]
    if comparison is None:
        return Rows(rows, with_owed, bool(badges), None, None)
    as_of = comparison.day if comparison.day != today_of(member) else None
    return Rows(rows, with_owed, bool(badges), comparison.checked_at, as_of)


def balance_word(compared: Compared | None, name: str) -> BalanceWord:
    """``name``: of the client, for the link to its line; empty for who may not open it."""
    if compared is None:
        return BalanceWord("not_started", "Not compared")
    if compared.agrees:
        return BalanceWord("done", "Agrees")
    url = f"{reverse('quickbooks-tie-out')}?{urlencode({'search': name})}" if name else ""
    if compared.unexplained:
        return BalanceWord("problem", f"{shown(abs(compared.unexplained))} unexplained", url)
    return BalanceWord("info", f"{shown(abs(compared.difference))} apart, explained", url)
