"""Acts: the second door of the QuickBooks pages. Beside the member's permission, what the firm has bought decides."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from tieout.practice.permissions import Permission
from tieout.sync import connections
from tieout.web.access import FirmRequest, View, requires, turned_away


def managed(view: Callable[..., HttpResponse]) -> View:
    """For members who may manage integrations, in a firm whose plan includes them."""

    @wraps(view)
    def door(request: FirmRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        gate = connections.gate(request.member)
        if not gate.open:
            return turned_away(request, sentence(gate))
        return view(request, *args, **kwargs)

    return requires(Permission.MANAGE_INTEGRATIONS)(door)


def connected(view: Callable[..., HttpResponse]) -> View:
    """Like ``managed``, and the view is given the firm's connection; without one it is the Manage page's turn."""

    @wraps(view)
    def door(request: FirmRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        connection = connections.connection_of(request.member.firm_id)
        if connection is None:
            messages.info(request, "QuickBooks is not connected yet. Start beside Clients connects it.")
            return redirect("quickbooks")
        return view(request, connection, *args, **kwargs)

    return managed(door)


def kept(view: Callable[..., HttpResponse]) -> View:
    """Like ``connected``, for pages that only show what was: while none is connected, of the last company whose links are
    kept. Nothing behind it writes."""

    @wraps(view)
    def door(request: FirmRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        firm_id = request.member.firm_id
        connection = connections.connection_of(firm_id) or connections.kept_of(firm_id)
        if connection is None:
            messages.info(request, "QuickBooks is not connected yet. Start beside Clients connects it.")
            return redirect("quickbooks")
        return view(request, connection, *args, **kwargs)

    return managed(door)


def sentence(gate: connections.Gate) -> str:
    """Why the door is closed, and who can open it."""
    names = gate.who_can_help
    if not names or names[0] in gate.reason:
        return gate.reason
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    return f"{gate.reason} {who} can help."
