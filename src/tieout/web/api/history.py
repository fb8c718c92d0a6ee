"""Decides: how the append-only history is shown and listed, of one record and of the whole firm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from tieout.practice.actor import ChangeRecord
from tieout.practice.billing_access import history_of_row
from tieout.practice.billing_rows import BillingRow
from tieout.practice.permissions import Permission
from tieout.web.api.calling import ApiRequest
from tieout.web.api.kinds_of_value import Instant, Shown
from tieout.web.api.routes import Section
from tieout.web.listing import Asked, Column, Filter, ListKind
from tieout.web.people.audit import ACTORS, KINDS, narrowed


class Change(Shown):
    """One change: who did what, and each field before and after."""

    id: int
    at: Instant
    kind: str
    record_id: str
    version: int
    verb: str
    actor_kind: str
    actor_label: str
    member_id: int | None
    changes: dict[str, Any]


_WHEN = (Column("at", "When", "id"),)
HISTORY = ListKind(columns=_WHEN, filters=(), sort="-at")
LOG = ListKind(
    columns=_WHEN,
    filters=(
        Filter("of", "Record", (("", "All"), *((kind, words[0]) for kind, words in KINDS.items()))),
        Filter("how", "How", (("", "All"), *((each.value, words) for each, words in ACTORS.items()))),
    ),
    sort="-at",
    dates=True,
    ids=("who",),
)


def history_of_one(finds: Callable[..., BillingRow], kind: str) -> Callable[..., QuerySet[ChangeRecord]]:
    """``finds``: the funnel to the record."""

    def found(request: ApiRequest, asked: Asked, **ids: int) -> QuerySet[ChangeRecord]:
        return history_of_row(finds(request, **ids), kind)

    return found


def log(request: ApiRequest, asked: Asked) -> QuerySet[ChangeRecord]:
    return narrowed(asked, request.member)


section = Section("Audit log", "Every change of every record. It only grows.")
section.rows(
    "/audit-log",
    Permission.MANAGE_TEAM,
    "list_changes",
    kind=LOG,
    shape=Change,
    found=log,
    summary="Every change in the firm",
)
