"""Decides nothing: what is done with very many invoices, or mailed, and takes its time: asked for, then looked at."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone
from pydantic import Field

from tieout.practice.actions.bulk import AT_ONCE, MOST, access_bulk, carry_on, start_bulk
from tieout.practice.bulk import MAILS, OF_CLIENTS, BulkAct, BulkVerb, RowState
from tieout.practice.firms import Member
from tieout.practice.permissions import NotYours, Permission
from tieout.web.api.calling import ApiRequest
from tieout.web.api.kinds_of_value import Given, Instant, RowId, Shown
from tieout.web.api.routes import Section

section = Section("Many invoices", "Finalized, marked as sent or mailed by the worker, each for itself.")
EDIT = Permission.EDIT_INVOICES


class BulkAsked(Given):
    """Invoices the token may not know of are left out."""

    verb: Literal["finalise", "send", "mail", "finalise-mail"]
    invoice_ids: list[RowId] = Field(min_length=1, max_length=MOST)


class BulkRowShown(Shown):
    """``state``: waiting, doing, done, refused or unclear; ``problem`` says why."""

    invoice_id: int | None
    state: str
    problem: str


class BulkShown(Shown):
    """Ask again until ``finished_at`` is there."""

    id: str
    verb: str
    created_at: Instant
    finished_at: Instant | None
    counts: dict[str, int]
    rows: list[BulkRowShown]


def start(*, member: Member, verb: str, invoice_ids: list[int], now: datetime) -> BulkAct:
    """Few that need no mail are done at once; the rest is the worker's."""
    act = start_bulk(member=member, verb=BulkVerb(verb), invoice_ids=invoice_ids, now=now)
    if verb not in MAILS and act.finished_at is None and act.rows.count() <= AT_ONCE:
        return carry_on(firm_id=act.firm_id, act_id=act.pk, clock=timezone.now)
    return act


def told(request: ApiRequest, act: BulkAct) -> dict[str, Any]:
    rows = list(act.rows.order_by("position"))
    counts = Counter(row.state for row in rows)
    return {
        "id": str(act.pk),
        "verb": act.verb,
        "created_at": act.created_at,
        "finished_at": act.finished_at,
        "counts": {state.value: counts[state.value] for state in RowState},
        "rows": rows,
    }


def progress(request: ApiRequest, bulk: str) -> dict[str, Any]:
    try:
        act_id = UUID(bulk)
    except ValueError as problem:
        raise NotYours("There is no such list.") from problem
    act = access_bulk(request.member, act_id)
    if act.verb in OF_CLIENTS:
        raise NotYours("There is no such list.")
    return told(request, act)


section.act(
    "/bulk-invoices",
    EDIT,
    "start_bulk",
    start,
    takes=BulkAsked,
    shape=BulkShown,
    shows=told,
    makes="get_bulk",
    apart=True,
    summary="Do something with very many invoices",
)
section.one(
    "/bulk-invoices/{bulk}", EDIT, "get_bulk", shape=BulkShown, shows=progress, summary="How far it is"
)
