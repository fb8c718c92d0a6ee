"""Shows the tile and the Manage page: who sees what, why a button is grey, and that each button asks the engine once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.web.fake_sync import FakeSync, a_connection, a_line, an_issue
from tieout.practice.firms import Member
from tieout.practice.permissions import PRESET_ROLES, Permission
from tieout.sync.models import Connection
from tieout.web.integrations.tile import tile

SignedIn = Callable[[str], Client]
MANAGE = "/settings/integrations/quickbooks/"
ROLES = [preset.slug for preset in PRESET_ROLES]


@pytest.mark.parametrize("role", ROLES)
def test_manage_is_grey_with_its_reason_for_those_who_may_not(
    role: str, members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    page = signed_in(role).get("/settings/integrations/").content.decode()
    if members[role].may(Permission.MANAGE_INTEGRATIONS):
        assert f'href="{MANAGE}"' in page
        assert "disabled" not in page
    else:
        assert f'href="{MANAGE}"' not in page
        assert 'disabled aria-describedby="why-closed"' in page
        assert "Dana Reyes or Sam Ito can help." in page


def test_a_plan_without_integrations_greys_the_button_and_closes_every_page(
    signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.closed = "The free plan does not include integrations. Move to a paid plan to use QuickBooks."
    browser = signed_in("admin")
    assert sync.closed in browser.get("/settings/integrations/").content.decode()
    for path in ("", "connect/", "connect/start/", "clients/", "activity/", "needs-you/", "disconnect/"):
        answer = browser.get(MANAGE + path)
        assert answer.status_code == 403
        assert sync.closed in answer.content.decode()
    assert sync.asked == []


@pytest.mark.parametrize(
    "state, sections, needs_you, words",
    [
        ("active", {}, 0, "0 of 3 steps done"),
        ("active", {"client": "on"}, 0, "1 of 3 steps done"),
        ("active", {"client": "on"}, 2, "Needs you"),
        ("paused", {"client": "on"}, 2, "Paused"),
        ("needs_reconnect", {"client": "on"}, 2, "Needs to be reconnected"),
    ],
)
def test_the_tile_says_the_most_pressing_thing(
    state: str,
    sections: dict[str, str],
    needs_you: int,
    words: str,
    members: dict[str, Member],
    signed_in: SignedIn,
    sync: FakeSync,
) -> None:
    sync.connection = a_connection(members["admin"], state, sections=sections)
    sync.needs_you = needs_you
    page = signed_in("admin").get("/settings/integrations/").content.decode()
    assert words in page
    assert "Smith &amp; Lee CPA LLC" in page
    assert ("2 records" in page) is (needs_you == 2)


def test_without_a_connection_start_stands_beside_clients_and_later_sections_say_why_they_wait(
    signed_in: SignedIn, sync: FakeSync
) -> None:
    page = signed_in("admin").get(MANAGE).content.decode()
    assert f'href="{MANAGE}connect/"' in page
    assert "Comes after clients." in page
    assert "Disconnect" not in page


def test_manage_says_which_company_is_connected_and_by_whom(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"], sections={"client": "on"})
    page = " ".join(signed_in("admin").get(MANAGE).content.decode().split())
    assert "Connected to <strong>Smith &amp; Lee CPA LLC</strong> by Dana Reyes" in page
    assert "1,120" in page


def test_a_moment_is_shown_in_the_firms_time_zone(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"])
    page = signed_in("admin").get(MANAGE).content.decode()
    assert "May 3, 2026, 10:05 AM" in page
    assert "EDT" in page


def test_signed_out_by_quickbooks_every_manager_can_reconnect(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"], "needs_reconnect", sections={"client": "on"})
    page = signed_in("admin-no-billing").get(MANAGE).content.decode()
    assert "2 changes wait safely and will be sent afterwards" in page
    assert f'href="{MANAGE}connect/"' in page


@pytest.mark.parametrize("button", ["sync-now", "pause", "resume"])
def test_a_button_asks_the_engine_once_and_only_by_post(
    button: str, members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"])
    browser = signed_in("admin")
    assert browser.get(f"{MANAGE}{button}/").status_code == 405
    assert sync.asked == []
    answer = browser.post(f"{MANAGE}{button}/", follow=True)
    assert sync.asked == [(button.replace("-", "_"),)]
    assert "note-success" in answer.content.decode()


@pytest.mark.parametrize(
    "button", ["sync-now", "pause", "resume", "disconnect", "clients/sync", "clients/cancel"]
)
def test_those_who_may_not_manage_cannot_press_a_button_either(
    button: str, members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"])
    assert signed_in("staff-all").post(f"{MANAGE}{button}/").status_code == 403
    assert sync.asked == []


def test_disconnecting_says_what_stops_and_keeps_the_links_by_default(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"])
    browser = signed_in("admin")
    page = browser.get(MANAGE + "disconnect/").content.decode()
    assert all(words in page for words in ("What stops", "What stays", "What waits"))
    answer = browser.post(MANAGE + "disconnect/", {"links": "keep"})
    assert sync.asked == [("disconnect", False)]
    assert answer["Location"] == "/integrations/quickbooks/disconnected"


def test_forgetting_the_links_asks_for_the_companys_name(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"])
    browser = signed_in("admin")
    refused = browser.post(MANAGE + "disconnect/", {"links": "forget", "company_name": "Smith"})
    assert "type the company" in refused.content.decode()
    assert sync.asked == []
    browser.post(MANAGE + "disconnect/", {"links": "forget", "company_name": " smith & lee CPA LLC "})
    assert sync.asked == [("disconnect", True)]


def test_pages_that_need_a_connection_lead_to_manage_without_one(signed_in: SignedIn, sync: FakeSync) -> None:
    browser = signed_in("admin")
    for path in (
        "clients/",
        "clients/review/",
        "clients/progress/",
        "clients/done/",
        "activity/",
        "needs-you/",
    ):
        assert browser.get(MANAGE + path)["Location"] == MANAGE


def test_activity_lists_what_happened_in_plain_sentences(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"])
    browser = signed_in("admin")
    assert b"Nothing has happened yet" in browser.get(MANAGE + "activity/").content
    sync.lines = [a_line("Ada Byrne sent to QuickBooks.", "done", "tid-1")]
    page = browser.get(MANAGE + "activity/").content.decode()
    assert "Ada Byrne sent to QuickBooks." in page
    assert "<code>tid-1</code>" in page


def test_what_needs_a_person_is_grouped_by_its_cause_with_one_next_step(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"])
    browser = signed_in("admin")
    assert b"Nothing needs you" in browser.get(MANAGE + "needs-you/").content
    taken = "QuickBooks already uses this name"
    sync.open_issues = [
        an_issue("<b>Ada</b>", "name_taken"),
        an_issue("Sam Ito", "name_taken", side="ledger"),
        an_issue("Robert Nolan", "conflict"),
    ]
    page = " ".join(browser.get(MANAGE + "needs-you/").content.decode().split())
    assert page.count("Link the record that has the name, or change the name here.") == 1
    assert f'{taken} <span class="chip">2</span>' in page
    assert '<a href="/clients/7/">&lt;b&gt;Ada&lt;/b&gt;</a>' in page
    assert 'Sam Ito <span class="text-secondary">in QuickBooks' in page


@pytest.mark.parametrize(
    "listing, title, cause",
    [("clearing", "Clearing by itself", "retry_later"), ("left_out", "Left out", "not_eligible")],
)
def test_what_needs_nobody_has_its_own_list(
    listing: str, title: str, cause: str, members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"], sections={"client": "on"})
    sync.open_issues = [an_issue("Ada Byrne", cause)]
    browser = signed_in("admin")
    assert f"needs-you/?listing={listing}" in browser.get(MANAGE).content.decode()
    page = browser.get(f"{MANAGE}needs-you/?listing={listing}").content.decode()
    assert f"<h1>{title}</h1>" in page
    assert "Ada Byrne" in page
    assert "Ada Byrne" not in browser.get(f"{MANAGE}needs-you/?listing=nonsense").content.decode()


def test_manage_counts_the_months_reads_draws_the_ways_and_offers_every_act(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"], sections={"client": "on"})
    page = signed_in("admin").get(MANAGE).content.decode()
    assert "0 metered reads" in page
    assert page.count('class="flow"') >= 3
    for label in ("Reauthorize", "Restart the set-up", "Change company", "Disconnect", "Tie-out", "Pause"):
        assert label in page, label


def test_changing_the_company_disconnects_first_and_then_goes_to_sign_in(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"])
    browser = signed_in("admin")
    assert (
        "Disconnect and sign in to another company"
        in browser.get(f"{MANAGE}disconnect/?change=1").content.decode()
    )
    answer = browser.post(f"{MANAGE}disconnect/?change=1", {"links": "keep"})
    assert answer["Location"] == f"{MANAGE}connect/?change=1"
    assert ("disconnect", False) in sync.asked


def test_the_tile_shows_yesterdays_figures(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"], "active", sections={"client": "on"})
    browser = signed_in("admin")
    assert "Yesterday" not in browser.get("/settings/integrations/").content.decode()
    sync.yesterday = ({"invoice": 14, "service_item": 1}, 0)
    page = browser.get("/settings/integrations/").content.decode()
    assert "<dd>14 invoices, 1 service item, 0 problems</dd>" in page


def test_a_quickbooks_that_keeps_everybody_waiting_is_said_on_the_tile() -> None:
    connection = Connection(state="active", sections={"client": "on"})
    said = tile(connection, (), slow="QuickBooks asked us to slow down.")
    assert (said.state, said.words, said.detail) == (
        "waiting",
        "Waiting for QuickBooks",
        "QuickBooks asked us to slow down.",
    )


def test_resuming_after_the_guard_says_what_it_does_and_confirms_just_that(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    halt = {"entity": "client", "plural": "clients", "here": 312, "there": 0}
    sync.connection = a_connection(members["admin"], "paused", retire_halt=halt)
    browser = signed_in("admin")
    page = browser.get(MANAGE).content.decode()
    assert "Resume and archive 312 clients here" in page
    assert "the sync will then archive 312 clients here" in page
    browser.post(f"{MANAGE}resume/", {"confirms": "archive 312 clients here"})
    assert sync.asked == [("resume", "archive 312 clients here")]
    sync.connection = a_connection(members["admin"], "paused")
    assert " and archive" not in browser.get(MANAGE).content.decode()


def test_a_plan_that_has_ended_is_said_on_the_tile_with_what_becomes_of_the_queue(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.closed = "Your firm is on the free plan."
    sync.connection = a_connection(members["admin"], "active", sections={"client": "on"})
    sync.connection.firm.plan = "freemium"
    page = signed_in("admin").get("/settings/integrations/").content.decode()
    assert "Links and changes are kept, and all goes on by itself" in page
