"""Acts: the page on which a record without a partner is given one: suggestions with reasons, a search, one button each.

The same page opens inside a list where there is JavaScript: then only its middle part is sent.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.permissions import NotYours
from tieout.reconcile.state import Key, Side
from tieout.sync import partners
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Connection, SectionState
from tieout.web.access import FirmRequest
from tieout.web.integrations import acts
from tieout.web.integrations.buckets import LABELS
from tieout.web.integrations.gated import connected
from tieout.web.integrations.needs_you import back, tell

TOLD = {**LABELS, "rate": "Rate", "sku": "SKU"}
"""Unit -> label of what tells two records of one name apart: clients by their contacts, items by price and number."""


@connected
@require_GET
def choose(
    request: FirmRequest, connection: Connection, entity: str, side: str, record_id: str
) -> HttpResponse:
    key = _key(connection, entity, side, record_id)
    record = partners.record(connection, key)
    if record is None:
        raise NotYours("There is no such record.")
    search = request.GET.get("search", "").strip()[:200]
    found = partners.found(connection, key, search) if search else partners.suggested(connection, key)
    inside = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "quickbooks/link.html" + ("#choice" if inside else ""),
        {
            "connection": connection,
            "key": key,
            "record": record,
            "details": details_of(record),
            "where": "QuickBooks" if key.side is Side.PRACTICE else "Tieout",
            "search": search,
            "found": [(one, details_of(one)) for one in found],
            "back": request.GET.get("back", ""),
            "inside": inside,
            "find_url": request.path,
            "save_url": reverse("quickbooks-link-save", args=[entity, side, record_id]),
            "save_name": "with",
        },
    )


@connected
@require_POST
def link(
    request: FirmRequest, connection: Connection, entity: str, side: str, record_id: str
) -> HttpResponse:
    key = _key(connection, entity, side, record_id)
    try:
        done = acts.link(request.member, key, request.POST.get("with", "")[:60])
    except CannotDecide as refusal:
        messages.warning(request, str(refusal))
    else:
        tell(request, done)
    return redirect(back(request))


def _key(connection: Connection, entity: str, side: str, record_id: str) -> Key:
    known = side in {each.value for each in Side}
    if not known or connection.section(entity) is not SectionState.ON:
        raise NotYours("There is no such record.")
    return Key(entity, Side(side), record_id)


def details_of(partner: partners.Partner) -> list[tuple[str, str]]:
    """(Label, value) of what tells records of one name apart."""
    pairs = [(label, partner.details.get(unit)) for unit, label in TOLD.items()]
    return [
        (label, str(value) if not isinstance(value, bool) else "No")
        for label, value in pairs
        if value not in (None, "", True)
    ]
