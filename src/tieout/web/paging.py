"""Decides: which page of a list an address asks for."""

from __future__ import annotations

from django.http import HttpRequest

MOST = 1_000_000


def page_number(request: HttpRequest) -> int:
    """From 1; anything unreadable is the first page."""
    given = request.GET.get("page", "1")
    return (
        min(int(given), MOST) if given.isascii() and given.isdigit() and len(given) < 8 and int(given) else 1
    )
