"""Acts: what happened with QuickBooks, in plain sentences, run by run, narrowed as asked, with before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from tieout.practice.access import member_names
from tieout.practice.permissions import Permission
from tieout.reconcile.state import Key, Side
from tieout.sync import observations, status
from tieout.sync.engine import Engine
from tieout.sync.models import ActivityLine, Connection, Run
from tieout.sync.story import changes_in
from tieout.web.access import FirmRequest, turned_away
from tieout.web.integrations.activity_asked import BY_ITSELF, KINDS, RESULTS, SIDES, asked
from tieout.web.integrations.gated import kept
from tieout.web.integrations.remedies import page_of_record
from tieout.web.integrations.rights import BILLING, Rights
from tieout.web.paging import page_number
from tieout.web.unit_values import said


@kept
@require_GET
def activity(request: FirmRequest, connection: Connection) -> HttpResponse:
    if request.headers.get("HX-Request") and (after := request.GET.get("after", "")).isdecimal():
        more = status.lines_since(connection, int(after))
        return (
            render(request, "quickbooks/activity_more.html", {"more": more})
            if more
            else HttpResponse(status=204)
        )
    wanted, rights = asked(request.GET), Rights(request.member)
    if wanted.fields["record"] and (reason := rights.why_not_record(wanted.fields["entity"])):
        return turned_away(request, reason)
    lines = status.activity(connection, page=page_number(request), **wanted.given)
    labels = labels_of(connection)
    return render(
        request,
        "quickbooks/activity.html",
        {
            "connection": connection,
            "lines": lines,
            "newest": status.newest_line(connection),
            "groups": _groups(connection, labels, lines.rows, rights),
            "asked": wanted,
            "about": _about(connection, wanted.fields["entity"], wanted.fields["record"]),
            "kinds": KINDS.items(),
            "results": RESULTS.items(),
            "sides": SIDES.items(),
            "people": [*BY_ITSELF.items(), *_people(request.member.firm_id)],
        },
    )


@dataclass(frozen=True, slots=True)
class Where:
    """The ways from a line to the record it is about; both empty where it is about none that is here."""

    page: str = ""
    """Of the record; empty too for who may not open it."""
    lines: str = ""
    """Asks for all lines of this record alone."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that follow each other and are of one run; or of none, and then each says who decided it."""

    epoch: int | None
    run: Run | None
    """None too for a run that did not come to its end."""
    rows: list[tuple[ActivityLine, list[tuple[str, str, str]], Where]]

    @property
    def began(self) -> datetime:
        return self.run.started_at if self.run else self.rows[-1][0].at


def _groups(
    connection: Connection, labels: dict[str, dict[str, str]], lines: list[ActivityLine], rights: Rights
) -> list[Group]:
    runs, records = status.runs_of(connection, lines), status.practice_ids(connection, lines)
    return [
        Group(
            epoch,
            runs.get(epoch or 0),
            [
                (line, shown_changes(rights, labels, line), _where(rights, line, records.get(line.pk, "")))
                for line in rows
            ],
        )
        for epoch, rows in groupby(lines, key=lambda line: line.run_epoch)
    ]


def _where(rights: Rights, line: ActivityLine, practice_id: str) -> Where:
    if not practice_id or rights.why_not_record(line.entity):
        return Where()
    alone = urlencode({"entity": line.entity, "record": practice_id})
    return Where(page_of_record(line.entity, practice_id), f"?{alone}" if line.entity in KINDS else "")


def _about(connection: Connection, entity: str, record_id: str) -> dict[str, str]:
    """The one record that was asked for, by the name it has now; empty when none was."""
    if not record_id:
        return {}
    name = observations.name_of(connection, Key(entity, Side.PRACTICE, record_id))
    return {"name": name or "One record", "page": page_of_record(entity, record_id)}


def _people(firm_id: int) -> list[tuple[str, str]]:
    """Former colleagues too: what they decided is still listed."""
    return [(str(one), name) for one, name in sorted(member_names(firm_id).items(), key=itemgetter(1))]


def labels_of(connection: Connection) -> dict[str, dict[str, str]]:
    """Entity -> unit -> its label."""
    specs = Engine().provider(connection.ledger).specs
    return {spec.practice: {unit.name: unit.label for unit in spec.units} for spec in specs}


def shown_changes(
    rights: Rights, labels: dict[str, dict[str, str]], line: ActivityLine
) -> list[tuple[str, str, str]]:
    """Before and after of what is billed is for who may see that; that it was sent is for all who manage this."""
    if line.entity in BILLING and rights.why_not(Permission.VIEW_BILLING):
        return []
    return changes_of(labels, line)


def changes_of(labels: dict[str, dict[str, str]], line: Any) -> list[tuple[str, str, str]]:
    """Label, before and after of what a line of the activity changed, as one reads them."""
    found = changes_in(labels.get(line.entity, {}), line.details or {})
    return [(one.label, said(one.before), said(one.after)) for one in found]
