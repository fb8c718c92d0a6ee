"""Decides nothing: what the API tells of the sync with QuickBooks, and the one thing it can ask of it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tieout.practice.access import require
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid
from tieout.sync import connections, status
from tieout.sync.models import Connection
from tieout.web.api.calling import ApiRequest
from tieout.web.api.kinds_of_value import Given, Instant, RowId, Shown
from tieout.web.api.problems import Problem
from tieout.web.api.routes import Section
from tieout.web.integrations.gated import sentence
from tieout.web.integrations.rights import BILLING

section = Section("Sync", "How the firm's records stand with QuickBooks.")
MAY = Permission.MANAGE_INTEGRATIONS
MOST_RECORDS = 300


class SectionShown(Shown):
    """One kind of record: how many are in step, on their way, waiting for a person, left out."""

    slug: str
    title: str
    state: str
    state_words: str
    in_step: int
    waiting: int
    needs_you: int
    excluded: int


class SyncShown(Shown):
    """``state`` is ``none`` while QuickBooks is not connected."""

    state: str
    company_name: str
    sections: list[SectionShown]


class RecordsAsked(Given):
    """Which records of one kind."""

    kind: Literal["client", "service_item", "invoice", "payment", "refund", "credit", "credit_application"]
    ids: list[RowId] = Field(min_length=1, max_length=MOST_RECORDS)


class RecordShown(Shown):
    """``state``: in_step, waiting, checking, needs_you, excluded or paused; ``detail`` is the sentence behind it."""

    id: int
    state: str
    word: str
    detail: str
    since: Instant | None
    ledger_id: str


class RecordsShown(Shown):
    """Only records that take part; empty while that kind is not set up."""

    data: list[RecordShown]


class Asked(Shown):
    """It has begun; look at GET /sync."""

    asked: bool


def shows(request: ApiRequest) -> dict[str, Any]:
    _let_in(request)
    connection = connections.connection_of(request.member.firm_id)
    return {
        "state": connection.state if connection else "none",
        "company_name": connection.company_name if connection else "",
        "sections": status.section_statuses(connection, request.member.firm),
    }


def records(request: ApiRequest, body: RecordsAsked) -> dict[str, Any]:
    """Why one stands as it does may name amounts: of what clients pay it is told to who may see billing. Raises NotAllowed."""
    _let_in(request)
    if body.kind in BILLING:
        require(request.member, Permission.VIEW_BILLING)
    ids = [str(each) for each in dict.fromkeys(body.ids)]
    found = status.record_statuses(request.member.firm_id, body.kind, ids)
    return {
        "data": [
            {
                "id": int(record_id),
                "state": each.state,
                "word": each.word,
                "detail": each.detail,
                "since": each.since,
                "ledger_id": each.ledger_id,
            }
            for record_id, each in found.items()
        ]
    }


def sync_now(request: ApiRequest) -> dict[str, Any]:
    _let_in(request)
    connection: Connection | None = connections.connection_of(request.member.firm_id)
    if connection is None:
        raise Invalid({"sync": "QuickBooks is not connected. An administrator connects it in Settings."})
    status.sync_now(connection, request.member)
    return {"asked": True}


def _let_in(request: ApiRequest) -> None:
    """Beside the permission, what the firm has bought decides. Raises Problem."""
    gate = connections.gate(request.member)
    if not gate.open:
        raise Problem("not-allowed", sentence(gate))


section.one("/sync", MAY, "get_sync", shape=SyncShown, shows=shows, summary="The sync, section by section")
section.custom(
    "POST",
    "/sync/records",
    MAY,
    "get_sync_of_records",
    records,
    takes=RecordsAsked,
    shape=RecordsShown,
    summary="The state of single records",
)
section.custom("POST", "/sync/now", MAY, "sync_now", sync_now, shape=Asked, summary="Look at QuickBooks now")
