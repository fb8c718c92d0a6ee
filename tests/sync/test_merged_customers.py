"""Two linked customers merged in QuickBooks: one question about the pair, nothing written to what is gone, documents wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from quickbooks_emulator.knobs import Knobs
from quickbooks_emulator.webhooks.documents import WebhookSettings
from tests.sync.rig import Rig
from tests.sync.test_documents import Books
from tests.sync.test_merged_clients import merge as merge_here
from tieout.reconcile.state import Side
from tieout.sync import advanced, repairs, worker, worklist
from tieout.sync.models import Attempt, Issue
from tieout.web.integrations import remedies

pytestmark = pytest.mark.django_db


def with_webhooks() -> Books:
    made = Books()
    made.review_items()
    made.subscribe()
    return made


books = pytest.fixture(with_webhooks, name="books")


def merge_there(rig: Rig, *, stays: str, goes: str) -> None:
    rig.emulator.control.merge(rig.realm, "Customer", goes, stays)
    rig.advance(60)
    rig.deliver()


def merge_unheard(rig: Rig, *, stays: str, goes: str) -> None:
    """Its webhook is lost; what QuickBooks shows of it is seen by the change feed."""
    rig.emulator.control.merge(rig.realm, "Customer", goes, stays)
    rig.emulator.control.set_webhooks(WebhookSettings())
    rig.advance(60)
    rig.until_the_change_feed_is_asked()


def put_away_there(rig: Rig, customer: str) -> None:
    with rig.here():
        advanced.turn(rig.member, "client", "archive", Side.PRACTICE, True, engine=rig.engine)
    rig.emulator.control.edit(rig.realm, "Customer", customer, {}, "deactivate")
    rig.until_the_change_feed_is_asked()


def questions(rig: Rig) -> list[Issue]:
    with rig.here():
        return list(Issue.objects.filter(cause="merged_there", closed_at=None))


def offered(rig: Rig) -> list[tuple[str, str]]:
    """(label, where it leads) of each button beside the question."""
    with rig.here():
        page = worklist.page_of(rig.connection, "needs_you", "merged_there", engine=rig.engine)
        return [(one.label, one.href) for row in page.rows for one in remedies.buttons(row)]


def writes(rig: Rig) -> int:
    with rig.here():
        return Attempt.objects.count()


def pair(books: Books) -> tuple[str, str, Any]:
    """Two linked clients; the second has an invoice in QuickBooks."""
    stays, goes = books.add_client("Acme Holdings"), books.add_client("Acme LLC", phone="555-0100")
    books.settle()
    books.send("invoice")
    sent = books.invoice(goes, books.item("Consulting"))
    books.settle()
    return stays, goes, sent


def test_a_merge_there_is_one_question_nothing_is_written_and_documents_wait(books: Books) -> None:
    stays, goes, sent = pair(books)
    kept, gone = books.links()[stays], books.links()[goes]
    merge_there(books, stays=kept, goes=gone)
    books.settle()
    (asked,) = questions(books)
    assert (asked.record_id, asked.listing, asked.options) == (goes, "needs_you", [kept])
    assert asked.name == "Acme LLC"
    assert "merged into Acme Holdings, which is linked to Acme Holdings here" in asked.sentence
    before = writes(books)
    books.edit_client(goes, phone="555-0199")
    later = books.invoice(goes, books.item("Advice"))
    for _ in range(5):
        books.run()
        books.advance(600)
    assert len(questions(books)) == 1
    with books.here():
        assert not Attempt.objects.filter(ledger_id=gone).exclude(operation="create").exists()
        waiting = Issue.objects.filter(cause="held_up", closed_at=None).values_list("record_id", flat=True)
        assert {str(later.pk), str(sent.pk)} == set(waiting)
        named = Issue.objects.filter(cause="held_up", closed_at=None).first()
        assert named is not None
        assert "Acme LLC" in named.sentence
    assert writes(books) == before + 1, "only the new service item was sent"


def test_merged_here_too_it_is_settled_and_what_waited_goes_to_the_one_that_stays(books: Books) -> None:
    stays, goes, sent = pair(books)
    kept, gone = books.links()[stays], books.links()[goes]
    merge_there(books, stays=kept, goes=gone)
    books.settle()
    later = books.invoice(goes, books.item("Advice"))
    books.settle()
    merge_here(books, stays=stays, goes=goes)
    books.settle()
    assert not questions(books)
    invoices = books.of("Invoice")
    for one in (sent, later):
        assert invoices[books.partner("invoice", one.pk)]["CustomerRef"]["value"] == kept
    assert not [
        cause for cause, _ in books.issues() if cause in ("drift", "held_up", "waits_for", "conflict")
    ]


def test_merged_into_a_customer_nobody_is_linked_to_it_can_be_linked_to_that_one() -> None:
    rig = Rig()
    rig.set_up()
    rig.subscribe()
    goes = rig.add_client("Acme LLC")
    rig.settle()
    gone = rig.links()[goes]
    with rig.here():
        advanced.turn(rig.member, "client", "create", Side.PRACTICE, False, engine=rig.engine)
    kept = rig.add_customer("Acme Group")
    merge_there(rig, stays=kept, goes=gone)
    rig.run()
    rig.settle()
    (asked,) = questions(rig)
    assert "Acme Group, which is not linked to anything here" in asked.sentence
    with rig.here():
        repairs.link_instead(rig.member, "client", goes, kept, engine=rig.engine)
    rig.settle()
    assert rig.links() == {goes: kept}
    assert not questions(rig)


def test_the_trace_of_a_merge_is_kept_while_other_old_events_are_thrown_away(books: Books) -> None:
    stays, goes, _ = pair(books)
    merge_there(books, stays=books.links()[stays], goes=books.links()[goes])
    books.settle()
    worker.tidy(books.clock.now() + worker.KEPT + timedelta(days=1))
    books.edit_client(goes, phone="1")
    books.settle()
    assert len(questions(books)) == 1


def test_a_merge_whose_webhook_is_lost_is_the_same_question(books: Books) -> None:
    stays, goes, sent = pair(books)
    kept, gone = books.links()[stays], books.links()[goes]
    merge_unheard(books, stays=kept, goes=gone)
    (asked,) = questions(books)
    assert (asked.record_id, asked.options) == (goes, [kept])
    assert "merged into Acme Holdings, which is linked to Acme Holdings here" in asked.sentence
    assert ("Merge here…", f"/clients/{goes}/merge/?with={stays}&keep=other") in offered(books)
    assert "Link with Acme Holdings" not in [label for label, _ in offered(books)]
    assert books.clients()[goes]["active"], "nothing is archived before a person has decided"
    assert ("held_up", str(sent.number)) in books.issues()
    assert "drift" not in [cause for cause, _ in books.issues()]
    merge_here(books, stays=stays, goes=goes)
    books.settle()
    assert not questions(books)
    assert books.of("Invoice")[books.partner("invoice", sent.pk)]["CustomerRef"]["value"] == kept


def test_a_customer_who_is_only_made_inactive_was_not_merged(books: Books) -> None:
    _, goes, _ = pair(books)
    put_away_there(books, books.links()[goes])
    assert not questions(books)
    assert not books.clients()[goes]["active"]


def test_a_merge_of_a_customer_already_put_away_is_seen_by_its_documents(books: Books) -> None:
    stays, goes, _ = pair(books)
    kept, gone = books.links()[stays], books.links()[goes]
    put_away_there(books, gone)
    assert not books.clients()[goes]["active"]
    merge_unheard(books, stays=kept, goes=gone)
    books.advance(8 * 86_400)
    books.settle()
    (asked,) = questions(books)
    assert (asked.record_id, asked.options) == (goes, [kept])


def test_a_customer_that_reads_as_deleted_was_merged_and_is_never_sent_again_by_itself() -> None:
    rig = Rig()
    rig.set_up()
    rig.emulator.control.set_knobs(msgspec.structs.replace(rig.emulator.knobs, merged_name_deleted=True))
    stays, goes = rig.add_client("Acme Holdings"), rig.add_client("Acme LLC")
    rig.settle()
    kept, gone = rig.links()[stays], rig.links()[goes]
    merge_unheard(rig, stays=kept, goes=gone)
    rig.settle()
    (asked,) = questions(rig)
    assert (asked.record_id, asked.options) == (goes, [])
    assert "which one it became part of was not told" in asked.sentence
    labels = [label for label, _ in offered(rig)]
    assert labels == ["Link to…", "Create it there again", "Take apart and leave out"]
    merge_here(rig, stays=stays, goes=goes)
    rig.settle()
    assert not questions(rig)
    assert not rig.customers_named("Acme LLC")


def test_what_went_there_before_a_second_review_is_not_overlooked_by_it() -> None:
    """Seed 902545: a review's listing does not show what was deleted, and the change feed was asked from then on only."""
    rig = Rig()
    rig.emulator.control.set_knobs(Knobs(merged_name_deleted=True))
    rig.set_up()
    stays, goes = rig.add_client("Acme Holdings"), rig.add_client("Acme LLC")
    rig.settle()
    there = rig.links()
    rig.emulator.control.merge(rig.realm, "Customer", there[goes], there[stays])
    rig.advance(1_000)  # nobody has asked since, and no webhook came
    rig.review_clients()
    rig.settle()
    rig.until_the_change_feed_is_asked()
    assert [name for _, name in rig.issues()] == ["Acme LLC"]
