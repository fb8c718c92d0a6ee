"""Shows the advanced settings: what each switch did, that it holds at once, and that who turned it is kept."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest

from tests.sync.rig import SOMEBODY, Rig
from tests.sync.test_documents import Books
from tests.web.conftest import entered
from tieout.practice.actions.ledger_lists import create_tax_rate
from tieout.practice.ledger_lists import ListEntry
from tieout.practice.models import Client
from tieout.reconcile.state import Side
from tieout.sync import advanced, sections
from tieout.sync import lately as lately_of
from tieout.sync.models import SwitchChange

pytestmark = pytest.mark.django_db
PAGE = "/settings/integrations/quickbooks/advanced/"


def turn(rig: Rig, kind: str, side: str, on: bool) -> str:
    """Turn it, and press once more where it is asked whether what waited may go."""
    form = {"kind": kind, "side": side} | ({"on": "on"} if on else {})
    page = press(rig, "turn/", form)
    return press(rig, "turn/", form | {"seen": seen_on(page)}) if "Before it is turned on" in page else page


def press(rig: Rig, what: str, form: dict[str, str]) -> str:
    answer = entered(rig.member).post(PAGE + what, form, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def text(rig: Rig, path: str) -> str:
    return " ".join(entered(rig.member).get(PAGE + path).content.decode().split())


def seen_on(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def lately(rig: Rig) -> dict[tuple[str, str], int]:
    with rig.here():
        found = advanced.switches(rig.connection, "client", engine=rig.engine)
    return {(one.kind, one.side.value): one.lately for one in found if one.lately}


def test_a_switch_says_what_stops_holds_at_once_and_lets_through_what_waited() -> None:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada", phone="1")
    rig.settle()
    page = turn(rig, "edit", "ledger", on=False)
    assert "Send edits of clients to QuickBooks: off. From now on, edits made here stay here." in page
    rig.edit_client(client, phone="2")
    rig.settle()
    assert rig.customers_named("Ada")[0]["PrimaryPhone"]["FreeFormNumber"] == "1"
    assert rig.issues() == [("switched_off", "Ada")]
    assert "1 difference</a> is left now" in " ".join(entered(rig.member).get(PAGE).content.decode().split())
    turn(rig, "edit", "ledger", on=True)
    rig.settle()
    assert rig.customers_named("Ada")[0]["PrimaryPhone"]["FreeFormNumber"] == "2"
    assert not rig.issues()


def test_what_a_switch_would_let_through_is_shown_before_it_is_turned_on() -> None:
    rig = Rig()
    rig.set_up()
    ada, bo = rig.add_client("Ada", phone="1"), rig.add_client("Bo", phone="1")
    rig.settle()
    for side in ("ledger", "practice"):
        turn(rig, "edit", side, on=False)
    turn(rig, "create", "ledger", on=False)
    rig.edit_client(ada, phone="2")
    rig.edit_customer(rig.links()[bo], PrimaryPhone={"FreeFormNumber": "3"})
    rig.add_client("New Here")
    rig.until_the_change_feed_is_asked()
    form = {"kind": "edit", "side": "ledger", "on": "on"}
    page = press(rig, "turn/", form)
    assert "Send edits of clients to QuickBooks: turned on" in page
    assert "<strong>1 difference</strong> waited because of this and goes at once." in page
    assert "Phone differs; sending it is switched off." in page
    assert "Ada" in page
    assert "New Here" not in page
    assert ">Bo<" not in page
    rig.settle()
    assert rig.customers_named("Ada")[0]["PrimaryPhone"]["FreeFormNumber"] == "1", "nothing of it was turned"
    rig.edit_client(ada, email="ada@example.com")
    rig.settle()
    assert "<strong>2 differences</strong>" in press(rig, "turn/", form | {"seen": seen_on(page)}), (
        "it moved on"
    )
    page = turn(rig, "edit", "practice", on=True)
    assert "Take edits from QuickBooks: on." in page
    rig.settle()
    assert rig.clients()[bo]["phone"] == "3"
    assert rig.clients()[ada]["phone"] == "2"


def test_the_switches_are_reset_once_what_starts_and_stops_was_looked_at() -> None:
    rig = Rig()
    rig.set_up()
    assert "There is nothing to reset." in text(rig, "look/?entity=client")
    assert "Reset" not in text(rig, "")
    turn(rig, "create", "ledger", on=False)
    turn(rig, "archive", "practice", on=True)
    rig.add_client("New Here")
    rig.settle()
    assert "Reset 2 switches" in text(rig, "")
    page = text(rig, "look/?entity=client")
    assert "Create new clients in QuickBooks: turned on" in page
    assert "From now on, a client added here becomes a customer there by itself." in page
    assert "Archive clients when a customer is made inactive: turned off" in page
    assert "<strong>1 difference</strong>" in page
    assert "Look at it once more." in press(rig, "reset/", {"entity": "client", "seen": ""})
    assert not rig.customers()
    page = press(rig, "reset/", {"entity": "client", "seen": seen_on(page)})
    assert "2 switches turned back to how they came." in page
    rig.settle()
    assert len(rig.customers_named("New Here")) == 1
    with rig.here():
        assert SwitchChange.objects.count() == 4, "each stands in the history"
        assert not advanced.turned_from_default(rig.connection, "client", engine=rig.engine)


def test_creating_and_archiving_obey_their_switches() -> None:
    rig = Rig()
    rig.set_up()
    turn(rig, "create", "ledger", on=False)
    turn(rig, "archive", "ledger", on=True)
    rig.add_client("Not There")
    rig.settle()
    assert not rig.customers()
    assert rig.issues() == [("switched_off", "Not There")]
    turn(rig, "create", "ledger", on=True)
    rig.settle()
    (client,) = rig.links()
    rig.edit_client(client, is_active=False)
    rig.settle()
    assert [one["Active"] for one in rig.customers().values()] == [False]


def test_each_switch_counts_what_it_let_through_in_the_last_thirty_days() -> None:
    rig = Rig()
    rig.set_up()
    turn(rig, "archive", "ledger", on=True)
    client = rig.add_client("Ada")
    rig.settle()
    rig.edit_client(client, phone="2")
    rig.settle()
    rig.edit_client(client, is_active=False)
    rig.settle()
    rig.add_customer("Bo")
    rig.until_the_change_feed_is_asked()
    assert lately(rig) == {
        ("create", "ledger"): 1,
        ("edit", "ledger"): 1,
        ("archive", "ledger"): 1,
        ("create", "practice"): 1,
    }
    rig.advance(31 * 24 * 3600)
    assert lately(rig) == {}


def test_who_turned_what_is_kept_and_turning_it_to_what_it_is_is_no_change() -> None:
    rig = Rig()
    rig.set_up()
    page = entered(rig.member).get(PAGE).content.decode()
    assert "Nobody has turned a switch yet" in page
    turn(rig, "create", "practice", on=True)
    page = turn(rig, "create", "practice", on=False)
    assert "Dana Reyes" in page
    with rig.here():
        (change,) = SwitchChange.objects.all()
    assert (change.kind, change.side, change.before, change.after) == ("create", "practice", True, False)


@pytest.mark.parametrize(
    "kind, side", [("explode", "ledger"), ("create", "moon"), ("", ""), ("take_left_out", "ledger")]
)
def test_a_switch_there_is_not_is_not_turned(kind: str, side: str) -> None:
    rig = Rig()
    rig.set_up()
    assert entered(rig.member).post(PAGE + "turn/", {"kind": kind, "side": side}).status_code == 404
    with rig.here():
        assert not SwitchChange.objects.exists()


def test_the_engine_refuses_a_switch_it_does_not_know() -> None:
    rig = Rig()
    rig.set_up()
    with rig.here(), pytest.raises(KeyError):
        advanced.turn(rig.member, "client", "explode", Side.LEDGER, True, engine=rig.engine)


def conflict(rig: Rig, *, here_later: timedelta = timedelta()) -> None:
    """Phone 2 here and 3 there. ``here_later``: by how much ours was edited after theirs."""
    (client,) = rig.links()
    rig.edit_client(client, phone="2")
    with rig.here():  # the practice has the real clock, the rig a virtual one
        Client.objects.filter(pk=client).update(updated_at=rig.clock.now() + here_later)
    rig.edit_customer(rig.links()[client], PrimaryPhone={"FreeFormNumber": "3"})
    rig.until_the_change_feed_is_asked()


def test_a_side_that_wins_by_itself_answers_conflicts_those_that_wait_too() -> None:
    rig = Rig()
    rig.set_up()
    rig.add_client("Ada", phone="1")
    rig.settle()
    conflict(rig)
    assert rig.issues() == [("conflict", "Ada")]
    answer = entered(rig.member).post(
        PAGE + "prefer/", {"entity": "client", "unit": "phone", "wins": "ledger"}, follow=True
    )
    page = " ".join(answer.content.decode().split())
    assert "It holds for conflicts from now on, and for those that wait." in page
    assert "chose for Phone of clients in conflict: QuickBooks wins" in page
    rig.settle()
    assert not rig.issues()
    assert [one["phone"] for one in rig.clients().values()] == ["3"]
    refused = entered(rig.member).post(
        PAGE + "prefer/", {"entity": "client", "unit": "nonsense", "wins": "ledger"}, follow=True
    )
    assert "For this field you are always asked." in refused.content.decode()


def prefer_newest(rig: Rig) -> str:
    form = {"entity": "client", "unit": "phone", "wins": "newest"}
    answer = entered(rig.member).post(PAGE + "prefer/", form, follow=True)
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("seconds", "phone"), [(60, "2"), (-60, "3"), (3, None)], ids=["ours", "theirs", "too close to tell"]
)
def test_the_record_edited_last_wins_and_a_person_is_asked_when_that_is_not_certain(
    seconds: int, phone: str | None
) -> None:
    rig = Rig()
    rig.set_up()
    rig.add_client("Ada", phone="1")
    rig.settle()
    assert "chose for Phone of clients in conflict: the newest wins" in prefer_newest(rig)
    conflict(rig, here_later=timedelta(seconds=seconds))
    rig.settle()
    there = [one["PrimaryPhone"]["FreeFormNumber"] for one in rig.customers().values()]
    if phone is None:
        assert rig.issues() == [("conflict", "Ada")]
        assert there == ["3"]
    else:
        assert not rig.issues()
        assert there == [one["phone"] for one in rig.clients().values()] == [phone]


def test_the_newest_does_not_answer_what_a_person_is_being_asked_already() -> None:
    rig = Rig()
    rig.set_up()
    rig.add_client("Ada", phone="1")
    rig.settle()
    conflict(rig, here_later=timedelta(minutes=5))
    assert "those that wait are still asked about" in prefer_newest(rig)
    rig.settle()
    assert rig.issues() == [("conflict", "Ada")]


def test_service_items_have_switches_of_their_own_in_their_own_words() -> None:
    rig = Rig()
    rig.set_up()
    page = entered(rig.member).get(PAGE + "?entity=service_item").content.decode()
    assert "Create new service items in QuickBooks" in page
    assert "Create new clients in QuickBooks" not in page
    form = {"entity": "service_item", "kind": "edit", "side": "ledger"}
    answer = entered(rig.member).post(PAGE + "turn/", form, follow=True)
    assert "Send edits of service items to QuickBooks: off." in answer.content.decode()
    with rig.here():
        assert SwitchChange.objects.get().entity == "service_item"


def test_an_earlier_start_date_says_first_how_many_older_documents_it_sends_and_what_they_come_to() -> None:
    books = Books()
    books.review_items()
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    with books.here():
        sections.start_sending(books.member, "invoice", since=date(2026, 3, 3), engine=books.engine)
    for rate in ("120.50", "79.50"):
        books.invoice(client, item, rate=rate)
    books.settle()
    before = len(books.of("Invoice"))
    form = {"entity": "invoice", "since": "2026-03-01"}
    page = press(books, "start-from/", form)
    assert (
        "<strong>2</strong> that were left out as too old, of <strong>$200.00</strong>, go to QuickBooks"
        in page
    )
    books.settle()
    assert len(books.of("Invoice")) == before
    page = press(books, "start-from/", form | {"seen": html.unescape(seen_on(page))})
    assert "Invoices dated March 1, 2026 or later are sent" in page
    books.settle()
    assert len(books.of("Invoice")) == before + 2
    assert "are sent" in press(books, "start-from/", {"entity": "invoice", "since": "2026-03-02"}), (
        "nothing older goes"
    )
    # the step of the set-up asks the same before it moves the date
    with books.here():
        sections.start_sending(books.member, "invoice", since=date(2026, 3, 3), engine=books.engine)
    books.invoice(client, item, rate="50")
    books.settle()

    step, asked = PAGE.replace("advanced/", "invoices/start-date/"), {"since": "2026-03-01"}
    page = " ".join(entered(books.member).post(step, asked).content.decode().split())
    assert "<strong>1</strong> that was left out as too old, of <strong>$50.00</strong>, goes" in page
    books.settle()
    assert len(books.of("Invoice")) == before + 2
    answer = entered(books.member).post(step, asked | {"seen": html.unescape(seen_on(page))})
    assert answer.headers["Location"] == PAGE.replace("advanced/", "invoices/"), "back in the step"
    books.settle()
    assert len(books.of("Invoice")) == before + 3


def test_a_field_says_how_often_it_was_written_and_asked_about_lately() -> None:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada", phone="1")
    rig.settle()
    rig.edit_client(client, phone="2")
    rig.settle()
    rig.in_conflict("Bo")
    with rig.here():
        found = lately_of.of_units(rig.connection, "client", rig.clock.now() - advanced.LATELY)
        assert found["phone"].written == 2, "twice in one record counts once"
        assert sum(one.asked for one in found.values()) == 1
        later = lately_of.of_units(rig.connection, "client", rig.clock.now() + timedelta(days=1))
    assert later == {}
    assert re.search(r"Last 30 days: written in \d+ records?, asked about \d+ times?\.", text(rig, ""))


def test_accounts_and_start_dates_say_what_was_sent_lately_and_tax_rates_are_mapped_here_too() -> None:
    books = Books()
    books.review_items()
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.send("invoice")
    books.invoice(client, item)
    books.settle()
    with books.here():
        rate = create_tax_rate(firm_id=books.firm.pk, actor=SOMEBODY, name="County", percent="8.25")
        code = ListEntry.objects.create(
            firm_id=books.firm.pk, list="tax_code", ledger_id="TAX", name="TAX", full_name="TAX"
        )
        assert lately_of.sent(books.connection, books.clock.now() - advanced.LATELY)["invoice"] == 1
        assert lately_of.sent(books.connection, books.clock.now() + timedelta(days=1)) == {}
    page = text(books, "")
    assert re.search(r"Last 30 days: \d+ sent\. Older ones that stay here: 0\.", page)
    assert re.search(r"Last 30 days: \d+ invoices? sent\.", page)
    assert "Last 30 days: 0 payments sent." in page
    assert "Your rate “County” is in QuickBooks" in page
    save = f"/settings/integrations/quickbooks/invoices/tax/{rate.pk}/"
    answer = entered(books.member).post(save, {"tax_code": str(code.pk), "back": PAGE})
    assert answer["Location"] == PAGE
    with books.here():
        rate.refresh_from_db()
        assert rate.tax_code_id == code.pk
