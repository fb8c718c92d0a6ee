"""Acts: the support bundle: what whoever helps needs to know, to copy or to download. Names and amounts only when ticked."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tieout.sync import connections, support
from tieout.web.access import FirmRequest
from tieout.web.downloads import attachment
from tieout.web.integrations.gated import managed


@managed
@require_GET
def page(request: FirmRequest) -> HttpResponse:
    named = bool(request.GET.get("names"))
    connection = connections.connection_of(request.member.firm_id)
    return render(
        request,
        "quickbooks/support.html",
        {"connection": connection, "named": named, "text": _text(request, named)},
    )


@managed
@require_GET
def download(request: FirmRequest) -> HttpResponse:
    named = bool(request.GET.get("names"))
    return attachment("tieout-support.json", _text(request, named).encode(), "application/json")


def _text(request: FirmRequest, named: bool) -> str:
    firm_id = request.member.firm_id
    found = support.bundle(connections.connection_of(firm_id), firm_id, timezone.now(), named=named)
    return json.dumps(found, indent=2, ensure_ascii=False)
