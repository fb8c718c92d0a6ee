"""Acts: takes QuickBooks' notices at the door. ``sync.inbox`` checks the signature, stores, and names the answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

import tieout.sync.inbox as inbox
from tieout.web.access import public


@public
@csrf_exempt
@require_POST
def quickbooks(request: HttpRequest) -> HttpResponse:
    """No token of ours can be asked of QuickBooks; the signature over the raw bytes stands in for it."""
    return HttpResponse(status=inbox.receive(request.body, request.headers))
