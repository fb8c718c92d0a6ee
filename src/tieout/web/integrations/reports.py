"""Acts: the reports of the runs of the set-up, always to be found, as files too; and rolling a run back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tieout.practice.csv_text import write_csv
from tieout.practice.permissions import NotYours
from tieout.reconcile.state import Side
from tieout.sync import rollback, set_up_report
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Connection, Review
from tieout.web.access import FirmRequest, freshly
from tieout.web.downloads import csv_file
from tieout.web.integrations.flows import FLOWS
from tieout.web.integrations.gated import connected, kept


@kept
@require_GET
def index(request: FirmRequest, connection: Connection) -> HttpResponse:
    found = set_up_report.finished(connection)
    return render(
        request,
        "quickbooks/reports.html",
        {
            "connection": connection,
            "reports": [(one, set_up_report.words(one.entity)) for one in found],
        },
    )


@kept
@require_GET
def report(request: FirmRequest, connection: Connection, review_id: int) -> HttpResponse:
    found = _review(connection, review_id)
    return render(
        request,
        "quickbooks/report.html",
        {
            "connection": connection,
            "report": set_up_report.report(connection, found),
            "words": set_up_report.words(found.entity),
            "flow": FLOWS.get(found.entity),
            "why_not": rollback.why_not(connection, found, timezone.now()),
            "undone": found.summary.get("rolled_back"),
            "undoing": found.summary.get("rolling_back"),
        },
    )


@kept
@require_GET
def export(request: FirmRequest, connection: Connection, review_id: int) -> HttpResponse:
    told = set_up_report.report(connection, _review(connection, review_id))
    rows = [(part.title, name) for part in told.parts for name in part.names]
    return csv_file(f"tieout-set-up-report-{review_id}.csv", write_csv(["What", "Name"], rows))


@connected
@freshly
def roll_back(request: FirmRequest, connection: Connection, review_id: int) -> HttpResponse:
    """A page first: what is put back, what stays. Nothing is deleted, so nothing has to be typed."""
    found = _review(connection, review_id)
    if reason := rollback.why_not(connection, found, timezone.now()):
        messages.info(request, reason)
        return redirect("quickbooks-report", review_id)
    if request.method == "POST":
        try:
            rollback.start(connection, found, request.member)
        except CannotDecide as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, "Being rolled back now. You may leave; this page says when it is done.")
        return redirect("quickbooks-report", review_id)
    run = rollback.extent(connection, found)
    counts = {
        f"{what}_{where}": run.count(side, created=created)
        for where, side in (("here", Side.PRACTICE), ("there", Side.LEDGER))
        for what, created in (("made", True), ("changed", False))
    }
    return render(
        request,
        "quickbooks/roll_back.html",
        {
            "connection": connection,
            "review": found,
            "words": set_up_report.words(found.entity),
            "links": len(run.links),
            **counts,
        },
    )


def _review(connection: Connection, review_id: int) -> Review:
    for one in set_up_report.finished(connection):
        if one.pk == review_id:
            return one
    raise NotYours("There is no such report.")
