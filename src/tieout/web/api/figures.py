"""Decides nothing: the figures of the dashboard: what is owed and how old it is, what came in, what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ninja import Schema
from pydantic import Field

from tieout.practice.billing_figures import ageing, cash_between
from tieout.practice.money import total
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid
from tieout.web.api.calling import ApiRequest
from tieout.web.api.kinds_of_value import Day, Money, Shown, ShownDay
from tieout.web.api.routes import Section
from tieout.web.billing.board import waiting, week_of

section = Section("Figures", "What the dashboard shows: sums over the documents a token may see.")
VIEW = Permission.VIEW_BILLING
LONGEST = timedelta(days=3660)


class BucketShown(Shown):
    """``name``: also a value of `age` of the list of invoices."""

    name: str
    label: str
    count: int
    owed: Money


class Receivables(Shown):
    """What is owed on open invoices today, and how long it is overdue."""

    date: ShownDay
    owed: Money
    count: int
    buckets: list[BucketShown]


class CashShown(Shown):
    since: ShownDay
    until: ShownDay
    received: Money
    refunded: Money
    net: Money


class Waiting(Shown):
    """What asks for somebody."""

    drafts: int
    payments_on_account: int
    on_account: Money
    stopped_recurring: int


class Days(Schema):
    since: Day | None = Field(None, description="From this date on. Left out: Monday of this week.")
    until: Day | None = Field(None, description="Up to this date. Left out: today.")


def receivables(request: ApiRequest) -> dict[str, Any]:
    buckets = ageing(request.member, request.today)
    return {
        "date": request.today,
        "owed": total(each.owed for each in buckets),
        "count": sum(each.count for each in buckets),
        "buckets": buckets,
    }


def cash(request: ApiRequest, query: Days) -> dict[str, Any]:
    until = query.until or request.today
    since = query.since or week_of(until)
    if since > until:
        raise Invalid({"since": "It ends before it begins: give a day up to the last one."})
    if until - since > LONGEST:
        raise Invalid({"since": "That is more than ten years. Ask for less at once."})
    found = cash_between(request.member, since, until)
    return {
        "since": since,
        "until": until,
        "received": found.received,
        "refunded": found.refunded,
        "net": found.net,
    }


def waits(request: ApiRequest) -> dict[str, Any]:
    found = waiting(request.member)
    return {
        "drafts": found.drafts,
        "payments_on_account": found.payments,
        "on_account": found.on_account,
        "stopped_recurring": found.stopped,
    }


section.one(
    "/figures/receivables",
    VIEW,
    "get_receivables",
    shape=Receivables,
    shows=receivables,
    summary="What is owed",
)
section.one(
    "/figures/cash",
    VIEW,
    "get_cash",
    shape=CashShown,
    shows=cash,
    query=Days,
    summary="What came in and went back",
)
section.one(
    "/figures/waiting", VIEW, "get_waiting", shape=Waiting, shows=waits, summary="What waits for somebody"
)
