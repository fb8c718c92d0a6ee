"""Acts: what happened with QuickBooks, in plain sentences, narrowed as asked, with before and after."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tieout.sync import status
from tieout.sync.engine import Engine
from tieout.sync.models import Connection
from tieout.sync.story import changes_in
from tieout.web.access import FirmRequest
from tieout.web.integrations.activity_asked import KINDS, RESULTS, SIDES, asked
from tieout.web.integrations.gated import connected
from tieout.web.paging import page_number
from tieout.web.unit_values import said


@connected
@require_GET
def activity(request: FirmRequest, connection: Connection) -> HttpResponse:
    wanted = asked(request.GET)
    lines = status.activity(connection, page=page_number(request), **wanted.given)
    labels = _labels(connection)
    return render(
        request,
        "quickbooks/activity.html",
        {
            "connection": connection,
            "lines": lines,
            "rows": [(line, _changes(labels, line)) for line in lines.rows],
            "asked": wanted,
            "kinds": KINDS.items(),
            "results": RESULTS.items(),
            "sides": SIDES.items(),
        },
    )


def _labels(connection: Connection) -> dict[str, dict[str, str]]:
    specs = Engine().provider(connection.ledger).specs
    return {spec.practice: {unit.name: unit.label for unit in spec.units} for spec in specs}


def _changes(labels: dict[str, dict[str, str]], line: Any) -> list[tuple[str, str, str]]:
    found = changes_in(labels.get(line.entity, {}), line.details or {})
    return [(one.label, said(one.before), said(one.after)) for one in found]
