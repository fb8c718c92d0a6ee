"""Decides: what every page shows around its content. A context processor, so it runs for each template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from tieout.practice.billing_settings import settings_of
from tieout.practice.mail import mail_is_set_up
from tieout.practice.permissions import Permission


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    label: str
    icon: str
    url_name: str
    permission: Permission | None = None
    """Without it the entry is left out: the page behind it would only turn the member away."""


NAVIGATION: tuple[NavigationEntry, ...] = (
    NavigationEntry("Dashboard", "layout-dashboard", "dashboard"),
    NavigationEntry("Clients", "users", "clients", Permission.VIEW_CLIENTS),
    NavigationEntry("Billing", "file-invoice", "billing", Permission.VIEW_BILLING),
    NavigationEntry("Settings", "settings", "settings"),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """``firm``, ``firm_currency``, ``member`` and ``navigation`` (label, icon, url, current) for the shell; empty when signed out."""
    member = getattr(request, "member", None)
    if member is None:
        return {"member": None, "firm": None, "navigation": [], "mail_is_set_up": mail_is_set_up()}
    entries = [
        {"label": entry.label, "icon": entry.icon, "url": reverse(entry.url_name)}
        for entry in NAVIGATION
        if entry.permission is None or member.may(entry.permission)
    ]
    here = max((e["url"] for e in entries if request.path.startswith(e["url"])), key=len, default="")
    return {
        "member": member,
        "firm": member.firm,
        # Asked of the database only by a page that shows a sum.
        "firm_currency": SimpleLazyObject(lambda: settings_of(member.firm_id).currency),
        "mail_is_set_up": mail_is_set_up(),
        "navigation": [entry | {"current": entry["url"] == here} for entry in entries],
    }
