"""Acts: the pages in this process beside the engine, so that a journey decides when the sync moves."""

from __future__ import annotations

import os
from typing import Any

from playwright.sync_api import Browser, Page

from tests.sync.rig import Rig
from tests.web import whole_firm
from tests.web.conftest import entered
from tieout.practice.actions.team import add_member
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Member, User

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
"""The browser's driver keeps an event loop in this thread, beside which Django would refuse to work."""


def serve(rig: Rig, settings: Any) -> None:
    """Have the pages ask the rig's QuickBooks."""
    whole_firm.rigs.append(rig)
    settings.LEDGERS = "tests.web.whole_firm"
    settings.OUTBOX_BELL = ""


def colleague(rig: Rig) -> Member:
    """A second administrator."""
    with every_firm_scope():
        user = User.objects.create_user("sam@example.com", None, full_name="Sam Ito")
        return add_member(firm_id=rig.firm.pk, user=user, preset="admin")


def enter(browser: Browser, member: Member, address: str) -> Page:
    """A page of a browser of its own, signed in as that member; ``complaints`` are the browser's."""
    context = browser.new_context()
    session = str(entered(member).session.session_key)
    context.add_cookies([{"name": "tieout", "value": session, "url": address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints  # type: ignore[attr-defined]
    page.set_default_timeout(30_000)
    return page
