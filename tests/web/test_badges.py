"""Shows the ten states of a record's badge as they come about, with the real engine, on the list and on its own page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.sync.rig import Crash, Rig
from tests.sync.test_documents import Books
from tests.web.conftest import entered
from tieout.reconcile.state import Key, Side
from tieout.sync import connections, decisions
from tieout.web.badges import LOOKS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def as_the_rig_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages ask the product's own engine; here they need nothing of it but where records are in QuickBooks."""
    monkeypatch.setattr(
        "tieout.sync.partners.deep_link", lambda *given, **named: "https://example.com/record"
    )


def linked(rig: Rig) -> str:
    rig.set_up()
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    return client


def not_set_up(rig: Rig) -> str:
    rig.connect()
    return rig.add_client("Ada Byrne")


def waiting(rig: Rig) -> str:
    rig.set_up()
    return rig.add_client("Ada Byrne")


def sending(rig: Rig) -> str:
    client = waiting(rig)
    rig.crash_at = "journalled"
    with pytest.raises(Crash):
        rig.run()
    return client


def checking(rig: Rig) -> str:
    """The answer is lost, and so is every look whether the customer is there."""
    client = waiting(rig)
    rig.fault("drop_after", operation="create", times=1)
    rig.fault("drop_before", operation="read")
    rig.run()
    return client


def needs_you(rig: Rig) -> str:
    client = rig.add_client("Ada Byrne")
    rig.set_up()
    return client


def differs(rig: Rig) -> str:
    client = linked(rig)
    rig.edit_client(client, phone="2")
    rig.edit_customer(rig.links()[client], PrimaryPhone={"FreeFormNumber": "3"})
    rig.until_the_change_feed_is_asked()
    return client


def excluded(rig: Rig) -> str:
    client = needs_you(rig)
    with rig.here():
        decisions.exclude(rig.member, [Key("client", Side.PRACTICE, client)], engine=rig.engine)
    rig.settle()
    return client


def paused(rig: Rig) -> str:
    rig.set_up()
    with rig.here():
        connections.pause(rig.member, engine=rig.engine)
    return rig.add_client("Ada Byrne")


STATES: dict[str, tuple[Callable[[Rig], str], str, str]] = {
    "in_step": (linked, "In step", ""),
    "waiting": (waiting, "Waiting", "It is sent within seconds."),
    "sending": (sending, "Sending", "It is being sent right now."),
    "checking": (checking, "Checking", ""),
    "needs_you": (needs_you, "Needs you", ""),
    "differs": (differs, "Differs", ""),
    "excluded": (excluded, "Left out", ""),
    "not_set_up": (not_set_up, "Not set up", "This part is not set up with QuickBooks yet."),
    "paused": (paused, "Paused", "It waits until the sync is resumed."),
}
"""State -> how it comes about, the badge's word, and the sentence where it is the state's own."""


def test_every_state_that_has_a_look_comes_about_below() -> None:
    assert {*STATES, "removed_there"} == set(LOOKS)


@pytest.mark.parametrize("state", STATES)
def test_a_record_in_this_state_says_so_on_the_list_and_on_its_page(state: str) -> None:
    comes_about, word, sentence = STATES[state]
    rig = Rig()
    client = comes_about(rig)
    browser = entered(rig.member)
    listed = browser.get("/clients/").content.decode()
    page = browser.get(f"/clients/{client}/").content.decode()
    say_so(listed, page, LOOKS[state][1], word)
    assert sentence in page


def test_a_document_that_was_removed_there_says_so_on_the_list_and_on_its_page() -> None:
    """Only documents: QuickBooks deletes no customer and no item."""
    books = Books()
    books.review_items()
    books.send("invoice")
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    invoice = books.invoice(client, item)
    books.settle()
    there = books.partner("invoice", invoice.pk)
    books.emulator.control.edit(books.realm, "Invoice", there, {}, "delete")
    books.until_the_change_feed_is_asked()
    browser = entered(books.member)
    listed = browser.get("/billing/invoices/").content.decode()
    page = browser.get(f"/billing/invoices/{invoice.pk}/").content.decode()
    say_so(listed, page, LOOKS["removed_there"][1], "Removed in QuickBooks")


def say_so(listed: str, page: str, tone: str, word: str) -> None:
    on_the_list = re.search(r'<td data-label="QuickBooks">(.*?)</td>', listed, re.S)
    on_its_page = re.search(r'<h2 id="quickbooks">QuickBooks</h2>(.*?)</section>', page, re.S)
    for badge in (on_the_list, on_its_page):
        assert badge, "there is no badge"
        assert re.search(rf'class="chip chip-{tone}"', badge[1])
        assert re.search(rf"</svg>\s*{word}\s*<", badge[1]), badge[1]
