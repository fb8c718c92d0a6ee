"""Acts: what is done with many invoices at once: started from the list, and its progress with a result for each."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.actions.bulk import AT_ONCE, MOST, access_bulk, carry_on, start_bulk
from tieout.practice.billing_access import visible_documents
from tieout.practice.bulk import MAILS, OF_CLIENTS, BulkAct, BulkRow, BulkVerb, RowState
from tieout.practice.invoices import Invoice
from tieout.practice.permissions import NotYours, Permission
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import today_of
from tieout.web.billing.invoice_list import INVOICES, narrowed
from tieout.web.once import SavedAlready, once

ANOTHER_CHOICE = (
    "This list was sent already, and this is what became of it. What you chose in it since then was not done: open "
    "the list anew and choose it there."
)
SHOWN = 300
"""Rows on one page of results."""


@requires(Permission.EDIT_INVOICES)
@require_POST
def many(request: FirmRequest) -> HttpResponse:
    """Start on what was ticked, or on all that was found. A second click finds the list the first one made."""
    given = request.POST.get("do", "")
    known = given in BulkVerb.values and given not in OF_CLIENTS
    verb = BulkVerb(given) if known else BulkVerb.FINALISE

    def make() -> str:
        act = start_bulk(member=request.member, verb=verb, invoice_ids=_asked(request), now=timezone.now())
        return reverse("invoices_bulk", args=[act.pk])

    try:
        address = once(request, make)
    except SavedAlready as problem:
        messages.error(request, ANOTHER_CHOICE)
        return redirect(problem.address)
    act = access_bulk(request.member, uuid.UUID(address.rstrip("/").rsplit("/", 1)[-1]))
    if act.finished_at is None and verb not in MAILS and act.rows.count() <= AT_ONCE:
        carry_on(firm_id=act.firm_id, act_id=act.pk, clock=timezone.now)
    return redirect(address)


@require_GET
@requires(Permission.EDIT_INVOICES)
def progress(request: FirmRequest, act_id: uuid.UUID) -> HttpResponse:
    """How far it is, and what became of each. While it goes on, a part of it asks for itself again."""
    act = access_bulk(request.member, act_id)
    if act.verb in OF_CLIENTS:
        raise NotYours("There is no such list.")
    context = outcome(act, act.rows.select_related("invoice__client"))
    part = request.headers.get("HX-Request")
    return render(request, "billing/invoice_bulk_part.html" if part else "billing/invoice_bulk.html", context)


def outcome(act: BulkAct, of: QuerySet[BulkRow]) -> dict[str, Any]:
    """What a page of results shows: how far it is, and the rows, those that were refused first."""
    rows = list(of[:MOST])
    counts = {state: sum(row.state == state for row in rows) for state in RowState}
    settled = sum(counts[each] for each in (RowState.DONE, RowState.REFUSED, RowState.UNCLEAR))
    first = [row for row in rows if row.state in (RowState.REFUSED, RowState.UNCLEAR)]
    others = [row for row in rows if row.state not in (RowState.REFUSED, RowState.UNCLEAR)]
    return {
        "act": act,
        "rows": [*first, *others][:SHOWN],
        "total": len(rows),
        "settled": settled,
        "done": counts[RowState.DONE],
        "refused": counts[RowState.REFUSED],
        "unclear": counts[RowState.UNCLEAR],
        "more": max(0, len(rows) - SHOWN),
        "mails": act.verb in MAILS,
    }


def _asked(request: FirmRequest) -> list[int]:
    """The ids that were ticked; with ``found``, of all that the list's filters find."""
    if (found := request.POST.get("found")) is not None:
        member = request.member
        asked = INVOICES.read(QueryDict(found))
        rows = narrowed(asked, visible_documents(member, Invoice), member, today_of(member))
        return list(rows.values_list("pk", flat=True)[:MOST])
    ticked = [each for each in request.POST.getlist("pick") if each.isascii() and each.isdigit()]
    return [int(each) for each in ticked if len(each) <= 18]


urlpatterns: list[URLPattern] = [
    path("invoices/many/", many, name="invoices_many"),
    path("invoices/many/<uuid:act_id>/", progress, name="invoices_bulk"),
]
