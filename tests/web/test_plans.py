"""What a firm has not bought is not there: not in the navigation, not behind its address, not in a verb, not in the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from tests.practice.billing_world import Desk
from tests.web.test_items_step import stored
from tests.web.test_routes import ROUTES, address
from tieout.practice.actor import ChangeRecord
from tieout.practice.firms import Firm
from tieout.practice.invoices import Invoice
from tieout.practice.permissions import PERMISSIONS, Module, Permission
from tieout.practice.validation import Invalid
from tieout.sync import status
from tieout.sync.models import Connection
from tieout.sync.status import SectionStatus
from tieout.sync.steps import STEPS, why_locked
from tieout.web.access import declared
from tieout.web.integrations.tile import tile

SECTION_STATUSES = status.section_statuses
"""The engine's own: the pages of these tests see another one."""
pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
REASON = "This comes with Time &amp; Billing, which your firm does not have."


@pytest.fixture(autouse=True)
def silent_bell(settings: Any) -> None:
    settings.OUTBOX_BELL = ""


@pytest.fixture
def only_transcripts(in_firm: Firm) -> Firm:
    call_command("change_plan", str(in_firm.pk), "--module", "transcripts_and_notices", stdout=StringIO())
    in_firm.refresh_from_db()
    return in_firm


def test_billing_is_neither_in_the_navigation_nor_behind_any_address(
    only_transcripts: Firm, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    assert b'href="/billing/' not in browser.get("/").content
    assert b'href="/billing/' not in browser.get("/settings/").content
    looked = 0
    for route, pattern in ROUTES.items():
        access = declared(pattern.callback)
        if isinstance(access, Permission) and PERMISSIONS[access].module is Module.TIME_AND_BILLING:
            page = browser.get(address(route))
            assert page.status_code == 403, route
            assert REASON in page.content.decode(), route
            looked += 1
    assert looked > 40


def test_no_verb_bills_for_a_firm_without_the_module(in_firm: Firm) -> None:
    desk = Desk.open(in_firm.pk)
    draft = desk.draft()
    call_command("change_plan", str(in_firm.pk), "--module", "client_engagement", stdout=StringIO())
    for act in (desk.draft, lambda: desk.pay(5), lambda: desk.credit(5), lambda: desk.finalise(draft)):
        with pytest.raises(Invalid, match="comes with Time & Billing"):
            act()
    assert Invoice.objects.get().status == "draft"


def test_the_sync_offers_only_clients_to_such_a_firm(only_transcripts: Firm) -> None:
    everything_on = {entity: "on" for step in STEPS for entity in step.entities}
    locked = {step.slug for step in STEPS if why_locked(step, everything_on, only_transcripts)}
    assert locked == {"service-items", "invoices", "payments-and-credits"}


def test_the_plan_page_says_what_there_is_and_the_log_what_changed(
    only_transcripts: Firm, signed_in: SignedIn
) -> None:
    page = signed_in("staff-all").get("/settings/plan/").content.decode()
    assert page.count("Has it") == 1
    assert page.count("Does not") == 2
    told = ChangeRecord.objects.get(kind="firm")
    assert told.changes["modules"][1] == "transcripts_and_notices"


@pytest.mark.parametrize("plan", ["freemium", "legacy"])
def test_a_firm_without_a_paid_plan_is_told_why_quickbooks_is_closed(
    in_firm: Firm, signed_in: SignedIn, plan: str
) -> None:
    call_command("change_plan", in_firm.name, "--plan", plan, stdout=StringIO())
    assert b"it comes with a paid plan" in signed_in("admin").get("/settings/plan/").content
    assert set(Firm.objects.get().modules) == {each.value for each in Module}, "the modules stay"


def test_an_unknown_firm_is_answered_with_those_there_are(in_firm: Firm) -> None:
    with pytest.raises(CommandError, match=f"{in_firm.pk}: Byrne"):
        call_command("change_plan", "Nobody", stdout=StringIO())


def test_sections_the_firm_lacks_are_named_with_who_can_help_before_and_after_connecting(
    only_transcripts: Firm, members: Any
) -> None:
    for connection in (None, stored(only_transcripts, members["admin"], {"client": "on"})):
        found = {one.slug: one for one in SECTION_STATUSES(connection, only_transcripts)}
        assert not found["invoices"].included
        assert "which your firm does not have. Dana Reyes" in found["invoices"].locked_reason
        assert found["clients"].included


def test_the_tile_counts_only_the_steps_a_firm_can_take() -> None:
    bare = SectionStatus("clients", "Clients", "Both ways", "on", "In step")
    lacking = replace(bare, slug="invoices", state="not_started", included=False)
    connection = Connection(state="active")
    assert tile(connection, [bare, lacking]).words == "In step"
    assert tile(connection, [bare, replace(lacking, included=True)]).words == "1 of 2 steps done"


def test_a_row_that_is_on_says_what_its_button_leads_to() -> None:
    assert {step.slug: step.once_on for step in STEPS if step.is_step} == {
        "clients": "Review again",
        "service-items": "Review again",
        "invoices": "Settings",
        "payments-and-credits": "Settings",
    }


def test_records_that_need_somebody_do_not_hide_an_unfinished_set_up() -> None:
    clients = SectionStatus("clients", "Clients", "Both ways", "on", "In step", needs_you=3)
    items = replace(clients, slug="service-items", state="not_started", needs_you=0)
    connection = Connection(state="active")
    said = tile(connection, [clients, items])
    assert (said.state, said.needs_you, said.detail) == (
        "needs_you",
        3,
        "1 of 2 steps done. Continue the set-up.",
    )
    assert tile(connection, [clients]).detail == ""
