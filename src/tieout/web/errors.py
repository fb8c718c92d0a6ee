"""Acts: the pages for when something is wrong. They say what is safe and what to do, and never show a trace.

Each carries a reference that is also in the log, so that a person can name the event and support can find it.
"""

from __future__ import annotations

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, exception)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of ours, or came after its page grew too old."""
    reference = _reference()
    log.warning("form refused reference=%s path=%s reason=%s", reference, request.path, reason)
    return render(request, "errors/form_refused.html", {"reference": reference}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request's context: whatever broke may be in there."""
    reference = _reference()
    log.exception("page failed reference=%s path=%s", reference, request.path)
    return HttpResponse(loader.render_to_string("errors/500.html", {"reference": reference}), status=500)


def _page(request: HttpRequest, status: int, exception: Exception) -> HttpResponse:
    reference = _reference()
    why = type(exception).__name__
    log.info("page refused status=%s reference=%s path=%s why=%s", status, reference, request.path, why)
    return render(request, f"errors/{status}.html", {"reference": reference}, status=status)


def _reference() -> str:
    return secrets.token_hex(4).upper()
