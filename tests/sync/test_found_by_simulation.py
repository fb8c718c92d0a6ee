"""What the simulation has found, one test each, in the fewest steps that show it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F

from tests.sync.rig import SOMEBODY, Crash, Rig
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.invoice_life import revise_invoice
from tieout.practice.actions.service_items import change_service_item
from tieout.reconcile.state import Side
from tieout.sync import decisions, lease, runner
from tieout.sync.models import Attempt, Conflict, Connection, Hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    made.send("invoice")
    return made


def lost(books: Books) -> Any:
    """An invoice that arrived, and whose answer did not."""
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.fault("drop_after", entity="invoice", operation="create", nth=1, times=1)
    invoice = books.invoice(client, item)
    books.run()
    (there,) = (one for one in books.of("Invoice").values() if "Tieout" in one.get("PrivateNote", ""))
    return invoice, there


def test_what_a_person_changed_there_while_the_answer_was_lost_is_asked_about(books: Books) -> None:
    invoice, there = lost(books)
    books.emulator.control.edit(books.realm, "Invoice", there["Id"], {"DueDate": "2026-12-31"})
    books.settle()
    assert books.partner("invoice", invoice.pk) == there["Id"]
    assert invoice.number in [name for _, name in books.issues()]


def test_what_a_person_voided_there_while_the_answer_was_lost_is_asked_about(books: Books) -> None:
    invoice, there = lost(books)
    books.emulator.control.edit(books.realm, "Invoice", there["Id"], {}, "void")
    books.settle()
    assert invoice.number in [name for _, name in books.issues()]


def test_a_document_whose_mark_a_person_took_off_is_asked_about_and_not_sent_again(books: Books) -> None:
    invoice, there = lost(books)
    books.fault("forget_ids")
    books.emulator.control.edit(books.realm, "Invoice", there["Id"], {"PrivateNote": "ours"})
    before = len(books.of("Invoice"))
    books.settle()
    assert len(books.of("Invoice")) == before
    assert ("unmatched", invoice.number) in books.issues()
    with books.here():
        assert there["Id"] in Hold.objects.get(entity="invoice").sentence


def test_a_document_that_is_there_twice_with_our_mark_is_not_sent_a_third_time(books: Books) -> None:
    invoice, there = lost(books)
    copied = ("CustomerRef", "Line", "TxnDate", "DueDate", "PrivateNote")
    twin = {name: there[name] for name in copied}
    twin["Line"] = [line for line in there["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    books.emulator.control.edit(books.realm, "Invoice", None, twin, "create")
    books.fault("forget_ids")
    before = len(books.of("Invoice"))
    books.settle()
    assert len(books.of("Invoice")) == before
    assert ("unmatched", invoice.number) in books.issues()
    with books.here():
        assert not Attempt.objects.filter(state="in_doubt").exists()


def test_a_clock_set_back_by_a_day_delays_no_look_at_quickbooks() -> None:
    rig = Rig()
    rig.set_up()
    rig.engine = replace(rig.engine, now=lambda: rig.clock.now() - timedelta(days=1))
    rig.add_customer("Bo Diaz")
    rig.run()
    assert [one["name"] for one in rig.clients().values()] == ["Bo Diaz"]


def test_a_clock_set_back_by_a_day_leaves_no_lane_taken() -> None:
    rig = Rig()
    rig.set_up()
    earlier = replace(rig.engine, now=lambda: rig.clock.now() - timedelta(days=1))
    with rig.here():
        (connection,) = Connection.objects.all()
        held = lease.take(connection.pk, rig.engine)  # and its process dies
        assert held is not None
        assert lease.take(connection.pk, rig.engine) is None
        assert lease.take(connection.pk, earlier) is not None
        assert Connection.objects.get().epoch == held.connection.epoch + 1


def test_an_answer_about_somebody_else_links_nobody_to_them() -> None:
    rig = Rig()
    rig.set_up()
    other = '{"Customer": {"Id": "7", "SyncToken": "0", "DisplayName": "Somebody Else", "Active": true}}'
    rig.fault("body", body=other, status=200, entity="customer", operation="create", nth=1, times=1)
    client = rig.add_client("Ada Byrne")
    rig.settle()
    (customer,) = rig.customers_named("Ada Byrne")
    assert rig.links()[client] == customer["Id"]


def test_a_lane_lost_while_a_run_is_ending_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    rig.set_up()
    wait = runner._wait

    def overtaken(*arguments: Any) -> None:
        Connection.objects.update(epoch=F("epoch") + 1)
        wait(*arguments)

    monkeypatch.setattr(runner, "_wait", overtaken)
    rig.fault("status", status=429)
    rig.add_client("Ada Byrne")
    passed = rig.run()
    assert passed is not None
    assert passed.outcome == "taken over"


def test_a_total_that_differs_stays_listed_when_only_the_memo_is_sent(books: Books) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.settle()
    there = books.partner("invoice", invoice.pk)
    line = {**books.of("Invoice")[there]["Line"][0], "Amount": 90}
    line["SalesItemLineDetail"] = {**line["SalesItemLineDetail"], "UnitPrice": 90}
    books.emulator.control.edit(books.realm, "Invoice", there, {"Line": [line]})
    with books.here():
        revise_invoice(
            firm_id=books.firm.pk,
            invoice_id=invoice.pk,
            actor=SOMEBODY,
            today=TODAY,
            now=books.clock.now(),
            memo="thanks",
        )
    books.until_the_change_feed_is_asked()
    assert books.of("Invoice")[there]["CustomerMemo"]["value"] == "thanks"
    assert ("amount_differs", str(invoice.number)) in books.issues()
    assert ("drift", str(invoice.number)) in books.issues()


def test_a_due_date_typed_there_stays_while_new_terms_are_sent(books: Books) -> None:
    """Seed 910066: QuickBooks works the due date out anew from terms that come without one."""
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.settle()
    there = books.partner("invoice", invoice.pk)
    books.emulator.control.edit(books.realm, "Invoice", there, {"DueDate": "2026-05-09"})
    with books.here():
        revise_invoice(
            firm_id=books.firm.pk,
            invoice_id=invoice.pk,
            actor=SOMEBODY,
            today=TODAY,
            now=books.clock.now(),
            due_date=date(2026, 4, 9),
            terms="custom",
        )
    books.until_the_change_feed_is_asked()
    shown = books.of("Invoice")[there]
    assert shown["DueDate"] == "2026-05-09"
    assert not (shown.get("SalesTermRef") or {}).get("value")
    assert ("conflict", str(invoice.number)) in books.issues()


@pytest.mark.parametrize(
    "stopped_by",
    [
        {"effect": "status", "status": 429},
        {"effect": "fault", "code": "6190"},
        {"effect": "fault", "code": "5020"},
    ],
    ids=["throttled", "subscription ended", "no permission"],
)
def test_a_repeated_sending_that_is_turned_away_at_the_door_says_nothing_of_the_first(
    books: Books, stopped_by: dict[str, Any]
) -> None:
    """The first arrived, but listings did not show it yet: only its own request id finds it again."""
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    before = set(books.of("Invoice"))
    books.fault("lag", seconds=600)
    books.fault("drop_after", entity="invoice", operation="create", nth=1, times=1)
    books.fault(**stopped_by, entity="invoice", operation="create", nth=2, times=1)
    invoice = books.invoice(client, item)
    books.settle()
    assert set(books.of("Invoice")) - before == {books.partner("invoice", invoice.pk)}
    with books.here():
        assert Attempt.objects.get(entity="invoice").sendings == 3


def test_refused_application_keys_are_no_records_fault(books: Books) -> None:
    """Seed 51175: Intuit refused our keys in the middle of a push, and the invoice was listed as a bug of ours."""
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    before = set(books.of("Invoice"))
    books.fault("status", status=401, entity="invoice", operation="create", nth=1, times=1)
    books.fault("status", status=401, operation="refresh", nth=1, times=1)
    invoice = books.invoice(client, item)
    assert books.run().outcome == "waiting"
    assert "bug" not in dict(books.issues())
    books.settle()
    assert set(books.of("Invoice")) - before == {books.partner("invoice", invoice.pk)}


def test_keys_that_are_refused_during_a_repetition_say_nothing_of_the_first_sending(books: Books) -> None:
    """It had arrived: planned anew under a new request id, it would be there twice."""
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    before = set(books.of("Invoice"))
    books.fault("lag", seconds=600)
    books.fault("drop_after", entity="invoice", operation="create", nth=1, times=1)
    books.fault("status", status=401, entity="invoice", operation="create", nth=2, times=1)
    books.fault("status", status=401, operation="refresh", nth=1, times=1)
    invoice = books.invoice(client, item)
    books.settle()
    assert set(books.of("Invoice")) - before == {books.partner("invoice", invoice.pk)}
    assert "bug" not in dict(books.issues())


def test_a_call_is_not_repeated_after_a_refresh_by_a_run_that_was_overtaken_meanwhile() -> None:
    """Seed 277: the other run had sent the same, and request ids were forgotten there."""
    rig = Rig()
    rig.set_up()
    rig.add_client("Ada Byrne")
    rig.fault("status", status=401, entity="customer", operation="create", nth=1, times=1)

    def overtaken(name: str) -> None:
        if name == "tokens refreshed":
            Connection.objects.update(epoch=F("epoch") + 1)

    rig.engine = replace(rig.engine, at_point=overtaken)
    passed = rig.run()
    assert passed is not None
    assert passed.outcome == "taken over"
    assert not rig.customers_named("Ada Byrne")


def test_a_listing_that_lags_behind_our_own_write_takes_nothing_back() -> None:
    """It showed the name before the last one; that was typed again here, looked agreed, and was then overwritten."""
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada Byrne")
    rig.settle()
    rig.subscribe()
    rig.advance(600)
    rig.fault("lag", seconds=60)
    rig.edit_client(client, name="Eva Diaz")
    rig.run()
    rig.advance(5)
    rig.deliver()
    rig.edit_client(client, name="Ada Byrne")
    rig.settle()
    assert rig.clients()[client]["name"] == "Ada Byrne"
    assert rig.customers()[rig.links()[client]]["DisplayName"] == "Ada Byrne"
    assert not rig.issues()


def test_a_run_that_was_overtaken_does_not_ask_for_the_preferences_it_lacks(books: Books) -> None:
    """Seed 13203: they are read while a write is being made ready, and nobody asked whether the run still holds its lane."""
    here, there = books.item("Bookkeeping"), books.item("Tax return")
    books.settle()
    books.emulator.control.edit(books.realm, "Item", books.partner("service_item", there.pk), {"Sku": "Q651"})
    with books.here():
        change_service_item(firm_id=books.firm.pk, item_id=here.pk, actor=SOMEBODY, name="Books")
    books.advance(1_000)

    def overtaken(name: str) -> None:
        if name == "written here":
            Connection.objects.update(epoch=F("epoch") + 1)
            books.emulator.log.clear()

    books.engine = replace(books.engine, at_point=overtaken)
    passed = books.run()
    assert passed is not None
    assert passed.outcome == "taken over"
    assert passed.counts["updated_here"] == 1
    assert not books.emulator.log.entries(area="data")
    assert "bug" not in [cause for cause, _ in books.issues()]


@pytest.mark.parametrize("killed_at", ["", "journalled again", "answered", "concluded"])
def test_a_change_in_doubt_that_a_person_changed_back_is_asked_about_and_not_repeated_over_them(
    killed_at: str,
) -> None:
    """Seed 27228: renamed here, no answer; renamed there to the old name; by then QuickBooks had forgotten our request."""
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Dag Nunez")
    rig.settle()
    customer = rig.links()[client]
    rig.fault("apply_then", status=503, entity="customer", operation="update", nth=1, times=1)
    rig.edit_client(client, name="Bo Byrne")
    rig.run()
    assert rig.customers()[customer]["DisplayName"] == "Bo Byrne"
    rig.edit_customer(customer, DisplayName="Dag Nunez")
    rig.advance(timedelta(days=35).total_seconds())
    if killed_at:
        rig.crash_at = killed_at
        with pytest.raises(Crash):
            rig.settle()
        rig.advance(rig.engine.lease.total_seconds() + 1)
    rig.settle()
    assert rig.issues() == [("conflict", "Bo Byrne")]
    assert (rig.clients()[client]["name"], rig.customers()[customer]["DisplayName"]) == (
        "Bo Byrne",
        "Dag Nunez",
    )
    with rig.here():
        (conflict,) = Conflict.objects.filter(closed_at=None)
        decisions.answer_conflicts(rig.member, [conflict.pk], Side.LEDGER, engine=rig.engine)
    rig.settle()
    assert rig.clients()[client]["name"] == "Dag Nunez"


def test_a_change_in_doubt_that_was_lost_is_repeated_although_somebody_changed_something_else() -> None:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Dag Nunez")
    rig.settle()
    customer = rig.links()[client]
    rig.fault("drop_before", entity="customer", operation="update", nth=1, times=1)
    rig.edit_client(client, name="Bo Byrne")
    rig.run()
    rig.edit_customer(customer, PrimaryPhone={"FreeFormNumber": "7"})
    rig.settle()
    assert not rig.issues()
    assert rig.customers()[customer]["DisplayName"] == "Bo Byrne"
    assert rig.clients()[client]["phone"] == "7"


def test_an_invoice_that_a_merge_moved_is_listed_although_only_the_answer_to_our_own_change_shows_it(
    books: Books,
) -> None:
    """Seed 28788: what else the answer showed was taken for an echo, and later for what had been known all along."""
    item, goes, stays = books.item("Bookkeeping"), books.add_client("Dag Nunez"), books.add_client("Bo Diaz")
    books.settle()
    invoice = books.invoice(goes, item)
    books.settle()
    links = books.links()
    books.emulator.control.merge(books.realm, "Customer", links[goes], links[stays])
    with books.here():
        revise_invoice(
            firm_id=books.firm.pk,
            invoice_id=invoice.pk,
            actor=SOMEBODY,
            today=TODAY,
            now=books.clock.now(),
            memo="thanks",
        )
    books.run()  # nobody has told of the merge, and nothing is asked but this
    books.run()
    there = books.of("Invoice")[books.partner("invoice", invoice.pk)]
    assert there["CustomerMemo"]["value"] == "thanks"
    assert there["CustomerRef"]["value"] == links[stays]
    assert str(invoice.number) in {name for _, name in books.issues()}


def test_a_worker_that_was_overtaken_with_a_write_ready_refreshes_no_tokens_for_it() -> None:
    """Seed 34453: whether the write may leave is asked after the wait for its turn, and that needs a token."""
    rig = Rig()
    rig.set_up()
    rig.add_client("Ada Byrne")

    def overtaken(name: str) -> None:
        if name == "journalled":
            with rig.here():
                Connection.objects.update(epoch=F("epoch") + 1)
            rig.advance(3700)  # it was frozen for so long, and its access token has run out
            rig.emulator.log.clear()

    rig.engine = replace(rig.engine, at_point=overtaken)
    passed = rig.run()
    assert passed is not None
    assert passed.outcome == "taken over"
    assert not rig.emulator.log.entries()
