"""Every list of a review in a real browser, narrow and wide, light and dark: nothing scrolls sideways, not inside its card either.

With TIEOUT_LOOK set to a folder, a picture of each is kept there.
"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.in_process import enter, serve
from tests.sync.rig import SOMEBODY, Rig
from tieout.demo.client_list import EVERYBODY
from tieout.practice.actions.clients import create_client
from tieout.practice.actions.service_items import create_service_item
from tieout.quickbooks import entities
from tieout.sync import review, review_jobs
from tieout.sync.models import Connection
from tieout.web.integrations.buckets import BUCKETS
from tieout.web.integrations.item_rows import TABS

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.django_db(transaction=True)]

MANAGE = "/settings/integrations/quickbooks/"
WIDTHS = (320, 768, 1200, 1280, 1440)
LISTS = [
    *(f"{MANAGE}clients/review/{slug}/" for slug in BUCKETS),
    *(f"{MANAGE}service-items/review/{slug}/" for slug in TABS),
]
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll("main *")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).display !== "inline")
  .filter((one) => !one.matches("select, input, .visually-hidden, .visually-hidden *, thead, thead *"))
  .map((one) => `${one.tagName}.${one.className} by ${one.scrollWidth - one.clientWidth}`)"""


def look(page: Page, name: str) -> None:
    if folder := os.environ.get("TIEOUT_LOOK"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", caret="initial", full_page=True)


def two_lists(settings: Any) -> Rig:
    """The demonstration's clients beside the sample company, and items of which some fit; both reviews wait."""
    rig = Rig("sample", entities=entities.READY)
    serve(rig, settings)
    here = {"firm_id": rig.firm.pk, "actor": SOMEBODY}
    with rig.here():
        for one in EVERYBODY:
            person = {"given": one.person.given, "family": one.person.family} if one.person else {}
            create_client(**here, kind=one.kind, name=one.name, email=one.email, phone=one.phone, **person)
        for name, rate in (
            ("Hours", ""),
            ("Design", "75"),
            ("Pest Control", "40"),
            ("Quarterly review of the books", "125"),
        ):
            create_service_item(**here, name=name, rate=Decimal(rate) if rate else None, sku="")
    assert rig.connect().ok
    with rig.here():
        Connection.objects.update(sections={"client": "on"})
        for entity in ("client", "service_item"):
            found = review.start(rig.connection, entity, activity="active", actor_member=rig.member)
            review_jobs.collect(found.pk, rig.engine)
            found.refresh_from_db()
            assert found.state == "ready", found.problem
    return rig


def test_no_list_of_a_review_is_wider_than_its_place(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    rig = two_lists(settings)
    faults = []
    for scheme in ("light", "dark"):
        page = enter(browser, rig.member, live_server.url)
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for address in LISTS:
                page.goto(live_server.url + address)
                assert page.locator("[data-row]").count(), address
                name = address.removeprefix(MANAGE).strip("/").replace("/", "-")
                faults += [f"{name} at {width}: {one}" for one in page.evaluate(TOO_WIDE)]
                look(page, f"{name}-{width}-{scheme}")
        page.context.close()
    assert not faults, "\n".join(faults)
